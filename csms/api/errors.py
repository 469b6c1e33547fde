"""Which HTTP status each error gets, and its form: problem+json (RFC 9457). What was sent is never echoed."""

import http
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from csms.domain import errors
from csms.store.writer import WriteFailed
from ocppj import log

_log = log.get(__name__)

STATUS: dict[type[Exception], int] = {
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Changed: 412,
    errors.Unusable: 422,
    errors.NotAuthenticated: 401,
    errors.Forbidden: 403,
    errors.TooMany: 429,
    errors.PaymentFailed: 502,
    errors.Offline: 409,
    errors.NoAnswer: 504,
    errors.Unreadable: 502,
    errors.CallRefused: 502,
    WriteFailed: 503,
}


# What every route may answer beside what it names: for the OpenAPI document.
DOCUMENTED: dict[str, Any] = {
    "description": "What is wrong, and what to do (RFC 9457)",
    "content": {
        "application/problem+json": {
            "schema": {
                "type": "object",
                "required": ["type", "title", "status", "detail"],
                "properties": {
                    "type": {"type": "string"},
                    "title": {"type": "string"},
                    "status": {"type": "integer"},
                    "detail": {"type": "string"},
                    "errors": {"type": "array", "items": {"type": "object"}},
                },
            }
        }
    },
}


def problem(status: int, detail: str, headers: dict[str, str] | None = None, **more: Any) -> JSONResponse:
    body = {"type": "about:blank", "title": http.HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    for kind in STATUS:
        app.add_exception_handler(kind, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unknown)


async def _known(request: Request, error: Exception) -> JSONResponse:
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    headers = {}
    if isinstance(error, errors.TooMany):
        headers["Retry-After"] = str(error.retry_after_s)
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    detail = "the database cannot write, please try again" if isinstance(error, WriteFailed) else str(error)
    return problem(status, detail, headers)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    wrong = [{"at": ".".join(str(part) for part in e["loc"]), "what": e["msg"]} for e in error.errors()]
    return problem(422, "; ".join(f"{w['at']}: {w['what']}" for w in wrong)[:500], errors=wrong[:20])


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return problem(error.status_code, str(error.detail), dict(error.headers or {}))


async def _unknown(request: Request, error: Exception) -> JSONResponse:
    _log.error("request.failed", method=request.method, path=request.url.path, error=repr(error))
    return problem(500, "this should not have happened; it is in the log")
