"""What a central system says when it means well, and what should be nowhere: where the cases for its peer begin."""

NOW = "2026-01-01T00:00:00Z"


def profile(number: int, purpose: str, kind: str = "Absolute", unit: str = "A", level: int = 0,
            **more: object) -> dict[str, object]:
    """A ChargingProfile of two periods; `more` may add to it or, named with an underscore, to its schedule."""
    schedule: dict[str, object] = {"chargingRateUnit": unit, "chargingSchedulePeriod": [
        {"startPeriod": 0, "limit": 16.0 if unit == "A" else 11000.0, "numberPhases": 3},
        {"startPeriod": 60, "limit": 8.0 if unit == "A" else 0}]}
    if kind != "Relative":
        schedule["startSchedule"] = NOW
    schedule.update({name[1:]: value for name, value in more.items() if name[0] == "_"})
    return {"chargingProfileId": number, "stackLevel": level, "chargingProfilePurpose": purpose,
            "chargingProfileKind": kind, "chargingSchedule": schedule,
            **{name: value for name, value in more.items() if name[0] != "_"}}


def listed(count: int, **info: str) -> list[dict[str, object]]:
    return [{"idTag": f"T{i:03}", "idTagInfo": {"status": "Accepted", **info}} for i in range(count)]


PROFILE = profile(1, "TxDefaultProfile")
TX_PROFILE = profile(4, "TxProfile", "Relative", level=2, transactionId=100, _duration=600, _minChargingRate=6)
CARD = "04A1B2C3"   # the one that the world's reader may see
CALLS: tuple[tuple[str, dict[str, object]], ...] = (
    ("ChangeAvailability", {"connectorId": 1, "type": "Inoperative"}),
    ("ChangeAvailability", {"connectorId": 0, "type": "Operative"}),
    ("ChangeConfiguration", {"key": "MeterValueSampleInterval", "value": "2"}),
    ("ChangeConfiguration", {"key": "MeterValuesSampledData", "value": "Voltage,Current.Import"}),
    ("ChangeConfiguration", {"key": "StopTxnSampledData", "value": "Energy.Active.Import.Register,Voltage"}),
    ("ChangeConfiguration", {"key": "ClockAlignedDataInterval", "value": "1"}),
    ("ChangeConfiguration", {"key": "AuthorizeRemoteTxRequests", "value": "true"}),
    ("ChangeConfiguration", {"key": "LocalPreAuthorize", "value": "true"}),
    ("ChangeConfiguration", {"key": "AllowOfflineTxForUnknownId", "value": "true"}),
    ("ChangeConfiguration", {"key": "LocalAuthListEnabled", "value": "false"}),
    ("ChangeConfiguration", {"key": "AuthorizationCacheEnabled", "value": "false"}),
    ("ChangeConfiguration", {"key": "BollardFreeVendActive", "value": "true"}),
    ("ChangeConfiguration", {"key": "BollardFreeVendIdTag", "value": "FREE"}),
    ("ChangeConfiguration", {"key": "StopTransactionOnInvalidId", "value": "false"}),
    ("ChangeConfiguration", {"key": "MaxEnergyOnInvalidId", "value": "5"}),
    ("ChangeConfiguration", {"key": "UnlockConnectorOnEVSideDisconnect", "value": "false"}),
    ("ChangeConfiguration", {"key": "BollardConnectorLinks", "value": "HTTPS://X/C/1234567A"}),
    ("ChangeConfiguration", {"key": "ConnectionTimeOut", "value": "1"}),
    ("ClearCache", {}),
    ("DataTransfer", {"vendorId": "x", "messageId": "y", "data": "z" * 50}),
    ("DataTransfer", {"vendorId": "org.openchargealliance.costmsg", "messageId": "SetUserPrice",
                      "data": '{"idToken":"04A1B2C3","priceText":"0.45/kWh"}'}),
    ("DataTransfer", {"vendorId": "org.openchargealliance.costmsg", "messageId": "RunningCost",
                      "data": '{"transactionId":100,"state":"Charging","cost":1.5}'}),
    ("DataTransfer", {"vendorId": "org.openchargealliance.costmsg", "messageId": "FinalCost",
                      "data": '{"transactionId":100,"cost":2,"priceText":"2.00"}'}),
    ("DataTransfer", {"vendorId": "org.bollard", "messageId": "TimeRemaining",
                      "data": '{"connectorId":1,"minutes":12}'}),
    ("GetConfiguration", {}),
    ("GetConfiguration", {"key": ["HeartbeatInterval", "nonsense", "heartbeatinterval"]}),
    ("RemoteStartTransaction", {"idTag": "ABC", "connectorId": 1}),
    ("RemoteStartTransaction", {"idTag": CARD}),
    ("RemoteStartTransaction", {"idTag": "ABC", "connectorId": 1, "chargingProfile": PROFILE}),
    ("RemoteStartTransaction", {"idTag": "ABC", "chargingProfile": profile(5, "TxProfile", "Relative")}),
    ("RemoteStopTransaction", {"transactionId": 1}),
    ("RemoteStopTransaction", {"transactionId": 100}),
    ("Reset", {"type": "Soft"}),
    ("Reset", {"type": "Hard"}),
    ("UnlockConnector", {"connectorId": 1}),
    ("TriggerMessage", {"requestedMessage": "MeterValues", "connectorId": 1}),
    ("TriggerMessage", {"requestedMessage": "StatusNotification"}),
    ("TriggerMessage", {"requestedMessage": "Heartbeat"}),
    ("TriggerMessage", {"requestedMessage": "BootNotification"}),
    ("TriggerMessage", {"requestedMessage": "DiagnosticsStatusNotification"}),
    ("TriggerMessage", {"requestedMessage": "FirmwareStatusNotification"}),
    ("GetLocalListVersion", {}),
    ("SendLocalList", {"listVersion": 1, "updateType": "Full", "localAuthorizationList": [
        {"idTag": CARD, "idTagInfo": {"status": "Accepted", "expiryDate": NOW, "parentIdTag": "P"}},
        {"idTag": "A2", "idTagInfo": {"status": "Blocked"}}]}),
    ("SendLocalList", {"listVersion": 1, "updateType": "Full", "localAuthorizationList": [
        {"idTag": CARD, "idTagInfo": {"status": "Accepted", "parentIdTag": "P"}}]}),
    ("SendLocalList", {"listVersion": 2, "updateType": "Differential", "localAuthorizationList": [{"idTag": "A2"}]}),
    ("SendLocalList", {"localAuthorizationList": listed(9), "updateType": "Differential", "listVersion": 3}),
    ("SendLocalList", {"listVersion": 4, "updateType": "Full", "localAuthorizationList": listed(
        100, parentIdTag="GROUP", expiryDate="2030-01-01T00:00:00.000Z")}),
    ("SendLocalList", {"listVersion": 5, "updateType": "Full"}),
    ("SendLocalList", {"listVersion": 6, "updateType": "Full", "localAuthorizationList": listed(101)}),
    ("ReserveNow", {"connectorId": 1, "expiryDate": "2027-01-01T00:00:00Z", "idTag": "R", "reservationId": 4}),
    ("ReserveNow", {"connectorId": 0, "expiryDate": "2026-01-01T00:00:04Z", "idTag": CARD, "parentIdTag": "P",
                    "reservationId": 5}),
    ("ReserveNow", {"connectorId": 2, "expiryDate": "9999-12-31T23:59:59Z", "idTag": "R", "reservationId": 6}),
    ("CancelReservation", {"reservationId": 4}),
    ("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": PROFILE}),
    ("SetChargingProfile", {"connectorId": 0, "csChargingProfiles": profile(2, "ChargePointMaxProfile", unit="W")}),
    ("SetChargingProfile", {"connectorId": 0, "csChargingProfiles": profile(
        3, "TxDefaultProfile", "Recurring", level=1, recurrencyKind="Daily", _duration=3600)}),
    ("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": TX_PROFILE}),
    ("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": profile(
        6, "TxDefaultProfile", "Recurring", "W", 3, recurrencyKind="Weekly", validFrom=NOW,
        validTo="2030-01-01T00:00:00Z")}),
    ("ClearChargingProfile", {"id": 1}),
    ("ClearChargingProfile", {"connectorId": 0, "chargingProfilePurpose": "TxDefaultProfile", "stackLevel": 1}),
    ("ClearChargingProfile", {}),
    ("GetCompositeSchedule", {"connectorId": 1, "duration": 600, "chargingRateUnit": "A"}),
    ("GetCompositeSchedule", {"connectorId": 0, "duration": 700_000, "chargingRateUnit": "W"}),
    ("UpdateFirmware", {"location": "http://x/y", "retrieveDate": NOW}),
    ("UpdateFirmware", {"location": "https://u:p%41@x:8443/y?z=1", "retrieveDate": NOW, "retries": 1,
                        "retryInterval": 1}),
    ("GetDiagnostics", {"location": "http://x/y"}),
    ("GetDiagnostics", {"location": "http://x/y\r\nX: z"}),
    ("GetDiagnostics", {"location": "http://u:p@x:81/y/", "retries": 2, "retryInterval": 0, "startTime": NOW,
                        "stopTime": "2030-01-01T00:00:00Z"}),
    ("GetLog", {"logType": "DiagnosticsLog", "requestId": 9, "retries": 1, "log": {"remoteLocation": "http://x/l?s=1"}}),
    ("GetLog", {"logType": "SecurityLog", "requestId": 9, "log": {"remoteLocation": "http://x/l"}}),
    ("ExtendedTriggerMessage", {"requestedMessage": "Heartbeat"}),
)
CONF: tuple[dict[str, object], ...] = (
    {"idTagInfo": {"status": "Accepted"}}, {"idTagInfo": {"status": "Blocked", "parentIdTag": "P"}},
    {"transactionId": 5, "idTagInfo": {"status": "Accepted"}},
    {"transactionId": -7, "idTagInfo": {"status": "Invalid"}},
    {"currentTime": NOW}, {"currentTime": "9999-12-31T23:59:59Z"},
    {"status": "Accepted", "currentTime": NOW, "interval": 60}, {},
)
ODD: tuple[object, ...] = (
    None, True, False, 0, -1, 1, 2, 10**9, 2**31, 2**63, -(2**31), 0.5, 1e308, "", "x", "true", "A" * 21, "A" * 600,
    "é€😀", "\x00", "1", [], {}, [[]], [None] * 30, {"a": {"b": {"c": [1]}}}, "2026-02-30T00:00:00Z",
    "9999-12-31T23:59:59Z",
)

