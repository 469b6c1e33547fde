"""Schemathesis asks what the OpenAPI document allows, and what it does not: no accident, and nothing undocumented."""

import asyncio
import sys
from pathlib import Path

import pytest

from tests.csms.running import Csms

pytestmark = pytest.mark.slow
_CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
# Streams without an end; and what would end the login that asks.
_LEFT_OUT = ("/api/events", "/api/user/charging/events", "/api/auth/logout", "/api/auth/logout-everywhere")
_MOST_S = 25  # a slow machine asks less, and finds less


async def test_schemathesis_finds_nothing(csms: Csms, tmp_path: Path) -> None:
    await csms.driver()
    await csms.charge_point("CP1")
    left_out = [word for path in _LEFT_OUT for word in ("--exclude-path", path)]
    asked = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("schemathesis")), "run", f"{csms.url}/openapi.json",
        "--header", f"Authorization: {csms.admin.headers['Authorization']}",
        "--phases", "fuzzing", "--max-examples", "2", "--max-time", str(_MOST_S), "--seed", "20260301",
        "--generation-database", "none", "--no-shrink", "--no-color", "--warnings", "off",
        "--checks", _CHECKS, *left_out,
        cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    told, _ = await asked.communicate()
    text = told.decode()
    assert asked.returncode == 0, text
    assert "passed" in text.lower(), text  # and it did ask
    assert (await csms.get("/readyz"))["status"] == "ok"
