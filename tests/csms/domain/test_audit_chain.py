"""The audit log's running hash: what was changed, deleted or put in is found and named; what is whole is not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csms.domain.audit_chain import BEGINNING, Mark, Row, link, walk

START = datetime(2026, 3, 1, tzinfo=UTC)
Chain = list[tuple[Row, str]]


def chain(length: int = 6) -> Chain:
    made: Chain = []
    before = BEGINNING
    for number in range(1, length + 1):
        at = START + timedelta(seconds=number)
        row = Row(number, at, 1, "POST", "/api/sites", f"/api/sites/{number}", 201, "127.0.0.1", "")
        before = link(before, row)
        made.append((row, before))
    return made


def found(rows: Chain, whole: Chain, noted: Mark | None = None, begins: int = 0) -> list[str]:
    begin = Mark(begins, whole[begins - 1][1]) if begins else Mark(0, BEGINNING)
    return list(walk(rows, begin, Mark(whole[-1][0].id, whole[-1][1]), noted))


def test_a_whole_chain_has_nothing_wrong_also_when_its_beginning_is_forgotten() -> None:
    whole = chain()
    assert found(whole, whole) == []
    assert found(whole[2:], whole, begins=2) == []
    assert found(whole, whole, Mark(4, whole[3][1])) == []
    assert found(whole[4:], whole, Mark(2, whole[1][1]), begins=4) == []  # noted, and forgotten since


@pytest.mark.parametrize(
    ("tamper", "says"),
    [
        (lambda c: [*c[:2], (replace(c[2][0], user_id=9), c[2][1]), *c[3:]], "row 3 was changed"),
        (lambda c: c[:2] + c[3:], "row 3 was deleted"),
        (lambda c: c[:1] + c[4:], "rows 2 to 4 were deleted"),
        (lambda c: c[1:], "row 1 was deleted"),
        (lambda c: c[:-2], "rows 5 to 6 were deleted (the newest)"),
        (lambda c: [*c, (replace(c[-1][0], id=7), link(c[-1][1], replace(c[-1][0], id=7)))], "row 7 was put in"),
        (lambda c: [*c[:-1], (replace(c[-1][0], status=500), c[-1][1])], "row 6 was changed"),
    ],
)
def test_what_was_done_to_a_row_is_said_once_and_names_it(tamper: Callable[[Chain], Chain], says: str) -> None:
    whole = chain()
    (finding,) = found(tamper(list(whole)), whole)
    assert says in finding


def test_a_log_that_was_written_anew_to_its_end_does_not_have_the_hash_that_was_noted_down() -> None:
    whole, other = chain(), chain(7)[1:]
    forged: Chain = []
    before = BEGINNING
    for row, _ in other:
        row = replace(row, id=row.id - 1)
        before = link(before, row)
        forged.append((row, before))
    assert found(forged, forged) == []
    (finding,) = found(forged, forged, Mark(5, whole[4][1]))
    assert "row 5 has not the hash that was noted down" in finding
    (finding,) = found(whole[:4], whole[:4], Mark(5, whole[4][1]))
    assert "row 5, which was noted down, is not there" in finding


@given(st.integers(0, 5), st.sampled_from(["user_id", "status"]), st.integers(1000, 2000))
def test_no_field_can_be_changed_unnoticed(at: int, name: str, value: int) -> None:
    whole = chain()
    rows = list(whole)
    rows[at] = (replace(rows[at][0], **{name: value}), rows[at][1])
    assert len(found(rows, whole)) == 1


@pytest.mark.parametrize("name", ["method", "route", "path", "remote", "detail"])
def test_no_word_can_be_changed_unnoticed(name: str) -> None:
    whole = chain()
    rows = list(whole)
    rows[3] = (replace(rows[3][0], **{name: "other"}), rows[3][1])
    assert found(rows, whole)
    moved = list(whole)
    moved[3] = (replace(moved[3][0], at=START), moved[3][1])
    assert found(moved, whole)
