"""How build.py wires the panel of a board that has one. The others never load it."""
from firmware.panel.shown import Panel


def tasks(parts, charge_point, whole, link, texts):
    """Tasks that run for ever; from now on the panel is told what cards bring. `texts`: EV
    links' CarTexts, or None."""
    cars = texts.cars if texts else {}

    def car_of(connector_id):
        car = cars.get(connector_id)
        return car and car.told()

    charge_point.panel = Panel(parts, charge_point, whole, link, car_of)
    return charge_point.panel.tasks()
