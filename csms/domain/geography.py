"""How far it is, as the crow flies."""

from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_M = 6_371_000

Position = tuple[float, float]  # latitude, longitude in degrees, WGS 84


def distance_m(a: Position, b: Position) -> int:
    """Along a great circle, to the metre; good to half a percent, the earth being no ball."""
    (lat_a, lon_a), (lat_b, lon_b) = ((radians(lat), radians(lon)) for lat, lon in (a, b))
    h = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return round(2 * EARTH_RADIUS_M * asin(sqrt(min(1.0, h))))
