"""How main.py wires the EV links of a board that has any. The others never load it."""
from firmware.ev_link import LinkedCar
from firmware.ocpp.ev_link_values import EvLinkTransactions as Transactions

KEYS = "firmware.ocpp.ev_link_keys"   # instead of ocpp/keys.py


def tasks(connectors, drivers, link, on_demand):
    """Functions to run for ever; from now on Transactions tells of the cars."""
    def needs():
        return on_demand("firmware.ocpp.ev_needs")

    found = []
    for connector, driver in zip(connectors, drivers):
        if driver:
            car = Transactions.cars[connector.connector_id] = LinkedCar(driver, connector, link, needs)
            found += [car.watch, car.report]
    return found
