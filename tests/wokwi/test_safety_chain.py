"""The chip before the coils: each of its conditions alone opens a contactor, and only all of them close it."""
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.bench.contactor import CLOSE_S, OPEN_S, Contactor
from hardware.bench.safety_chain import SafetyChain
from tests.wokwi.simulation import ADC_FULL_V, Simulation
from tests.wokwi.wiring import alone

WIRES = {"26": "CMD1", "27": "BEAT1", "14": "PILOT1", "13": "ESTOP", "12": "RCD", "34": "TEMP", "25": "COIL1",
         "33": "LIVE1", "35": "AUX1", "4": "CMD2", "5": "BEAT2", "18": "PILOT2", "19": "COIL2"}


class Chain:
    def __init__(self, **attrs: int) -> None:
        self.simulation: Simulation = alone("safety-chain", WIRES, **attrs)
        self.simulation.drive("esp:13", 0)   # the stop button's contact is closed

    def beat(self, seconds: float = 0.0, pin: str = "esp:27") -> None:
        """Heartbeats for some time, the first at once; their last edge is at most 20 ms old then."""
        for _ in range(max(1, round(seconds / 0.02))):
            self.simulation.drive(pin, 1 - self.simulation.level(pin))
            self.simulation.run(0.02 if seconds else 0)

    def close(self) -> None:
        self.simulation.drive("esp:26", 1)
        self.simulation.drive("esp:14", 1)
        self.beat(0.1)
        assert self.closed

    @property
    def coil(self) -> bool:
        return bool(self.simulation.level("esp:25"))

    @property
    def closed(self) -> bool:
        live = self.simulation.level("esp:33")
        assert self.simulation.level("esp:35") == 1 - live   # the auxiliary contact pulls to ground
        return bool(live)


@pytest.fixture
def chain() -> Chain:
    return Chain()


def test_all_conditions_together_close_it_in_its_time(chain: Chain) -> None:
    chain.simulation.drive("esp:26", 1)
    chain.simulation.drive("esp:14", 1)
    chain.beat()
    assert chain.simulation.run_to(lambda: chain.closed, within_s=1) == pytest.approx(CLOSE_S, abs=0.001)


@pytest.mark.parametrize("missing", ["command", "pilot", "heartbeat", "stop", "leakage"])
def test_one_condition_alone_keeps_it_open(chain: Chain, missing: str) -> None:
    chain.simulation.drive("esp:26", int(missing != "command"))
    chain.simulation.drive("esp:14", int(missing != "pilot"))
    chain.simulation.drive("esp:13", int(missing == "stop"))
    chain.simulation.control("chip", residualMa=6 if missing == "leakage" else 5)
    chain.simulation.run(0.02)
    for _ in range(20):
        if missing != "heartbeat":
            chain.beat()
        chain.simulation.run(0.02)
        assert not chain.coil
        assert not chain.closed


@pytest.mark.parametrize(("pin", "level"), [("esp:26", 0), ("esp:14", 0), ("esp:13", 1)])
def test_a_line_that_changes_opens_it_at_once(chain: Chain, pin: str, level: int) -> None:
    chain.close()
    chain.simulation.drive(pin, level)
    assert chain.simulation.run_to(lambda: not chain.closed, within_s=1) == pytest.approx(OPEN_S, abs=0.001)


def test_a_torn_wire_to_the_stop_button_stops_too(chain: Chain) -> None:
    chain.close()
    chain.simulation.drive("esp:13", None)
    chain.simulation.run(0.05)
    assert not chain.closed


def test_leakage_trips_and_tells_the_program_until_it_is_gone(chain: Chain) -> None:
    chain.close()
    chain.simulation.control("chip", residualMa=30)
    assert chain.simulation.run_to(lambda: not chain.closed, within_s=1) <= 0.04
    assert chain.simulation.level("esp:12") == 1
    chain.simulation.control("chip", residualMa=3)
    chain.beat(0.1)
    assert chain.simulation.level("esp:12") == 1
    assert not chain.coil
    chain.simulation.control("chip", residualMa=0)
    chain.beat(0.1)
    assert chain.simulation.level("esp:12") == 0
    assert chain.closed


@pytest.mark.parametrize("hold_ms", [500, 5000])
def test_a_program_that_stopped_loses_its_coil_after_the_hold_time(hold_ms: int) -> None:
    chain = Chain(holdMs=hold_ms)
    chain.close()
    chain.beat()
    took_s = chain.simulation.run_to(lambda: not chain.coil, within_s=10)
    assert hold_ms / 1000 <= took_s <= hold_ms / 1000 + 0.011
    chain.beat(0.1)
    assert chain.closed   # and a heartbeat brings it back


