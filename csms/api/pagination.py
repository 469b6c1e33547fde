"""One page of many: X-Total-Count says how many there are, Link (RFC 8288) where the other pages are."""

from typing import Annotated, Protocol

from fastapi import Depends, Request, Response


class Page(Protocol):
    def __call__(self, total: int, limit: int, offset: int) -> None: ...


def page(request: Request, response: Response) -> Page:
    def headers(total: int, limit: int, offset: int) -> None:
        response.headers["X-Total-Count"] = str(total)
        last = max(0, (total - 1) // limit * limit)
        there = {"first": 0, "prev": max(0, offset - limit), "next": offset + limit, "last": last}
        if offset == 0:
            del there["prev"]
        if offset + limit >= total:
            del there["next"]
        links = []
        for rel, to in there.items():
            url = request.url.include_query_params(limit=limit, offset=to)
            links.append(f'<{url.path}?{url.query}>; rel="{rel}"')
        response.headers["Link"] = ", ".join(links)

    return headers


Paged = Annotated[Page, Depends(page)]
