from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from csms.domain.metering import read
from ocppj.v16 import SampledValue

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)


def test_a_bare_value_is_the_register_in_wh() -> None:
    sample = read(AT, [SampledValue("1234")])
    assert (sample.register_wh, sample.context, sample.power_w) == (1234, "Sample.Periodic", None)


def test_kilo_units_become_whole_base_units() -> None:
    values = [SampledValue("1.2345", unit="kWh"), SampledValue("7.36", measurand="Power.Active.Import", unit="kW")]
    sample = read(AT, values)
    assert (sample.register_wh, sample.power_w) == (1235, 7360)


def test_phases_make_up_the_power_unless_the_whole_is_told() -> None:
    phases = [SampledValue("2300", measurand="Power.Active.Import", phase=p) for p in ("L1", "L2", "L3")]  # type: ignore[arg-type]
    assert read(AT, phases).power_w == 6900
    assert read(AT, [*phases, SampledValue("6850", measurand="Power.Active.Import")]).power_w == 6850


def test_current_and_voltage_are_the_highest_of_the_phases() -> None:
    values = [
        SampledValue("15.9", measurand="Current.Import", phase="L1"),
        SampledValue("16.02", measurand="Current.Import", phase="L2"),
        SampledValue("231.4", measurand="Voltage", phase="L1-N"),
    ]
    sample = read(AT, values)
    assert (sample.current_ma, sample.voltage_dv) == (16_020, 2314)


def test_direct_current_in_the_car_is_not_a_phase_at_the_outlet() -> None:
    values = [
        SampledValue("80.0", measurand="Current.Import", phase="L1"),
        SampledValue("131.5", measurand="Current.Import", location="EV"),
        SampledValue("214.0", measurand="Voltage", phase="L1-N", location="Outlet"),
        SampledValue("381.0", measurand="Voltage", location="EV"),
        SampledValue("42.6", measurand="SoC", unit="Percent", location="EV"),
        SampledValue("31.0", measurand="Temperature", unit="Celsius", location="EV"),
    ]
    sample = read(AT, values)
    assert (sample.current_ma, sample.voltage_dv) == (80_000, 2140)
    assert (sample.soc_percent, sample.temperature_c) == (43, 31)


def test_signed_values_are_kept_and_never_computed_with() -> None:
    sample = read(AT, [SampledValue("1000"), SampledValue("OCMF|{}|{}", format="SignedData")])
    assert (sample.signed, sample.register_wh) == (("OCMF|{}|{}",), 1000)


@given(st.text(max_size=50) | st.sampled_from(["NaN", "Infinity", "-inf", "1e400", "9" * 400, "", "0x10", "1_0"]))
def test_any_text_is_read_or_counted(value: str) -> None:
    sample = read(AT, [SampledValue(value)])
    assert (sample.register_wh is None) == (sample.unreadable == 1)
    assert sample.register_wh is None or abs(sample.register_wh) < 2**63
