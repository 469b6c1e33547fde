"""The configuration keys, one row each: OCPP 1.6 §9 with errata, Bollard's own, and what 2.0.1 calls the same thing.

Loaded while one is looked up, changed or told: the rows alone would take 5 kB. Columns:

name        as 1.6 spells it; compared without regard to case (CiString)
access      rw, or r: only the charge point itself sets it; l: rw on boards that lock the cable, r on others
kept        flash: a change survives power cuts; fixed: part of the firmware or the board
kind        bool; int:least:most; text:longest; list:longest, of measurands from the row of MeterValuesSampledData
value       the default, `-` for empty; `lean|full` where it depends on the board's profile
2.0.1       Component.Variable, `-` where it has none
"""

# Rows, not one text: that would need 3.3 kB in one piece, which a heap in use does not have.
TABLE = (
    "AllowOfflineTxForUnknownId rw flash bool false AuthCtrlr.OfflineTxForUnknownIdEnabled",
    "AuthorizationCacheEnabled rw flash bool true AuthCacheCtrlr.Enabled",
    "AuthorizeRemoteTxRequests rw flash bool false AuthCtrlr.AuthorizeRemoteStart",
    "BollardConnectorLinks rw flash text:500 - -",
    "BollardEmergencyNumber rw flash text:16 - -",
    "BollardFreeVendActive rw flash bool false -",
    "BollardFreeVendIdTag rw flash text:20 - -",
    "BollardStartDelay rw flash int:0:1800 0 -",
    "ChargeProfileMaxStackLevel r fixed int:0:99 3|7 SmartChargingCtrlr.ProfileStackLevel",
    "ChargingScheduleAllowedChargingRateUnit r fixed text:20 Current,Power SmartChargingCtrlr.RateUnit",
    "ChargingScheduleMaxPeriods r fixed int:1:99 8|24 SmartChargingCtrlr.PeriodsPerSchedule",
    "ClockAlignedDataInterval rw flash int:0:86400 0 AlignedDataCtrlr.Interval",
    "ConnectionTimeOut rw flash int:1:3600 60 TxCtrlr.EVConnectionTimeOut",
    "ConnectorPhaseRotation rw flash text:500 NotApplicable -",
    "ConnectorSwitch3to1PhaseSupported r fixed bool false SmartChargingCtrlr.Phases3to1",
    "GetConfigurationMaxKeys r fixed int:1:100 60 DeviceDataCtrlr.ItemsPerMessage",
    "HeartbeatInterval rw flash int:1:86400 300 OCPPCommCtrlr.HeartbeatInterval",
    "LocalAuthListEnabled rw flash bool true LocalAuthListCtrlr.Enabled",
    "LocalAuthListMaxLength r fixed int:0:999 100|500 LocalAuthListCtrlr.Storage",
    "LocalAuthorizeOffline rw flash bool true AuthCtrlr.LocalAuthorizeOffline",
    "LocalPreAuthorize rw flash bool false AuthCtrlr.LocalPreAuthorize",
    "MaxChargingProfilesInstalled r fixed int:1:99 4|16 SmartChargingCtrlr.Entries",
    "MaxEnergyOnInvalidId rw flash int:0:100000 0 TxCtrlr.MaxEnergyOnInvalidId",
    "MessageTimeout rw flash int:5:300 30 OCPPCommCtrlr.MessageTimeout",
    "MeterValueSampleInterval rw flash int:0:86400 10 SampledDataCtrlr.TxUpdatedInterval",
    "MeterValuesAlignedData rw flash list:5 Energy.Active.Import.Register AlignedDataCtrlr.Measurands",
    "MeterValuesAlignedDataMaxLength r fixed int:1:20 5 -",
    "MeterValuesSampledData rw flash list:5 Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage,Current.Offered SampledDataCtrlr.TxUpdatedMeasurands",   # noqa: E501
    "MeterValuesSampledDataMaxLength r fixed int:1:20 5 -",
    "MinimumStatusDuration rw flash int:0:3600 0 -",
    "NumberOfConnectors r fixed int:1:9 1 -",
    "ReserveConnectorZeroSupported r fixed bool true ReservationCtrlr.NonEvseSpecific",
    "ResetRetries rw flash int:0:10 0 OCPPCommCtrlr.ResetRetries",
    "SendLocalListMaxLength r fixed int:1:999 100|500 LocalAuthListCtrlr.ItemsPerMessage",
    "StopTransactionMaxMeterValues r fixed int:2:99 10 -",
    "StopTransactionOnEVSideDisconnect l flash bool true TxCtrlr.StopTxOnEVSideDisconnect",
    "StopTransactionOnInvalidId rw flash bool true TxCtrlr.StopTxOnInvalidId",
    "StopTxnAlignedData rw flash list:5 - AlignedDataCtrlr.TxEndedMeasurands",
    "StopTxnAlignedDataMaxLength r fixed int:1:20 5 -",
    "StopTxnSampledData rw flash list:5 - SampledDataCtrlr.TxEndedMeasurands",
    "StopTxnSampledDataMaxLength r fixed int:1:20 5 -",
    "SupportedFeatureProfiles r fixed text:500 Core,FirmwareManagement,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger -",   # noqa: E501
    "SupportedFileTransferProtocols r fixed text:50 HTTP,HTTPS OCPPCommCtrlr.FileTransferProtocols",
    "TransactionMessageAttempts rw flash int:1:100 3 OCPPCommCtrlr.MessageAttempts",
    "TransactionMessageRetryInterval rw flash int:1:3600 60 OCPPCommCtrlr.MessageAttemptInterval",
    "UnlockConnectorOnEVSideDisconnect l flash bool true OCPPCommCtrlr.UnlockOnEVSideDisconnect",
    "WebSocketPingInterval rw flash int:0:3600 30 OCPPCommCtrlr.WebSocketPingInterval",
)
# StopTransactionOnEVSideDisconnect: without a lock another car could take a cable that stays alive.
# BollardEmergencyNumber: what a display shows where people need help.
# BollardStartDelay: after power came back nothing is offered for a random time of at most so many seconds.
# BollardConnectorLinks: comma-separated, one a connector; what its QR code and sticker say.


def names():
    for line in TABLE:
        yield line[:line.find(" ")]


def row(name):
    """[name as spelt above, access, kept, kind, value, 2.0.1]; ValueError for a name that is none."""
    wanted = name.lower()
    for line in TABLE:
        if line.find(" ") == len(name) and line[:len(name)].lower() == wanted:
            return line.split(" ")
    raise ValueError("unknown key")


def default(row, full):
    text = row[4]
    if "|" in text:
        text = text.split("|")[full]
    return "" if text == "-" else text


def checked(text, row, known=()):
    """`text` as it is kept; ValueError if the key cannot take it. `known`: measurands, if not the meter's."""
    kind = row[3].split(":")
    if kind[0] == "bool":
        text = text.lower()
        fits = text in ("true", "false")
    elif kind[0] == "int":
        number = int(text)
        fits = int(kind[1]) <= number <= int(kind[2])
        text = str(number)
    elif kind[0] == "list":
        words = [word.strip() for word in text.split(",") if word.strip()]
        known = known or measurands()
        fits = len(words) <= int(kind[1]) and len(set(words)) == len(words) and all(word in known for word in words)
        text = ",".join(words)
    else:
        fits = len(text) <= int(kind[1])
    if not fits:
        raise ValueError("does not fit")
    return text


def measurands():
    """What the meter measures, by OCPP's names."""
    return row("MeterValuesSampledData")[4].split(",")
