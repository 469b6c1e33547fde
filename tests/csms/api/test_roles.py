"""Every route as nobody, driver, operator and administrator: who gets in where."""

from typing import Any

import httpx
import pytest

from tests.csms.running import PASSWORD, Csms

NOBODY, DRIVER, OPERATOR, ADMIN = "nobody", "driver", "operator", "admin"
ROLES = (NOBODY, DRIVER, OPERATOR, ADMIN)
EVERYONE, PEOPLE, STAFF, ADMINS = set(ROLES), {DRIVER, OPERATOR, ADMIN}, {OPERATOR, ADMIN}, {ADMIN}

# Bodies that are wrong in form or point nowhere: the right is checked before, so nothing is done.
ROUTES: list[tuple[str, str, set[str], Any]] = [
    ("POST", "/api/auth/login", EVERYONE, {}),
    ("POST", "/api/auth/logout", PEOPLE, None),
    ("GET", "/api/auth/me", PEOPLE, None),
    ("POST", "/api/users", ADMINS, {}),
    ("GET", "/api/users", ADMINS, None),
    ("POST", "/api/users/{user_id}/credits", ADMINS, {}),
    ("GET", "/api/users/{user_id}/balance", ADMINS, None),
    ("POST", "/api/cards", STAFF, {}),
    ("GET", "/api/cards", STAFF, None),
    ("POST", "/api/sites", STAFF, {}),
    ("GET", "/api/sites", STAFF, None),
    ("GET", "/api/sites/{site_id}", STAFF, None),
    ("PATCH", "/api/sites/{site_id}", STAFF, {}),
    ("GET", "/api/sites/{site_id}/operators", STAFF, None),
    ("POST", "/api/sites/{site_id}/adoption-codes", STAFF, None),
    ("GET", "/api/sites/{site_id}/on-site-account", STAFF, None),
    ("PUT", "/api/sites/{site_id}/on-site-account", STAFF, {}),
    ("GET", "/api/sites/{site_id}/controller", STAFF, None),
    ("GET", "/api/sites/{site_id}/meter-values", STAFF, None),
    ("PUT", "/api/sites/{site_id}/limit", STAFF, {}),
    ("POST", "/api/sites/{site_id}/availability", STAFF, {}),
    ("POST", "/api/adopt", EVERYONE, {}),
    ("PUT", "/api/site/charge-points", set(), {}),
    ("POST", "/api/charge-points", STAFF, {}),
    ("GET", "/api/charge-points", STAFF, None),
    ("GET", "/api/charge-points/{identity}", STAFF, None),
    ("POST", "/api/charge-points/{identity}/connectors/{connector_id}/remote-start", STAFF, {"id_tag": "A"}),
    ("PATCH", "/api/charge-points/{identity}", STAFF, {"dismissed": "?"}),
    ("PATCH", "/api/charge-points/{identity}/connectors/{connector_id}", STAFF, {"power_w": 0}),
    ("GET", "/api/connector", EVERYONE, None),
    ("GET", "/api/station", EVERYONE, None),
    ("GET", "/api/station/{identity}", EVERYONE, None),
    ("GET", "/api/connectors/{code}", EVERYONE, None),
    ("GET", "/api/connectors/{code}/ndef", EVERYONE, None),
    ("POST", "/api/charge-points/{identity}/unlock", STAFF, {"connector_id": 1}),
    ("POST", "/api/charge-points/{identity}/reset", STAFF, {}),
    ("POST", "/api/charge-points/{identity}/availability", STAFF, {"type": "Operative"}),
    ("POST", "/api/charge-points/{identity}/clear-cache", STAFF, None),
    ("GET", "/api/charge-points/{identity}/configuration", STAFF, None),
    ("PATCH", "/api/charge-points/{identity}/configuration", STAFF, {"key": "A", "value": "B"}),
    ("GET", "/api/charge-points/{identity}/registration", STAFF, None),
    ("PUT", "/api/charge-points/{identity}/registration", STAFF, {}),
    ("POST", "/api/charge-points/{identity}/trigger", STAFF, {"message": "Heartbeat"}),
    ("GET", "/api/charge-points/{identity}/local-list", STAFF, None),
    ("POST", "/api/charge-points/{identity}/local-list/sync", STAFF, None),
    ("PUT", "/api/charge-points/{identity}/charging-profiles", STAFF, {}),
    ("POST", "/api/charge-points/{identity}/charging-profiles/clear", STAFF, {}),
    ("GET", "/api/charge-points/{identity}/composite-schedule", STAFF, None),
    ("POST", "/api/charge-points/{identity}/data-transfer", STAFF, {"vendor_id": "V"}),
    ("POST", "/api/charge-points/{identity}/uploads", STAFF, {}),
    ("GET", "/api/charge-points/{identity}/uploads", STAFF, None),
    ("GET", "/api/charge-points/{identity}/uploads/{upload_id}/file", STAFF, None),
    ("POST", "/api/firmware-images", STAFF, None),
    ("GET", "/api/firmware-images", STAFF, None),
    ("DELETE", "/api/firmware-images/{image_id}", STAFF, None),
    ("POST", "/api/charge-points/{identity}/firmware-updates", STAFF, {"image_id": 77}),
    ("GET", "/api/charge-points/{identity}/firmware-updates", STAFF, None),
    ("GET", "/api/firmware/{token}/{file_name}", EVERYONE, None),
    # whoever holds the address; to others it does not exist
    ("PUT", "/api/uploads/{token}", EVERYONE, None),
    ("POST", "/api/uploads/{token}", EVERYONE, None),
    ("PUT", "/api/uploads/{token}/{file_name}", EVERYONE, None),
    ("POST", "/api/uploads/{token}/{file_name}", EVERYONE, None),
    ("GET", "/api/sessions", PEOPLE, None),
    ("GET", "/api/sessions/{transaction_id}", PEOPLE, None),
    ("POST", "/api/sessions/{transaction_id}/remote-stop", STAFF, None),
    ("GET", "/api/exports/sessions.csv", PEOPLE, None),
    ("GET", "/api/exports/sessions/{transaction_id}/samples.csv", PEOPLE, None),
    ("GET", "/api/audit/missing-energy", STAFF, None),
    ("GET", "/api/quarantine", STAFF, None),
    ("GET", "/api/events", PEOPLE, None),
    ("POST", "/api/tariffs", STAFF, {}),
    ("GET", "/api/tariffs", STAFF, None),
    ("GET", "/api/tariffs/{tariff_id}", STAFF, None),
    ("PUT", "/api/tariffs/{tariff_id}", STAFF, {}),
    ("PUT", "/api/charge-points/{identity}/tariff", STAFF, {}),
    ("GET", "/api/charge-points/{identity}/connectors/{connector_id}/tariff", PEOPLE, None),
    ("POST", "/api/tariffs/preview", PEOPLE, {}),
    ("GET", "/api/sessions/{transaction_id}/bill", PEOPLE, None),
    ("GET", "/api/sessions/{transaction_id}/receipt", PEOPLE, None),
    ("POST", "/api/auth/register", EVERYONE, {}),
    ("POST", "/api/auth/refresh", EVERYONE, {}),
    ("GET", "/api/auth/validateToken", PEOPLE, None),
    ("POST", "/api/auth/resetPasswordToken", EVERYONE, {}),
    ("GET", "/api/auth/resetPasswordPage", EVERYONE, None),
    ("POST", "/api/auth/resetPassword", EVERYONE, {}),
    ("GET", "/api/user", PEOPLE, None),
    ("PATCH", "/api/user", PEOPLE, {}),
    ("DELETE", "/api/user", PEOPLE, {}),
    ("GET", "/api/user/export", PEOPLE, None),
    ("GET", "/api/user/last_usage", PEOPLE, None),
    ("GET", "/api/user/all", ADMINS, None),
    ("PATCH", "/api/user/{user_id}/set_user_admin", ADMINS, {}),
    ("PUT", "/api/users/{user_id}/sites", ADMINS, {}),
    ("GET", "/api/vehicles", PEOPLE, None),
    ("GET", "/api/vehicles/{vehicle_id}", PEOPLE, None),
    ("POST", "/api/vehicles", PEOPLE, {}),
    ("PUT", "/api/vehicles/{vehicle_id}", PEOPLE, {}),
    ("DELETE", "/api/vehicles/{vehicle_id}", PEOPLE, None),
    ("GET", "/api/cards/mine", PEOPLE, None),
    ("GET", "/api/cards/{id_tag}", PEOPLE, None),
    ("PATCH", "/api/cards/{id_tag}", STAFF, {}),
    ("GET", "/api/cards/{id_tag}/budgets", PEOPLE, None),
    ("PUT", "/api/cards/{id_tag}/budgets", STAFF, {}),
    ("GET", "/api/reservations", PEOPLE, None),
    ("GET", "/api/station/{identity}/last_charge", EVERYONE, None),
    ("GET", "/api/station/{identity}/last_reservation", EVERYONE, None),
    ("POST", "/api/station/{identity}/reserve", PEOPLE, {}),
    ("POST", "/api/station/{identity}/cancel_reservation", PEOPLE, None),
    ("POST", "/api/station/{identity}/start_charging", PEOPLE, {}),
    ("POST", "/api/station/{identity}/stop_charging", PEOPLE, {}),
    ("GET", "/api/wallet", PEOPLE, None),
    ("GET", "/api/wallet/movements", PEOPLE, None),
    ("POST", "/api/top-ups", PEOPLE, {}),
    ("GET", "/api/top-ups", PEOPLE, None),
    ("GET", "/api/top-ups/{top_up_id}", PEOPLE, None),
    ("POST", "/api/payments/callback", EVERYONE, {}),
    ("POST", "/api/sandbox/payments/{reference}", PEOPLE, {}),
    ("POST", "/api/sessions/{transaction_id}/corrections", STAFF, {}),
    ("POST", "/api/station", ADMINS, {}),
    ("PATCH", "/api/station", ADMINS, {}),
    ("GET", "/api/station/report", ADMINS, None),
    ("GET", "/api/station/report.csv", ADMINS, None),
    ("GET", "/api/station/report.pdf", ADMINS, None),
    ("POST", "/api/station/{identity}/problems", EVERYONE, {"kind": "?"}),
    ("GET", "/api/problems", STAFF, None),
    ("POST", "/api/problems/{problem_id}/close", STAFF, {}),
    ("GET", "/api/heartbeat/{connector_id}", EVERYONE, None),
    ("POST", "/api/start", PEOPLE, {}),
    ("POST", "/api/stop", PEOPLE, {}),
    ("GET", "/api/sessions/{transaction_id}/receipt.pdf", PEOPLE, None),
    ("GET", "/api/connectors/{code}/qr.svg", EVERYONE, None),
    ("GET", "/api/charge-points/{identity}/qr-sheet.pdf", STAFF, None),
    ("GET", "/api/sites/{site_id}/qr-sheet.pdf", STAFF, None),
    ("GET", "/api/exports/sessions.parquet", PEOPLE, None),
    ("GET", "/api/exports/sessions/{transaction_id}/samples.parquet", PEOPLE, None),
    ("GET", "/readyz", EVERYONE, None),
    ("GET", "/metrics", EVERYONE, None),  # from this machine
    ("GET", "/api/audit/changes", ADMINS, None),
    ("GET", "/api/notifications", PEOPLE, None),
    ("POST", "/api/notifications/read", PEOPLE, None),
    ("POST", "/api/notifications/{notification_id}/read", PEOPLE, None),
    ("GET", "/api/notifications/settings", PEOPLE, None),
    ("PUT", "/api/notifications/settings", PEOPLE, {"soc_percent": 0}),
    ("GET", "/api/about", EVERYONE, None),
    ("GET", "/api/user/charging", PEOPLE, None),
    ("GET", "/api/user/charging/events", PEOPLE, None),
    ("PUT", "/api/user/charging/{transaction_id}/car", PEOPLE, {}),
    ("PUT", "/api/user/charging/{transaction_id}/limit", PEOPLE, {}),
    ("DELETE", "/api/user/charging/{transaction_id}/limit", PEOPLE, None),
    ("GET", "/api/push-key", EVERYONE, None),
    ("GET", "/api/push-subscriptions", PEOPLE, None),
    ("POST", "/api/push-subscriptions", PEOPLE, {}),
    ("DELETE", "/api/push-subscriptions/{subscription_id}", PEOPLE, None),
    ("GET", "/api/overview", STAFF, None),
    ("GET", "/api/charge-points/{identity}/messages", STAFF, None),
    ("GET", "/api/reservations/everyones", STAFF, None),
    ("POST", "/api/reservations/{reservation_id}/cancel", STAFF, None),
    ("GET", "/api/users/{user_id}/movements", ADMINS, None),
    ("GET", "/api/users/{user_id}", ADMINS, None),
    ("GET", "/api/users/{user_id}/cards", ADMINS, None),
    ("GET", "/api/users/{user_id}/sites", ADMINS, None),
    ("GET", "/api/system", STAFF, None),
    ("GET", "/api/system/heads", STAFF, None),
    ("GET", "/api/settings", ADMINS, None),
    ("PATCH", "/api/settings", ADMINS, {"hold_cents": "?"}),
    ("GET", "/api/audit/check", ADMINS, None),
    ("GET", "/api/sessions/{transaction_id}/corrections", STAFF, None),
    ("GET", "/api/tariff-uses", STAFF, None),
    ("GET", "/api/charge-points/{identity}/security", STAFF, None),
    ("POST", "/api/charge-points/{identity}/authorization-key", STAFF, None),
    ("POST", "/api/charge-points/{identity}/key", STAFF, None),
    ("POST", "/api/charge-points/{identity}/security-profile", STAFF, {}),
    ("GET", "/api/charge-points/{identity}/certificates", STAFF, None),
    ("POST", "/api/charge-points/{identity}/certificates/{certificate_id}/revoke", STAFF, None),
    ("GET", "/api/charge-points/{identity}/installed-certificates", STAFF, None),
    ("POST", "/api/charge-points/{identity}/installed-certificates", STAFF, {}),
    ("POST", "/api/charge-points/{identity}/installed-certificates/delete", STAFF, {}),
    ("GET", "/api/charge-points/{identity}/security-events", STAFF, None),
    ("POST", "/api/charge-points/{identity}/signed-updates", STAFF, {}),
    ("GET", "/api/charge-points/{identity}/signed-updates", STAFF, None),
    ("POST", "/api/auth/logout-everywhere", PEOPLE, None),  # at the end: their tokens open nothing then
]