def test_no_heartbeat_since_the_start_is_no_heartbeat(chain: Chain) -> None:
    chain.simulation.drive("esp:26", 1)
    chain.simulation.drive("esp:14", 1)
    chain.simulation.run(1)
    assert not chain.coil


def test_welded_contacts_stay_closed_and_say_so(chain: Chain) -> None:
    chain.close()
    chain.simulation.control("chip", contactor1=1)
    chain.simulation.drive("esp:26", 0)
    chain.simulation.run(1)
    assert not chain.coil
    assert chain.closed
    chain.simulation.control("chip", contactor1=0)
    chain.simulation.run(0.1)
    assert not chain.closed


def test_a_contactor_that_sticks_open_does_not_close(chain: Chain) -> None:
    chain.simulation.control("chip", contactor1=2)
    chain.simulation.drive("esp:26", 1)
    chain.simulation.drive("esp:14", 1)
    chain.beat(0.2)
    assert chain.coil
    assert not chain.closed


def test_the_channels_are_two(chain: Chain) -> None:
    chain.close()
    assert chain.simulation.level("esp:19") == 0
    chain.simulation.drive("esp:4", 1)
    chain.simulation.drive("esp:18", 1)
    chain.beat(0.1, "esp:5")
    assert chain.simulation.level("esp:19") == 1
    chain.simulation.drive("esp:13", 1)
    chain.simulation.run(0.01)
    assert chain.simulation.level("esp:19") == 0
    assert not chain.coil


@pytest.mark.parametrize("celsius", [0, 25, 95])
def test_the_thermometer_reads_as_an_mcp9700a(chain: Chain, celsius: int) -> None:
    chain.simulation.control("chip", celsius=celsius)
    chain.simulation.run(0.02)
    assert chain.simulation.volts("esp:34") / ADC_FULL_V * 3100 == pytest.approx(500 + 10 * celsius, abs=0.01)


# -- against the bench's parts, whatever happens

events = st.lists(st.tuples(st.sampled_from(["command", "pilot", "stop", "beat", "weld", "stick"]), st.booleans(),
                            st.integers(1, 40)), max_size=20)


@settings(max_examples=25)
@given(events=events)
def test_it_moves_as_the_benchs_chain_and_contactor_do(events: list[tuple[str, bool, int]]) -> None:
    chain = Chain(holdMs=300)
    simulation = chain.simulation
    simulation.run_until(5_000_000)   # off the chip's ten-millisecond grid, on which it looks at its sliders
    parts, contactor = SafetyChain(hold_s=0.3, powered=True), Contactor()
    faults = {"welded": False, "stuck_open": False}
    beat = 0

    def follow(until_s: float) -> None:
        while True:
            due = [each for each in (contactor.due_s(), parts.due_s()) if each is not None and each > moment[0]]
            moment[0] = min([*due, until_s])
            contactor.advance(moment[0])
            contactor.energise(parts.coil(moment[0]), moment[0])
            if moment[0] >= until_s:
                return

    moment = [simulation.now_s]
    for what, on, tenths in events:
        if what == "command":
            parts.commanded = on
            simulation.drive("esp:26", int(on))
        elif what == "pilot":
            parts.pilot_high_v = 6.0 if on else 9.0
            simulation.drive("esp:14", int(on))
        elif what == "stop":
            parts.emergency_stop = on
            simulation.drive("esp:13", int(on))
        elif what == "beat":
            parts.heartbeat_s, beat = moment[0], 1 - beat
            simulation.drive("esp:27", beat)
        else:
            faults["welded" if what == "weld" else "stuck_open"] = on
            simulation.control("chip", contactor1=1 if faults["welded"] else 2 if faults["stuck_open"] else 0)
            contactor.set_faults(
                welded=faults["welded"], stuck_open=faults["stuck_open"] and not faults["welded"], now_s=moment[0])
        contactor.energise(parts.coil(moment[0]), moment[0])
        simulation.run(0)
        # long enough for what is under way, and what the next look at the sliders begins, to be over
        simulation.run_until(simulation.now_ns + tenths * 10_000_000)
        follow(simulation.now_s)
        if tenths >= 5 and not (parts.heartbeat_s and abs(moment[0] - parts.heartbeat_s - 0.3) < 0.06):
            assert chain.coil == contactor.coil
            assert chain.closed == contactor.closed
