"""Whatever the charge point held, took or refused: in the end it holds what it should."""

from hypothesis import given
from hypothesis import strategies as st

from csms.domain.local_list import Known, Limits, Update, updates

TAGS = st.sampled_from([f"T{n}" for n in range(12)])
ENTRIES = st.dictionaries(TAGS, st.none(), max_size=12)


def apply(held: dict[str, None], version: int, update: Update) -> tuple[dict[str, None], int]:
    assert update.version > version or update.kind == "Full"
    entries = {} if update.kind == "Full" else {t: a for t, a in held.items() if t not in update.remove}
    return {**entries, **update.entries}, update.version


@given(held=ENTRIES, wanted=ENTRIES, version=st.integers(0, 50), known=st.booleans(), step=st.integers(1, 5))
def test_the_updates_lead_to_what_is_wanted(
    held: dict[str, None], wanted: dict[str, None], version: int, known: bool, step: int
) -> None:
    what = Known(version, dict(held)) if known else None
    plan = updates(version, what, wanted, Limits(100, step))
    at = version
    for update in plan:
        assert update.version > 0
        assert len(update.entries) + len(update.remove) <= step
        held, at = apply(held, at, update)
    assert held == wanted


def test_one_that_is_in_step_is_sent_nothing() -> None:
    assert updates(3, Known(3, {"A": None}), {"A": None}, Limits(10, 10)) == ()


def test_an_empty_list_is_sent_as_a_full_one_without_entries() -> None:
    (update,) = updates(0, None, {}, Limits(10, 10))
    assert (update.kind, dict(update.entries), update.version) == ("Full", {}, 1)
