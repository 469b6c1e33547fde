"""Which error code a fault gets, and what the base classes promise."""

import pytest

from ocppj import v16
from ocppj.errors import RpcError

STATUS = {"connectorId": "1", "errorCode": '"NoError"', "status": '"Available"'}


def status(**changes: str) -> str:
    return "{" + ",".join(f'"{key}":{value}' for key, value in (STATUS | changes).items() if value) + "}"


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (status(status=""), "ProtocolError"),
        ("{}", "ProtocolError"),
        ("null", "ProtocolError"),
        (status(extra="1"), "FormationViolation"),
        ("[]", "FormationViolation"),
        ('"x"', "FormationViolation"),
        ("{", "FormationViolation"),
        ("[" * 100_000, "FormationViolation"),
        (status(info="[" * 100_000), "TypeConstraintViolation"),
        (status(extra="[" * 100_000), "FormationViolation"),
        (status(info='"\\ud800"'), "FormationViolation"),
        (status(connectorId="true"), "TypeConstraintViolation"),
        (status(connectorId="1.0"), "TypeConstraintViolation"),
        (status(connectorId='"1"'), "TypeConstraintViolation"),
        (status(status="null"), "TypeConstraintViolation"),
        (status(info="{}"), "TypeConstraintViolation"),
        (status(connectorId="-1"), "PropertyConstraintViolation"),
        (status(connectorId="1" + "0" * 400), "PropertyConstraintViolation"),
        (status(connectorId="9223372036854775808"), "PropertyConstraintViolation"),
        (status(status='"Broken"'), "PropertyConstraintViolation"),
        (status(info='"' + "x" * 51 + '"'), "PropertyConstraintViolation"),
        (status(timestamp='"yesterday"'), "PropertyConstraintViolation"),
    ],
)
def test_each_fault_gets_its_code(payload: str, code: str) -> None:
    with pytest.raises(RpcError) as refused:
        v16.decode_request("StatusNotification", payload)
    assert refused.value.code == code, refused.value


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ('{"connectorId":1,"meterValue":[]}', "OccurenceConstraintViolation"),
        (
            '{"connectorId":1,"meterValue":[{"timestamp":"2026-03-01T09:14:03Z","sampledValue":[]}]}',
            "OccurenceConstraintViolation",
        ),
        ('{"connectorId":1,"meterValue":[[]]}', "TypeConstraintViolation"),
        ('{"connectorId":1,"meterValue":[{"timestamp":"2026-03-01T09:14:03Z"}]}', "ProtocolError"),
    ],
)
def test_faults_inside_get_their_code_too(payload: str, code: str) -> None:
    with pytest.raises(RpcError) as refused:
        v16.decode_request("MeterValues", payload)
    assert refused.value.code == code, refused.value


@pytest.mark.parametrize("action", ["heartbeat", "", "Reboot", "Authorize ", "x" * 1000])
def test_an_unknown_action_is_not_implemented(action: str) -> None:
    for decode in (v16.decode_request, v16.decode_result):
        with pytest.raises(RpcError) as refused:
            decode(action, "{}")
        assert refused.value.code == "NotImplemented"
        assert len(refused.value.description) < 100


def test_request_and_result_know_their_action() -> None:
    assert v16.action_of(v16.ClearCache()) == "ClearCache"
    assert v16.action_of(v16.ClearCacheResult("Accepted")) == "ClearCache"
    for name, action in v16.ACTIONS.items():
        assert (action.name, action.request.__name__, action.result.__name__) == (name, name, f"{name}Result")


def test_absent_fields_are_not_written() -> None:
    assert bytes(v16.encode_payload(v16.StopTransactionResult())) == b"{}"
    assert bytes(v16.encode_payload(v16.RemoteStartTransaction("A"))) == b'{"idTag":"A"}'
