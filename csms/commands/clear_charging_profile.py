"""ClearChargingProfile (OCPP 1.6 §5.5). The id alone decides; without one the profiles that fit everything given go."""

from csms.bus.in_process import InProcessBus
from csms.commands.call import call
from ocppj.v16 import ChargingProfilePurpose, ClearChargingProfile


async def clear_charging_profile(
    bus: InProcessBus,
    identity: str,
    *,
    profile_id: int | None = None,
    connector_id: int | None = None,
    purpose: ChargingProfilePurpose | None = None,
    stack_level: int | None = None,
) -> str:
    request = ClearChargingProfile(profile_id, connector_id, purpose, stack_level)
    return (await call(bus, identity, request)).status
