"""One example of each body that may be sent, for the OpenAPI document. A test sends them all."""

from typing import Any

from fastapi import FastAPI

_WHEN, _LATER = "2026-03-01T09:00:00Z", "2026-03-01T17:00:00Z"
_PASSWORD = "correct horse battery"
_ENERGY = {"type": "ENERGY", "price_cents": "45", "vat_percent": "22", "step_size": 1}
_PARKING = {"type": "PARKING_TIME", "price_cents": "300"}
_ELEMENTS = [{"price_components": [_ENERGY, _PARKING]}]
# Of nobody: its key was thrown away.
_ROOT = (
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBMTCB2KADAgECAgEBMAoGCCqGSM49BAMCMBcxFTATBgNVBAMMDEV4YW1wbGUg\n"
    "cm9vdDAgFw0yNjAxMDEwMDAwMDBaGA8yMDk5MDEwMTAwMDAwMFowFzEVMBMGA1UE\n"
    "AwwMRXhhbXBsZSByb290MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEUC5MpTxY\n"
    "M4tmuIqXawiyybTBhuNMizr1MXHPopCMs+uBff5QHMRoyCZ5k5omPrBFxGD7A11w\n"
    "W0Wzahc59hu5tqMTMBEwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBF\n"
    "AiEAiB//qlUbWptIfoxjNPsADSYaeaoXfb9/5rgnLJPsPeYCICxq4OZUKQd3rtzD\n"
    "IWfcuq8yAQxoH+q6weShYKW8GmgX\n"
    "-----END CERTIFICATE-----\n"
)
_SIGNATURE = "MEQCIDLpF+4Q3UK1f77jRsG/4CbkvdEs4ZKodxDit9rU3Ks2AiBPct9GqLh9HOgyHztbuzBJ2Yk6kZTvyVxAEgX4gCDEMg=="