# What the server for files answers.
HTTP: tuple[bytes, ...] = (
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nimage", b"HTTP/1.1 201 Created\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204\r\n\r\n", b"HTTP/1.1 405 No\r\n\r\n", b"HTTP/1.1 401 Who\r\n\r\n",
    b"HTTP/1.1 302 Found\r\nLocation: http://z/y\r\n\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", b"HTTP/1.0 503\r\n" + b"a: b\r\n" * 200,
    b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n" + b"i" * 800, b"HTTP/", b"HTTP/1.1 \xff\r\n",
)

# Steps that lead where single words do not; a byte is a deed (targets/charge_point.py), the rest is said.
_PLUG, _UNPLUG, _TAP, _WAIT, _FAULT, _COUNT, _FALL, _LONG = (bytes((deed,)) for deed in (0, 1, 2, 3, 6, 7, 10, 13))
_SILENT, _ANSWERS = b"\x04", b"\x05"
_START = ("RemoteStartTransaction", {"idTag": "ABC", "connectorId": 1})


def _given(transaction_id: int, status: str) -> tuple[bytes, ...]:
    """As answer to whatever it asks next, for one of these is a Start or an Authorize."""
    return (b'[3,"@CALL@",{"transactionId":%d,"idTagInfo":{"status":"%s","parentIdTag":"P"}}]' % (
        transaction_id, status.encode()),) * 4


