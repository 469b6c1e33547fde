"""SetChargingProfile (OCPP 1.6 §5.16). A ChargePointMaxProfile is for connector 0, a TxProfile for a transaction."""

from csms.bus.in_process import InProcessBus
from csms.commands.call import call
from ocppj.v16 import ChargingProfile, SetChargingProfile


async def set_charging_profile(
    bus: InProcessBus, identity: str, connector_id: int, profile: ChargingProfile
) -> str:
    request = SetChargingProfile(connector_id, profile)
    purpose = profile.charging_profile_purpose
    return (await call(bus, identity, request, connector=str(connector_id), purpose=purpose)).status
