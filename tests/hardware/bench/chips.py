"""Virtual chips whose whole flash is one small program: the bench is tried without the firmware."""
import textwrap
from typing import Any

from hardware.bench.charge_point import ChargePoint
from hardware.bench.orders import Options
from hardware.bench.world import World

KEY = "00" * 20


class Bench:
    def __init__(self, world: World) -> None:
        self.world = world

    async def run(self, program: str, *, identity: str = "CP1", url: str = "ws://127.0.0.1:9/ocpp",
                  board: str = "bench", stalls: bool = False, **options: Any) -> ChargePoint:
        wanted = Options(identity=identity, url=url, authorization_key=KEY, board=board, stalls=stalls, **options)
        return await self.world.add(wanted, firmware={"/main.py": textwrap.dedent(program).encode()})
