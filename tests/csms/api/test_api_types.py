"""The pages' types of the API (csms/web/api/schema.d.ts) are those of the document that the API gives."""

import subprocess

from csms.api import document
from tests.csms.running import Csms
from tests.pages.node import node
from tests.pages.world import REPOSITORY

API = REPOSITORY / "csms" / "web" / "api"


async def test_the_document_without_a_running_csms_is_that_of_a_running_one(csms: Csms) -> None:
    assert document.document() == await csms.get("/openapi.json")


def test_the_pages_know_the_api_as_it_is() -> None:
    made = subprocess.run(
        [node(), str(API / "generate.mjs")], input=document.text(), capture_output=True, text=True, check=True
    )
    is_current = made.stdout == (API / "schema.d.ts").read_text()
    assert is_current, "the API has changed since its types were made: make api-types"
