"""Moments as OCPP-J writes them (ISO 8601; OCPP 1.6 §3.14, §3.15), read. clock.py writes them."""

_DAYS_BEFORE = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)


def parse_iso(text):
    """Seconds since 2000 of an ISO 8601 moment; fractions are dropped, zone offsets applied. ValueError otherwise."""
    if len(text) < 19 or text[4] + text[7] + text[13] + text[16] != "--::" or text[10] not in "Tt ":
        raise ValueError("no ISO 8601 moment")
    y, mo, d = int(text[:4]), int(text[5:7]), int(text[8:10])
    h, mi, s = int(text[11:13]), int(text[14:16]), int(text[17:19])
    if y < 2000 or not (1 <= mo <= 12 and 1 <= d <= 31 and h < 24 and mi < 60 and s <= 60):
        raise ValueError("no such moment")
    days = (y - 2000) * 365 + (y - 1997) // 4 - (y - 1901) // 100 + (y - 1601) // 400   # leap days before this year
    days += _DAYS_BEFORE[mo - 1] + d - 1
    if mo > 2 and y % 4 == 0 and (y % 100 or y % 400 == 0):
        days += 1
    moment_s = days * 86400 + h * 3600 + mi * 60 + s
    zone = text[19:].lstrip(".0123456789")
    if zone and zone[0] in "+-":
        offset_s = int(zone[1:3]) * 3600 + int(zone[-2:]) * 60 if len(zone) >= 5 else int(zone[1:3]) * 3600
        moment_s += -offset_s if zone[0] == "+" else offset_s
    return moment_s
