"""Without a token for Wokwi's service no scenario passes in silence: each is named as not run, with what is missing."""
import re
from pathlib import Path

import pytest

from tests.wokwi import test_service

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("project", "scenario"), test_service.PLAYS, ids=str)
def test_a_scenario_is_named_as_not_run_where_there_is_no_token(
    project: str, scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WOKWI_CLI_TOKEN", raising=False)
    with pytest.raises(pytest.skip.Exception, match=rf"^not run on Wokwi: {project} {scenario} \(no WOKWI_CLI_TOKEN"):
        test_service.test_the_scenario_plays_on_wokwis_service(project, scenario, tmp_path)


def test_every_scenario_there_is_would_be_played() -> None:
    there = set((REPOSITORY / "wokwi").rglob("*.test.yaml"))
    assert {REPOSITORY / "wokwi" / scenario for _, scenario in test_service.PLAYS} == there


def test_the_whole_run_lists_what_was_not_run() -> None:
    flags = re.search(r"^SIDE_BY_SIDE := .* -r (\w+)$", (REPOSITORY / "Makefile").read_text(), re.MULTILINE)
    assert flags
    assert "s" in flags[1]
