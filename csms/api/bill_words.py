"""What the lines of a bill are called on a receipt."""

LINE_NAMES = {
    "ENERGY": "Energy",
    "FLAT": "Flat fee",
    "TIME": "Charging time",
    "PARKING_TIME": "Parking after charging",
    "MIN_PRICE": "Up to the least price",
    "MAX_PRICE": "Down to the highest price",
}
