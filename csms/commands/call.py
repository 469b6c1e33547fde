"""Sends one OCPP request to a charge point, wherever its socket is, and gives back the typed answer."""

from typing import cast

from csms.bus import messages
from csms.bus.errors import NoResponders, RequestTimeout
from csms.bus.in_process import InProcessBus
from csms.domain.errors import CallRefused, CommandFailed, NoAnswer, Offline, Unreadable
from ocppj import log, payloads
from ocppj.errors import RpcError
from ocppj.payloads import Request, ResultT

_log = log.get(__name__)
TIMEOUT_S = 20.0


async def call(
    bus: InProcessBus, identity: str, request: Request[ResultT], timeout_s: float = TIMEOUT_S, **details: str
) -> ResultT:
    """Raises Offline, NoAnswer (Unreadable) or CallRefused. What came of it is one line in the log, with `details`."""
    action = payloads.action_of(request)
    try:
        result = await _ask(bus, identity, action, request, timeout_s)
    except CommandFailed as failure:
        _log.warning("command.failed", charge_point=identity, action=action, **details, error=str(failure))
        raise
    status = getattr(result, "status", None)
    _log.info("command.answered", charge_point=identity, action=action, **details, status=status)
    return result


async def _ask(bus: InProcessBus, identity: str, action: str, request: Request[ResultT], timeout_s: float) -> ResultT:
    command = messages.Command(action, payloads.encode(request), timeout_s)
    try:
        # The bus waits a little longer than the gateway, whose word on why there is no answer is the better one.
        data = await bus.request(messages.command_subject(identity), messages.encode(command), timeout_s + 2)
    except NoResponders:
        raise Offline(f"{identity} is not connected") from None
    except RequestTimeout:
        raise NoAnswer(f"{identity} did not answer {action} within {timeout_s:g} s") from None
    reply = messages.decode(messages.CommandReply, data)
    if reply.failure is not None:
        why = "lost its connection" if reply.failure == "lost" else f"did not answer within {timeout_s:g} s"
        raise NoAnswer(f"{identity} {why}: whether it has done what {action} asked is unknown")
    if reply.error_code is not None:
        raise CallRefused(f"{identity} answered {action} with {reply.error_code}: {reply.description[:200]}")
    try:
        result = payloads.decode(payloads.result_type_of(type(request)), reply.payload)
    except RpcError as error:
        nonsense = f"{identity} answered {action} with nonsense: {error}"
        raise Unreadable(f"{nonsense}; whether it has done it is unknown") from None
    return cast(ResultT, result)