_LIST = ("SendLocalList", {"listVersion": 1, "updateType": "Full", "localAuthorizationList": [
    {"idTag": CARD, "idTagInfo": {"status": "Accepted"}}]})
Step = bytes | tuple[str, dict[str, object]]
STORIES: tuple[tuple[Step, ...], ...] = (
    (_PLUG, _START, _WAIT, ("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": TX_PROFILE}), _COUNT,
     ("GetCompositeSchedule", {"connectorId": 1, "duration": 600}), _WAIT,
     ("RemoteStopTransaction", {"transactionId": 100}), _WAIT, _UNPLUG),
    (_START, _PLUG, _WAIT, _COUNT, ("Reset", {"type": "Hard"}), _LONG),
    (_START, _PLUG, _WAIT, _COUNT, ("UnlockConnector", {"connectorId": 1}), _WAIT),
    (_START, _PLUG, _WAIT, _FALL, _LONG, _COUNT, _UNPLUG, _WAIT),
    (_LIST, ("ChangeConfiguration", {"key": "LocalPreAuthorize", "value": "true"}), _PLUG, _TAP, _WAIT, _COUNT, _TAP),
    (("ReserveNow", {"connectorId": 1, "expiryDate": "2026-01-01T00:00:30Z", "idTag": "ABC", "reservationId": 4}),
     _PLUG, _TAP, _START, _WAIT, _COUNT, _FAULT, _WAIT),
    (("ReserveNow", {"connectorId": 0, "expiryDate": "2026-01-01T00:00:09Z", "idTag": CARD, "reservationId": 4}),
     ("ReserveNow", {"connectorId": 1, "expiryDate": "2027-01-01T00:00:00Z", "idTag": "X", "reservationId": 5}),
     _LONG, ("ReserveNow", {"connectorId": 1, "expiryDate": "2027-01-01T00:00:00Z", "idTag": "X", "reservationId": 5}),
     ("CancelReservation", {"reservationId": 4}), ("CancelReservation", {"reservationId": 5})),
    (("RemoteStartTransaction", {"idTag": "ABC", "connectorId": 1, "chargingProfile": profile(
        5, "TxProfile", "Relative")}), _PLUG, _WAIT, _COUNT, ("ClearChargingProfile", {}), _FAULT),
    (("GetDiagnostics", {"location": "http://x/y", "retries": 1, "retryInterval": 1}), _WAIT,
     ("TriggerMessage", {"requestedMessage": "DiagnosticsStatusNotification"}), _LONG),
    (HTTP[0], ("UpdateFirmware", {"location": "http://x/y", "retrieveDate": NOW, "retries": 1}), _WAIT,
     ("TriggerMessage", {"requestedMessage": "FirmwareStatusNotification"}), _LONG),
    # What it asks itself is answered with what fits, or nearly.
    (_SILENT, ("TriggerMessage", {"requestedMessage": "Heartbeat"}),
     b'[3,"@CALL@",{"currentTime":"9999-12-31T23:59:59Z"}]', _WAIT, ("GetCompositeSchedule", {
         "connectorId": 1, "duration": 60})),
    (_SILENT, _START, _PLUG, *_given(1 << 63, "Accepted"), _WAIT, _COUNT, _ANSWERS, _UNPLUG, _LONG),
    (_SILENT, _START, _PLUG, *_given(7, "Invalid"), _WAIT, _COUNT, _ANSWERS, _LONG),
    (_SILENT, _PLUG, _TAP, *_given(7, "Accepted"), b'[4,"@CALL@","InternalError","",{}]', _LONG, _COUNT, _ANSWERS, _TAP,
     _LONG),
    (("ChangeConfiguration", {"key": "LocalPreAuthorize", "value": "true"}), _SILENT, _PLUG, _TAP,
     b'[3,"@CALL@",{"idTagInfo":{"status":"Blocked"}}]', _ANSWERS, _TAP, _WAIT, ("ClearCache", {}), _TAP, _WAIT),
)
