"""What a car needs, as DataTransfer: OCPP 1.6 has no measurand for its battery's size or for what it asks for.

`org.bollard`, NotifyEVChargingNeeds: the words of OCPP 2.0.1's message of that name (§2.12, DCChargingParametersType),
flat. Loaded for one message.
"""
import json

from firmware.ocpp.link import CallError, CallTimeout, LinkDown


async def tell(link, connector_id, car):
    """True once it is taken, False if the central system will never want it, None: try again later."""
    needs = {"connectorId": connector_id}
    for name, value in (
            ("evEnergyCapacity", car.capacity_wh), ("evMaxPower", car.request_w), ("stateOfCharge", car.soc_percent)):
        if value is not None:
            needs[name] = round(value)
    try:
        answer = await link.call("DataTransfer", {
            "vendorId": "org.bollard", "messageId": "NotifyEVChargingNeeds", "data": json.dumps(needs)})
    except (LinkDown, CallTimeout):
        return None
    except CallError as error:
        answer = {"status": error.code}
    status = answer.get("status")
    if status == "Accepted":
        return True
    print("ev_needs.refused status=%s" % status)
    return False
