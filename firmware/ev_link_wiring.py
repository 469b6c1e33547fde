"""How build.py wires the EV links of a board that has any. The others never load it."""
from firmware.ev_link import LinkedCar
from firmware.ocpp.ev_link_values import EvLinkTransactions as Transactions

KEYS = "ocpp.ev_link_keys"   # instead of ocpp/keys.py


def tasks(connectors, drivers, link, needs):
    """Tasks to run for ever, as (function,); from now on Transactions tells of the cars."""
    found = []
    for connector, driver in zip(connectors, drivers):
        if driver:
            car = Transactions.cars[connector.connector_id] = LinkedCar(driver, connector, link, needs)
            found += [(car.watch,), (car.report,)]
    return found
