"""A page asks for several things at once, and many pages do."""

import asyncio

from tests.csms.running import Csms

DEADLINE_S = 10  # a request that waits for a connection gives up after 30 s


async def test_more_requests_than_database_connections_are_all_answered(csms: Csms) -> None:
    paths = ["/api/charge-points", "/api/sessions", "/api/sites", "/api/quarantine", "/api/cards", "/api/users"]
    async with asyncio.timeout(DEADLINE_S):
        answers = await asyncio.gather(*(csms.admin.get(path) for path in paths * 5))
    assert [answer.status_code for answer in answers] == [200] * len(answers)
