"""The judge of the stories can fail: one message dropped, doubled or shifted on its way makes it red."""
from typing import Any

import pytest

from hardware.demo.chain import Chain
from hardware.demo.processes import DemoError
from tests.faults.lying_proxy import LyingProxy, Mutation, once
from tests.stories.people import ChargePoint, judge

pytestmark = pytest.mark.story
ACCEPTED = {"idTagInfo": {"status": "Accepted"}}


def drop_start(frame: list[Any]) -> Any:
    return [], {"transactionId": 999, **ACCEPTED}


def drop_stop(frame: list[Any]) -> Any:
    return [], ACCEPTED


def double_start(frame: list[Any]) -> Any:
    """As a charge point would that counted a retry as a new transaction."""
    later = {**frame[3], "timestamp": frame[3]["timestamp"].replace("20", "19", 1)}
    return [frame, [2, frame[1][::-1], frame[2], later]], None


def shift_stop(frame: list[Any]) -> Any:
    """The stop carries an earlier reading than its own."""
    return [[*frame[:3], {**frame[3], "meterStop": frame[3]["meterStop"] - 40}]], None


def shift_start(frame: list[Any]) -> Any:
    return [[*frame[:3], {**frame[3], "meterStart": frame[3]["meterStart"] + 40}]], None


def stop_of_another(frame: list[Any]) -> Any:
    """The stop goes to the transaction before this one."""
    return [[*frame[:3], {**frame[3], "transactionId": frame[3]["transactionId"] - 1}]], None


MUTATIONS: dict[str, Mutation] = {
    "drop StartTransaction": once(drop_start, "StartTransaction"),
    "drop StopTransaction": once(drop_stop, "StopTransaction"),
    "double StartTransaction": once(double_start, "StartTransaction"),
    "shift meterStop": once(shift_stop, "StopTransaction"),
    "shift meterStart": once(shift_start, "StartTransaction"),
    "StopTransaction of another id": once(stop_of_another, "StopTransaction"),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutated_message_makes_the_judge_red(chain: Chain, name: str) -> None:
    number = list(MUTATIONS).index(name)
    first = chain.adopt(f"MUTANT-{number}")
    with LyingProxy(first["ocpp_url"], MUTATIONS[name]) as proxy:
        charge_point = ChargePoint(chain, chain.add_charge_point(f"MUTANT-{number}", url=proxy.url))
        with pytest.raises((AssertionError, DemoError)):   # noqa: PT012 - the whole story is what must turn red
            charge_point.finish(charge_point.start_a_charge(), within_s=8)
            judge(charge_point, sessions=1)
        assert proxy.lies == 1, "the mutation never happened"
        chain.remove_charge_point(charge_point.identity)


def test_the_way_through_the_proxy_alone_changes_nothing(chain: Chain) -> None:
    adopted = chain.adopt("HONEST")
    with LyingProxy(adopted["ocpp_url"], lambda frame: ([frame], None)) as proxy:
        charge_point = ChargePoint(chain, chain.add_charge_point("HONEST", url=proxy.url))
        charge_point.finish(charge_point.start_a_charge())
        judge(charge_point, sessions=1)
        chain.remove_charge_point(charge_point.identity)
