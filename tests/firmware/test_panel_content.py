"""What a display says, whichever it is: sentences for people, and that they fit."""
import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.panel.content import BESIDE, BESIDE_LINES, WIDTH, Seen, link_of, news, screens, short_code, wrapped
from hardware.bench.image import FIRMWARE

LINK = "HTTPS://CHARGE.EXAMPLE/C/7K3M9QXA"
Screen = tuple[str, str, list[str], str, list[str]]
STATUSES = ("Available", "Preparing", "Charging", "SuspendedEV", "SuspendedEVSE", "Finishing", "Reserved",
            "Unavailable", "Faulted")


def faults() -> dict[str, str]:
    """All that the energy path can see, with its OCPP errorCode: read from its table, as CPython cannot run it."""
    values = {}   # of names at the top of its modules
    for path in sorted((FIRMWARE / "evse").glob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                values[node.targets[0].id] = node.value
    table = values["_FAULTS"]
    assert isinstance(table, ast.Dict)
    found = {}
    for key, value in zip(table.keys, table.values, strict=True):
        assert isinstance(key, ast.Name)
        assert isinstance(value, ast.Tuple)
        found[str(ast.literal_eval(values[key.id]))] = str(ast.literal_eval(value.elts[0]))
    return found


FAULTS = faults()


def seen(**fields: object) -> Seen:
    made = Seen()
    for name, value in fields.items():
        assert hasattr(made, name), name
        setattr(made, name, value)
    return made


def first(**fields: object) -> Screen:
    return tuple(screens(seen(**fields))[0])   # type: ignore[return-value]


@settings(max_examples=300)
@given(
    st.builds(
        dict, number=st.integers(0, 9), status=st.sampled_from(STATUSES),
        info=st.sampled_from((None, "x" * 50, *FAULTS)),
        error_code=st.sampled_from(("NoError", "OtherError", "OverVoltage", "ConnectorLockFailure")),
        plugged=st.booleans(), authorized=st.booleans(), locked_in=st.booleans(), is_about=st.booleans(),
        wait_s=st.none() | st.integers(0, 3600), wh=st.none() | st.integers(0, 999_999),
        elapsed_s=st.none() | st.integers(0, 999_999), left_min=st.none() | st.integers(0, 100_000),
        soc=st.none() | st.integers(0, 100), power_w=st.integers(-10, 150_000), offered_da=st.integers(0, 800),
        limit=st.sampled_from(("", "cable", "temperature", "profile", "hardware", "failsafe")),
        price=st.text(max_size=120), cost=st.text(max_size=120), link=st.sampled_from(("", LINK, "nonsense"))),
    st.text(max_size=16), st.booleans())
def test_whatever_there_is_to_say_fits_the_smallest_display(
    fields: dict[str, object], phone: str, offline: bool,
) -> None:
    shown = screens(seen(**fields), phone, offline)
    assert shown
    for title, big, lines, link, beside in shown:
        assert title
        assert len(big) <= 8
        assert all(0 < len(line) <= WIDTH for line in [title, *lines]), lines
        assert all(len(line) <= BESIDE for line in beside), beside
        assert len(beside) <= BESIDE_LINES
        assert all(" " <= sign <= "~" for sign in title + big + "".join(lines + beside))
        assert link in ("", LINK)


def test_a_free_connector_says_what_to_do_and_what_it_costs() -> None:
    title, _, lines, _, _ = first(price="0.45 \u20ac/kWh", link=LINK)
    assert (title, lines) == ("Free", ["Hold your card", "or code 7K3M9QXA", "0.45 EUR/kWh"])


def test_the_code_comes_with_the_words_to_type_and_the_number_where_there_are_several() -> None:
    code = screens(seen(link=LINK, number=2))[1]
    assert code[3] == LINK
    assert code[4] == ["No. 2", "Free", "Scan or", "type", "7K3M", "9QXA"]


def test_nobody_is_sent_to_a_link_that_leads_nowhere() -> None:
    shown = screens(seen(link=LINK), offline=True)
    assert [screen[3] for screen in shown] == [""]
    assert shown[0][2] == ["Hold your card", "Offline: known", "cards only"]


def test_a_car_without_a_card_and_a_card_without_a_car() -> None:
    assert first(status="Preparing", plugged=True, wait_s=42)[2] == ["Hold your card", "within 42 s"]
    welcome = first(status="Preparing", authorized=True, wait_s=42)
    assert welcome[:3] == ("Welcome", "", ["Plug in the car", "within 42 s"])
    assert first(status="Preparing", authorized=True, plugged=True)[0] == "Starting"


def test_a_charge_tells_power_energy_time_battery_cost_and_what_limits_it() -> None:
    fields = {"status": "Charging", "power_w": 7360, "wh": 12_345, "elapsed_s": 4980, "soc": 64, "cost": "5.56",
              "left_min": 35, "offered_da": 160, "limit": "cable"}
    title, big, lines, _, _ = first(**fields)
    assert (title, big) == ("Charging", "7.4 kW")
    assert lines == ["Battery 64 %", "12.34 kWh", "1 h 23 min", "Cost 5.56"]
    assert first(**fields | {"is_about": True})[2][0] == "About 64 % full"


def test_the_time_left_is_told_while_there_is_room() -> None:
    assert first(status="Charging", wh=500, elapsed_s=240, left_min=95)[2] == ["0.50 kWh 4 min", "1 h 35 min left"]


def test_energy_is_never_told_higher_than_it_will_be_billed() -> None:
    assert first(status="Charging", wh=1999)[2] == ["1.99 kWh"]


def test_a_pause_says_whose_it_is() -> None:
    assert first(status="SuspendedEV")[:1] + tuple(first(status="SuspendedEV")[2][:1]) == (
        "Car is waiting", "It takes nothing")
    assert first(status="SuspendedEVSE", limit="profile")[2][0] == "No power to give"
    assert first(status="SuspendedEVSE", limit="temperature")[2][0] == "Too warm"


def test_a_finished_charge_tells_its_cost_and_how_the_cable_comes_free() -> None:
    assert first(status="Finishing", plugged=True, wh=12_345, elapsed_s=60, cost="5.56")[:3] == (
        "Finished", "", ["Unplug the car", "Cost 5.56", "12.34 kWh 1 min"])
    assert first(status="Finishing", locked_in=True, cost="5,56 \u20ac incl. VAT")[2] == [
        "Card frees cable", "Cost 5,56 EUR", "incl. VAT"]


@pytest.mark.parametrize("info", FAULTS)
def test_each_fault_has_words_for_people(info: str) -> None:
    title, _, lines, _, _ = screens(seen(status="Faulted", info=info, error_code=FAULTS[info]), "+49 30 123456")[0]
    assert title == "Fault"
    assert lines[-1] == "+49 30 123456"
    assert len(lines) >= 2
    assert all(len(line) <= WIDTH for line in lines)


def test_a_welded_contactor_warns_of_what_is_live() -> None:
    assert "live!" in " ".join(first(status="Faulted", info="contactor welded")[2])


@pytest.mark.parametrize("why", ["Blocked", "Expired", "Invalid", "ConcurrentTx", "no free connector", "Weird", None])
def test_a_refusal_says_why(why: str | None) -> None:
    title, _, lines, _, _ = news(False, why)
    assert title == "Card refused"
    assert lines
    assert all(0 < len(line) <= WIDTH for line in lines)


def test_each_connector_has_its_own_link() -> None:
    links = "HTTPS://X/C/11111111, https://x/c/22222222"
    assert [link_of(links, number) for number in (1, 2, 3)] == ["HTTPS://X/C/11111111", "HTTPS://X/C/22222222", ""]
    assert short_code("HTTPS://X/C/22222222") == "22222222"
    assert short_code("") == ""


def test_a_long_text_breaks_between_words() -> None:
    assert wrapped("0.45 EUR per kWh and 0.05 EUR per minute", 3) == ["0.45 EUR per kWh", "and 0.05 EUR per", "minute"]
