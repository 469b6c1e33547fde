"""Each body that may be sent has an example in the OpenAPI document, and each example is taken as a right one."""

from typing import Any

from tests.csms.running import Csms

# Without a body of JSON in the document: their forms are read by hand.
_SOMEWHERE: dict[str, Any] = {"reference": "0" * 32, "identity": "CP1", "id_tag": "04A1B2C3D4E5F6"}


class _Somewhere(dict[str, Any]):
    def __missing__(self, name: str) -> Any:
        return _SOMEWHERE.get(name, 1)


async def test_every_body_has_an_example_that_is_right(csms: Csms) -> None:
    await csms.driver()
    await csms.charge_point("CP1")
    document = await csms.get("/openapi.json")
    shapes, wrong, sent = document["components"]["schemas"], [], 0
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if content is None:
                continue
            name = content["schema"]["$ref"].rpartition("/")[2]
            (example,) = shapes[name].get("examples") or [None]
            if example is None:
                wrong.append((method, path, name, "has no example"))
                continue
            answer = await csms.admin.request(method, path.format_map(_Somewhere()), json=example)
            sent += 1
            if answer.status_code == 422:
                wrong.append((method, path, name, answer.text))
    assert wrong == []
    assert sent > 40
