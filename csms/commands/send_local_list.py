"""SendLocalList (OCPP 1.6 §5.15). VersionMismatch: a differential list that does not follow; send a full one then."""

from collections.abc import Sequence
from typing import Literal

from csms.bus.in_process import InProcessBus
from csms.commands.call import call
from ocppj.v16 import AuthorizationData, SendLocalList

TIMEOUT_S = 60.0  # a long list is written to flash before the answer


async def send_local_list(
    bus: InProcessBus,
    identity: str,
    version: int,
    kind: Literal["Differential", "Full"],
    entries: Sequence[AuthorizationData],
) -> str:
    if version <= 0:
        raise ValueError(f"a list cannot have version {version}: 0 means empty, -1 unsupported (OCPP 1.6 errata 3.52)")
    request = SendLocalList(version, kind, list(entries))
    return (await call(bus, identity, request, TIMEOUT_S, version=str(version), entries=str(len(entries)))).status
