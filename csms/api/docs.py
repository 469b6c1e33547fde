"""/docs: the OpenAPI document as a page to read. No scripts, nothing from elsewhere: it shows without the internet."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from html import escape
from typing import Any

from fastapi import FastAPI
from starlette.responses import HTMLResponse, Response

_STYLE_PATH = "/docs/style.css"
_STYLE = """
:root { color-scheme: light dark; font: 100%/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h2 { margin: 2rem 0 0; border-bottom: 1px solid; }
h3 { margin: 1.5rem 0 0; font: 600 1em/1.5 ui-monospace, monospace; }
p, dl { margin: 0.25rem 0 0; }
dl { display: grid; grid-template-columns: minmax(8rem, max-content) 1fr; gap: 0 1rem; }
dt { font-family: ui-monospace, monospace; }
dd { margin: 0; }
"""

Schema = Mapping[str, Any]


def install(app: FastAPI) -> None:
    @cache  # the routes are all there before the first request
    def page() -> str:
        return render(app.openapi())

    async def docs() -> Response:
        return HTMLResponse(page())

    async def style() -> Response:
        return Response(_STYLE, media_type="text/css")

    app.add_api_route("/docs", docs, include_in_schema=False)
    app.add_api_route(_STYLE_PATH, style, include_in_schema=False)


def render(document: Schema) -> str:
    title = escape(document["info"]["title"])
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{title} API</title><link rel="stylesheet" href="{_STYLE_PATH}"></head>'
        f'<body><main><h1>{title} API</h1><p>For programs: <a href="/openapi.json">openapi.json</a></p>'
        f"{''.join(_sections(document['paths']))}"
        f"<h2>Shapes</h2>{''.join(_shapes(document['components']['schemas']))}</main></body></html>\n"
    )


def _sections(paths: Schema) -> Iterator[str]:
    by_tag: dict[str, list[str]] = {}
    for path, methods in paths.items():
        for method, operation in methods.items():
            tag = operation.get("tags", ["other"])[0]
            by_tag.setdefault(tag, []).append(_operation(method, path, operation))
    for tag, operations in by_tag.items():
        yield f"<h2>{escape(tag.capitalize())}</h2>{''.join(operations)}"


def _operation(method: str, path: str, operation: Schema) -> str:
    text = operation.get("description") or operation["summary"]
    facts = [(_name(p), _type(p["schema"]) + f" in the {escape(p['in'])}") for p in operation.get("parameters", ())]
    if "requestBody" in operation:
        facts.append(("body", _content(operation["requestBody"])))
    # 422 and what goes wrong otherwise ("default") every route answers alike.
    always = ("422", "default")
    facts += [(code, _content(answer)) for code, answer in operation["responses"].items() if code not in always]
    return f"<h3>{method.upper()} {escape(path)}</h3><p>{escape(text)}</p>{_list(facts)}"


def _shapes(schemas: Schema) -> Iterator[str]:
    for name, schema in schemas.items():
        required = schema.get("required", ())
        fields = [
            (_name({"name": field, "required": field in required}), _type(of))
            for field, of in schema.get("properties", {}).items()
        ]
        text = escape(schema.get("description", "")) if fields else _type(schema)
        yield f'<h3 id="{escape(name)}">{escape(name)}</h3><p>{text}</p>{_list(fields)}'


def _list(facts: Iterable[tuple[str, str]]) -> str:
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{what}</dd>" for name, what in facts)
    return f"<dl>{rows}</dl>" if rows else ""


def _name(field: Schema) -> str:
    return str(field["name"]) if field.get("required") else f"{field['name']} (optional)"


def _content(of: Schema) -> str:
    schemas = [_type(kind["schema"]) for kind in of.get("content", {}).values() if kind.get("schema")]
    return " or ".join(schemas) or escape(of.get("description", ""))


def _type(schema: Schema) -> str:
    """In words, as HTML; a named shape is a link to it."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>'
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return " or ".join(_type(each) for each in schema[key])
    if "enum" in schema:
        return " or ".join(escape(f'"{value}"') for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return escape(schema.get("format") or schema.get("type") or "anything")
