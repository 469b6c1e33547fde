"""The API as a page: everything is on it, and nothing on it comes from elsewhere."""

import re

from csms.api.docs import render
from tests.csms.running import Csms


async def test_the_docs_need_no_host_but_ours_and_no_script(csms: Csms) -> None:
    async with csms.browser() as browser:
        answer = await browser.get("/docs")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert not re.search(r"//|<script|<style|style=|\son\w+=", answer.text)
        links = set(re.findall(r'(?:href|src)="([^"#]+)"', answer.text))
        assert links == {"/openapi.json", "/docs/style.css"}
        for link in links:
            assert (await browser.get(link)).status_code == 200
        assert "//" not in (await browser.get("/docs/style.css")).text
        for page in (answer, await browser.get("/")):
            policy = page.headers["content-security-policy"].split("; ")
            assert {"default-src 'self'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"} <= {*policy}


async def test_the_docs_name_every_route_and_every_shape_they_link_to(csms: Csms) -> None:
    page = (await csms.admin.get("/docs")).text
    for path, methods in (await csms.get("/openapi.json"))["paths"].items():
        for method in methods:
            assert f"<h3>{method.upper()} {path}</h3>" in page
    assert set(re.findall(r'href="#(\w+)"', page)) <= set(re.findall(r'id="(\w+)"', page))


def test_words_of_the_document_are_only_ever_text() -> None:
    nasty = "<script>alert(1)</script>"
    operation = {"summary": nasty, "responses": {"200": {"description": nasty}}, "tags": [nasty]}
    parameter = {"name": nasty, "in": nasty, "schema": {"enum": [nasty]}}
    page = render(
        {
            "info": {"title": nasty},
            "paths": {f"/{nasty}": {"get": {**operation, "parameters": [parameter]}}},
            "components": {"schemas": {nasty: {"description": nasty, "properties": {nasty: {"type": nasty}}}}},
        }
    )
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 9