EXAMPLES: dict[str, dict[str, Any]] = {
    "Registration": {"email": "dora@example.org", "name": "Dora", "surname": "Rossi", "password": _PASSWORD},
    "LoginForm": {"email": "dora@example.org", "password": _PASSWORD},
    "RefreshForm": {"refresh_token": "the-refresh-token-of-the-last-answer"},
    "ResetRequest": {"email": "dora@example.org"},
    "NewUser": {"email": "olaf@example.org", "name": "Olaf", "password": _PASSWORD, "role": "operator"},
    "OperatedSites": {"site_ids": [1]},
    "Credit": {"amount_cents": 1000, "reason": "paid at the desk"},
    "NewCard": {"id_tag": "04A1B2C3D4E5F7", "user_id": 2, "expires_at": _LATER},
    "CardChange": {"blocked": True},
    "Budgets": {"budgets": [{"period": "month", "most_wh": 200_000, "most_cents": 9000}]},
    "NewSite": {"name": "Harbour", "time_zone": "Europe/Rome"},
    "SiteChanges": {"name": "Harbour west", "emergency_number": "+39 010 123456"},
    "SiteLimit": {"limit_a": 63},
    "SiteAvailability": {"type": "Inoperative"},
    "Adoption": {"code": "ABCD2345", "serial": "10000000a1b2c3d4", "kind": "local_controller", "name": "The Pi"},
    "Announcement": {"charge_points": [{"identity": "harbour-CP1", "serial": "B1", "connectors": 2}]},
    "NewChargePoint": {"identity": "CP2", "site_id": 1, "connectors": 2, "price_cents_per_kwh": 45},
    "Changes": {"name": "By the gate", "latitude": 44.4097, "longitude": 8.9376, "notes": "key at the desk"},
    "ConnectorChanges": {"type": "type2", "power_w": 22_000},
    "StartRequest": {
        "id_tag": "04A1B2C3D4E5F6",
        "charging_profile": {"id": 1, "periods": [{"start_s": 0, "limit": 10}]},
    },
    "NewStation": {"id": "S1", "name": "Station 1", "lat": 44.4097, "lon": 8.9376, "price": 45, "connectors": ["ccs2"]},
    "StationChanges": {"id": "CP1", "price": 50, "description": "behind the station"},
    "OfConnector": {"connector_id": 1},
    "Kind": {"type": "Soft"},
    "Availability": {"type": "Inoperative", "connector_id": 1},
    "KeyAndValue": {"key": "MeterValueSampleInterval", "value": "10"},
    "RegistrationForm": {"held": False, "settings": [{"key": "MeterValueSampleInterval", "value": "10"}]},
    "Trigger": {"message": "StatusNotification", "connector_id": 1},
    "Profile-Input": {
        "connector_id": 1,
        "id": 1,
        "purpose": "TxDefaultProfile",
        "kind": "Absolute",
        "unit": "A",
        "start_at": _WHEN,
        "periods": [{"start_s": 0, "limit": 16}, {"start_s": 3600, "limit": 10}],
    },
    "WhichProfiles": {"purpose": "TxDefaultProfile"},
    "HigherProfile": {"profile": 2},
    "Root": {"type": "CentralSystemRootCertificate", "certificate": _ROOT},
    "WhichRoot": {
        "hash_algorithm": "SHA256",
        "issuer_name_hash": "3a1f" * 16,
        "issuer_key_hash": "77c0" * 16,
        "serial_number": "1a2b3c",
    },
    "SignedFirmware": {
        "location": "https://firmware.example.org/v2.bin",
        "signing_certificate": _ROOT,
        "signature": _SIGNATURE,
        "retrieve_at": _WHEN,
    },
    "Data": {"vendor_id": "org.example", "message_id": "Hello", "data": "world"},
    "Wanted": {"kind": "Diagnostics", "since": _WHEN},
    "UpdateForm": {"location": "https://firmware.example.org/cp-2.bin", "retrieve_at": _WHEN, "retries": 3},
    "ProfileChange": {"name": "Dora", "surname": "Rossi", "language": "it"},
    "Departure": {"password": "not this one", "give_up_credit": True},
    "AdminFlag": {"is_admin": True},
    "NewVehicle": {"name": "Panda", "battery_wh": 42_000, "connector_type": "ccs2", "plate": "GE 123 AB"},
    "NewTariff": {"name": "Day", "elements": _ELEMENTS, "idle_grace_s": 900},
    "TariffForm": {"elements": _ELEMENTS, "max_price_cents": 5000},
    "Assignment": {"tariff_id": 1, "connector_id": 1},
    "Preview": {"tariff_id": 1, "started_at": _WHEN, "charging_s": 3600, "energy_wh": 11_000},
    "NewTopUp": {"amount_cents": 2000},
    "SandboxPayment": {"paid": True},
    "Correction": {"amount_cents": 100, "reason": "the cable was stuck"},
    "ReservationForm": {"connector_id": 1, "minutes": 15, "target_soc_percent": 80, "departure_at": _LATER},
    "ConnectorForm": {"connector_id": 1},
    "StartForm": {
        "connector_id": 1,
        "vehicle_id": 1,
        "soc_percent": 30,
        "target_soc_percent": 80,
        "limit": {"kind": "energy_wh", "value": 10_000},
    },
    "LimitForm": {"kind": "cost_cents", "value": 1000},
    "CarNow": {"vehicle_id": 1, "soc_percent": 30, "target_soc_percent": 80},
    "SettingsForm": {
        "soc_percent": 80,
        "low_balance_cents": 500,
        "ways": {"session_ended": {"inbox": True, "email": True, "push": True}},
    },
    "OnSiteAccountForm": {"user_id": 1},
    "SettingsChanges": {"reservation_minutes": 20, "stop_when_full": True, "start_credit_cents": None},
    "BrowserForm": {
        "endpoint": "https://updates.push.services.mozilla.com/wpush/v2/abc",
        "keys": {
            "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "auth": "BTBZMqHH6r4Tts7J_aSIgg",
        },
    },
    "Switch": {"connectorId": 1, "chargePoint": "CP1"},
    "ProblemForm": {"kind": "blocked", "text": "A van stands on the place.", "connector_id": 1},
    "Closing": {"note": "towed away"},
}


def install(app: FastAPI) -> None:
    """Into the document, once it is made."""
    made = app.openapi

    def with_examples() -> dict[str, Any]:
        document = made()
        for name, schema in document["components"]["schemas"].items():
            if name in EXAMPLES:
                schema["examples"] = [EXAMPLES[name]]
        return document

    app.openapi = with_examples  # type: ignore[method-assign]