# Numbers and names of things that are not there.
NOTHING = {
    "user_id": 1,
    "site_id": 77,
    "identity": "none",
    "connector_id": 1,
    "transaction_id": 77,
    "tariff_id": 77,
    "top_up_id": 77,
    "reference": "0" * 32,
    "vehicle_id": 77,
    "id_tag": "NONE",
    "upload_id": 77,
    "image_id": 77,
    "token": "t",
    "file_name": "f",
    "code": "0",
    "problem_id": 77,
    "notification_id": 77,
    "subscription_id": 77,
    "reservation_id": 77,
    "certificate_id": 77,
}


async def test_the_matrix_names_every_route(csms: Csms) -> None:
    paths = (await csms.get("/openapi.json"))["paths"]
    there = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    assert there - {("GET", "/healthz")} == {(method, path) for method, path, _, _ in ROUTES}


async def test_each_role_gets_in_where_it_may_and_nowhere_else(csms: Csms) -> None:
    clients: dict[str, httpx.AsyncClient] = {NOBODY: csms.browser(), ADMIN: csms.admin}
    for role in (DRIVER, OPERATOR):
        user = await csms.new("/api/users", email=f"{role}@x.example", name=role, password=PASSWORD, role=role)
        clients[role] = csms.logged_in(user["id"])
    wrong = []
    for method, path, allowed, body in ROUTES:
        url = path.format_map(NOTHING)
        for role in ROLES:
            async with clients[role].stream(method, url, json=body) as answer:
                got_in = answer.status_code not in (401, 403)
                hidden = path.endswith("/balance") and answer.status_code == 404 and role != ADMIN
                if (got_in and not hidden) != (role in allowed):
                    wrong.append((method, path, role, answer.status_code))
    for role in (NOBODY, DRIVER, OPERATOR):
        await clients[role].aclose()
    assert wrong == []


@pytest.mark.parametrize("role", ["driver", "operator"])
async def test_ones_own_balance_is_ones_own_to_see(csms: Csms, role: str) -> None:
    user = await csms.new("/api/users", email="me@x.example", name="Me", password=PASSWORD, role=role)
    credit = await csms.new(f"/api/users/{user['id']}/credits", amount_cents=1000, reason="welcome")
    assert credit == {"balance_cents": 1000, "held_cents": 0}
    me = csms.logged_in(user["id"])
    assert (await me.get(f"/api/users/{user['id']}/balance")).json() == {"balance_cents": 1000, "held_cents": 0}
    assert (await me.get("/api/users/1/balance")).status_code == 404
    assert (await me.get("/api/users/999/balance")).status_code == 404
    await me.aclose()
