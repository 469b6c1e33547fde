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
    ("POST", "/api/sites/{site_id}/adoption-codes", STAFF, None),
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
]


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
        file = {"upload_id": 7, "token": "t", "file_name": "f", "code": "0"}
        url = path.format(user_id=1, site_id=77, identity="none", connector_id=1, transaction_id=77, **file)
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
    assert credit == {"balance_cents": 1000}
    me = csms.logged_in(user["id"])
    assert (await me.get(f"/api/users/{user['id']}/balance")).json() == {"balance_cents": 1000}
    assert (await me.get("/api/users/1/balance")).status_code == 404
    assert (await me.get("/api/users/999/balance")).status_code == 404
    await me.aclose()
