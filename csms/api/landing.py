"""/c/<code>: what the QR code on a connector opens: the drivers' app at this connector.

Where the app is not built, and with ?plain for browsers that cannot run it: a page without scripts that says where
one is.
"""

from html import escape
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError

from csms.api import pages, problems
from csms.api.deps import Db, RemoteAddress, Wired
from csms.api.places import ByCode, look_up
from csms.api.problems import KINDS, ProblemForm
from csms.domain import connector_types
from csms.domain.errors import Conflict, NotFound, TooMany

# Links are in upper case, to fit a small QR code; people type what they like.
router = APIRouter(include_in_schema=False)
Code = Annotated[str, Path(max_length=20)]
_WORDS = {"available": "free", "occupied": "in use", "inoperative": "out of order"}


@router.get("/c/{code}", response_class=HTMLResponse)
@router.get("/C/{code}", response_class=HTMLResponse)
async def landing(code: Code, of: Wired, db: Db, plain: str | None = None) -> Response:
    try:
        found = await look_up(of, db, code)
    except NotFound:
        return _page("No connector has this code", "<p>Please look at the code on the charge point again.</p>", 404)
    if plain is None and pages.app_is_built():
        return RedirectResponse(f"{pages.APP}/?code={found.code}", 303)
    return _page(f"{found.station.name}, connector {found.connector_id}", _body(found))


@router.post("/c/{code}/problem", response_class=HTMLResponse)
@router.post("/C/{code}/problem", response_class=HTMLResponse)
async def report(code: Code, request: Request, of: Wired, db: Db, remote: RemoteAddress) -> HTMLResponse:
    """From the page's form."""
    try:
        found = await look_up(of, db, code)
        sent = parse_qs((await request.body()).decode("ascii", "replace"), max_num_fields=10)
        said = {name: values[0].replace("\r\n", "\n") for name, values in sent.items() if values[0]}
        form = ProblemForm.model_validate({**said, "connector_id": found.connector_id})
        await problems.keep(of, found.station.id, form, remote, None)
    except NotFound as error:
        return _page("Not found", f"<p>{escape(str(error))}</p>", 404)
    except (ValidationError, ValueError):
        return _page("This could not be read", "<p>Please go back and say it in other words.</p>", 422)
    except (TooMany, Conflict) as error:
        status = 429 if isinstance(error, TooMany) else 409
        return _page("Not taken", f"<p>{escape(str(error))}</p>", status)
    return _page("Thank you", f"<p>The operator has been told.</p>{_emergency(found)}", 201)


def _body(found: ByCode) -> str:
    here = next(c for c in found.station.connectors if c.connector_id == found.connector_id)
    kind = connector_types.find(here.type) if here.type else None
    power = f", up to {here.power_w / 1000:g} kW" if here.power_w else ""
    options = "".join(f'<option value="{key}">{escape(text)}</option>' for key, text in KINDS.items())
    return (
        f"<p>Code <strong>{escape(found.code)}</strong>: the same is written on the connector.</p>"
        f"<dl><dt>Charge point</dt><dd>{escape(found.station.name)} ({escape(found.station.id)})</dd>"
        f"<dt>Connector</dt><dd>{found.connector_id}{f', {escape(kind.name)}' if kind else ''}{power}</dd>"
        f"<dt>Now</dt><dd>{_WORDS[here.availability]}</dd>"
        f"<dt>Price</dt><dd>{escape(here.price_text)}</dd></dl>"
        f'<p><a href="/app/?code={escape(found.code)}">Charge here</a></p>{_emergency(found)}'
        f'<h2>Is something wrong here?</h2><form method="post" action="/c/{escape(found.code)}/problem">'
        f'<p><label>What <select name="kind">{options}</select></label></p>'
        '<p><label>In your words<br><textarea name="text" rows="3" cols="40" maxlength="1000"></textarea></label></p>'
        '<p><label>How to reach you, if you like<br><input name="contact" maxlength="254"></label></p>'
        "<p><button>Tell the operator</button></p></form>"
    )


def _emergency(found: ByCode) -> str:
    number = found.emergency_number
    return f'<p>Danger? Call <a href="tel:{escape(number)}">{escape(number)}</a></p>' if number else ""


def _page(title: str, body: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title></head><body><main><h1>{escape(title)}</h1>{body}</main></body></html>\n',
        status,
    )
