"""Every route that edits takes If-Match: who saw what holds no more is told so (412), and nothing is changed."""

from dataclasses import dataclass
from typing import Any

from csms.api import document
from tests.csms.api.test_editing import edited_twice
from tests.csms.running import CARD, Csms
from tests.csms.tells import routes


@dataclass(frozen=True)
class Edit:
    route: str
    path: str
    look: str  # where its ETag is read
    bodies: tuple[Any, Any]  # one after the other, each changes something
    as_user: int = 1


def _tariff(cents: str) -> dict[str, Any]:
    return {"elements": [{"price_components": [{"type": "ENERGY", "price_cents": cents}]}]}


EDITS = [
    Edit(
        "PATCH /api/cards/{id_tag}",
        f"/api/cards/{CARD}",
        f"/api/cards/{CARD}",
        ({"blocked": True}, {"blocked": False}),
    ),
    Edit(
        "PUT /api/cards/{id_tag}/budgets",
        f"/api/cards/{CARD}/budgets",
        f"/api/cards/{CARD}/budgets",
        ({"budgets": [{"period": "day", "most_wh": 1}]}, {"budgets": []}),
    ),
    Edit(
        "PATCH /api/charge-points/{identity}",
        "/api/charge-points/CP1",
        "/api/charge-points/CP1",
        ({"notes": "mine"}, {"notes": "yours"}),
    ),
    Edit(
        "PATCH /api/charge-points/{identity}/connectors/{connector_id}",
        "/api/charge-points/CP1/connectors/1",
        "/api/charge-points/CP1",
        ({"power_w": 11_000}, {"power_w": 22_000}),
    ),
    Edit(
        "PUT /api/notifications/settings",
        "/api/notifications/settings",
        "/api/notifications/settings",
        ({"soc_percent": 50}, {"soc_percent": 60}),
        as_user=2,
    ),
    Edit("PATCH /api/settings", "/api/settings", "/api/settings", ({"hold_cents": 100}, {"hold_cents": 200})),
    Edit("PATCH /api/sites/{site_id}", "/api/sites/1", "/api/sites/1", ({"name": "North"}, {"name": "South"})),
    Edit(
        "PATCH /api/station", "/api/station", "/api/station/CP1", ({"id": "CP1", "price": 1}, {"id": "CP1", "price": 2})
    ),
    Edit(
        "PUT /api/sites/{site_id}/on-site-account",
        "/api/sites/1/on-site-account",
        "/api/sites/1/on-site-account",
        ({"user_id": 1}, {"user_id": None}),
    ),
    Edit("PUT /api/tariffs/{tariff_id}", "/api/tariffs/1", "/api/tariffs/1", (_tariff("1"), _tariff("2"))),
    Edit("PATCH /api/user", "/api/user", "/api/user", ({"name": "Dorothea"}, {"name": "Dorothy"}), as_user=2),
    Edit(
        "PATCH /api/user/{user_id}/set_user_admin",
        "/api/user/3/set_user_admin",
        "/api/users/3",
        ({"is_admin": True}, {"is_admin": False}),
    ),
    Edit(
        "PUT /api/users/{user_id}/sites",
        "/api/users/3/sites",
        "/api/users/3/sites",
        ({"site_ids": [1]}, {"site_ids": []}),
    ),
    Edit(
        "PUT /api/vehicles/{vehicle_id}",
        "/api/vehicles/1",
        "/api/vehicles/1",
        ({"name": "Punto"}, {"name": "Uno"}),
        as_user=2,
    ),
]

NO_EDITS = {
    "PATCH /api/charge-points/{identity}/configuration": "a command: the charge point keeps the value and judges it",
    "PUT /api/charge-points/{identity}/charging-profiles": "a command: the charge point keeps the profile",
    "PUT /api/charge-points/{identity}/registration": "a command: says the one thing whole, and lets it go or holds it",
    "PUT /api/charge-points/{identity}/tariff": "says the one thing whole: what held before stays in tariff_use",
    "PUT /api/site/charge-points": "a controller's own list: it adds, and takes nothing away",
    "PUT /api/sites/{site_id}/limit": "a command: says the one thing whole, and the controller keeps it",
    "PUT /api/uploads/{token}": "a file of a charge point, sent again as a whole",
    "PUT /api/uploads/{token}/{file_name}": "a file of a charge point, sent again as a whole",
    "PUT /api/user/charging/{transaction_id}/limit": "a driver's word of the moment, and the newest one holds",
    "PUT /api/user/charging/{transaction_id}/car": "a driver's word of the moment: it changes as the car charges",
}


def test_every_put_and_patch_is_an_edit_or_says_why_not() -> None:
    writing = {route for route in routes() if route.startswith(("PUT ", "PATCH "))}
    known = [each.route for each in EDITS] + list(NO_EDITS)
    assert sorted(writing) == sorted(known), (
        "give a new PUT or PATCH an If-Match (csms/api/etags.py) and a place in EDITS, "
        "or say in NO_EDITS why it needs none"
    )


def test_the_document_says_which_take_if_match() -> None:
    paths = document.document()["paths"]
    for edit in EDITS:
        method, _, path = edit.route.partition(" ")
        headers = [each["name"] for each in paths[path][method.lower()]["parameters"] if each["in"] == "header"]
        assert headers == ["If-Match"], edit.route


async def test_who_edits_what_somebody_else_has_edited_is_told_so_everywhere(csms: Csms) -> None:
    await csms.driver()
    async with csms.station("CP1", await csms.charge_point("CP1")) as there:
        await there.boot()
    await csms.new("/api/tariffs", name="Day", **_tariff("50"))
    async with csms.logged_in(2) as dora:
        assert (await dora.post("/api/vehicles", json={"name": "Panda"})).is_success
        for edit in EDITS:
            who = dora if edit.as_user == 2 else csms.admin
            await edited_twice(who, edit.route.partition(" ")[0], edit.path, edit.look, *edit.bodies)
