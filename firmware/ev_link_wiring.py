"""How build.py wires the EV links of a board that has any. The others never load it."""
from firmware.ev_link import LinkedCar
from firmware.ocpp.ev_link_values import CarTexts

KEYS = "ocpp.ev_link_keys"   # instead of ocpp/keys.py


def texts(plain):
    """What spells the messages of transactions, given what does so without cars."""
    return CarTexts(plain)


def tasks(connectors, drivers, link, texts, needs):
    """Tasks that run for ever; from now on `texts` tell of the cars. `needs`: gives ocpp/ev_needs.py for one use."""
    found = []
    for connector, driver in zip(connectors, drivers):
        if driver:
            car = texts.cars[connector.connector_id] = LinkedCar(driver, connector, link, needs)
            found += [(car.watch,), (car.report,)]
    return found
