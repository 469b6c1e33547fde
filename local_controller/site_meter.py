"""Reads the meter at the site's grid connection, by Modbus over TCP or a serial line.

What a silent meter means is decided by whoever asks: `reading` is None when there is none that is fresh.
"""

import asyncio
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from local_controller.config import Meter, Register
from ocppj import log

ANSWER_S = 1.0
STALE_S = 10.0
RETRY_S = 2.0
MOST_A, MOST_W, MOST_WH = 10_000, 10**8, 10**13  # beyond: a wrong register, or noise
_SDM630 = {  # Eastron, "SDM630 Modbus V2": input registers, float, kWh
    "l1_a": Register(address=0x06), "l2_a": Register(address=0x08), "l3_a": Register(address=0x0A),
    "power_w": Register(address=0x34), "import_wh": Register(address=0x48, scale=1000),
}  # fmt: skip
_log = log.get(__name__)


class MeterError(Exception):
    """The meter did not answer, or not with what a meter shows."""


@dataclass(frozen=True, slots=True)
class Reading:
    at: datetime
    taken_s: float  # monotonic
    currents_a: tuple[float, ...]  # of each phase it tells, without sign
    power_w: float | None
    import_wh: int | None


class SiteMeter:
    def __init__(
        self, settings: Meter, clock: Callable[[], datetime], ticks_s: Callable[[], float] = time.monotonic
    ) -> None:
        self.settings = settings
        self.failure = ""  # why it is silent, if it is
        self._clock, self._ticks_s = clock, ticks_s
        self._last: Reading | None = None
        known = _SDM630 if settings.model == "sdm630" else {}
        names = ("l1_a", "l2_a", "l3_a", "power_w", "import_wh")
        found = {name: getattr(settings, name) or known.get(name) for name in names}
        self._registers = {name: register for name, register in found.items() if register is not None}

    @property
    def reading(self) -> Reading | None:
        """The newest, if it is not older than STALE_S."""
        last = self._last
        return last if last is not None and self._ticks_s() - last.taken_s <= STALE_S else None

    async def run(self) -> None:
        """Reads for ever; runs until cancelled."""
        while True:
            try:
                await self._read_for_ever()
            except Exception as problem:  # also what the library did not foresee: the limit hangs on this task
                if not self.failure:
                    _log.warning("site_meter.silent", connect=self.settings.connect, why=str(problem)[:200])
                self.failure = str(problem)[:200] or repr(problem)
            await asyncio.sleep(RETRY_S)

    async def _read_for_ever(self) -> None:
        client = _client(self.settings)
        try:
            if not await client.connect():
                raise MeterError(f"{self.settings.connect} cannot be reached")
            while True:
                began_s = self._ticks_s()
                self._last = await self._read(client)
                if self.failure:
                    _log.info("site_meter.back", connect=self.settings.connect)
                    self.failure = ""
                await asyncio.sleep(max(0.0, self.settings.every_s - (self._ticks_s() - began_s)))
        finally:
            client.close()

    async def _read(self, client: Any) -> Reading:
        values = {name: await self._value(client, name, where) for name, where in self._registers.items()}
        currents = tuple(abs(values[name]) for name in ("l1_a", "l2_a", "l3_a") if name in values)
        power, energy = values.get("power_w"), values.get("import_wh")
        beyond = max(currents) > MOST_A or abs(power or 0) > MOST_W or abs(energy or 0) > MOST_WH
        if beyond:
            raise MeterError(f"unit {self.settings.unit} shows what no meter shows: {values}")
        return Reading(self._clock(), self._ticks_s(), currents, power, None if energy is None else round(energy))

    async def _value(self, client: Any, name: str, where: Register) -> float:
        read = client.read_input_registers if self.settings.function == "input" else client.read_holding_registers
        kind = client.DATATYPE[where.type.upper()]
        answer = await read(where.address, count=kind.value[1], device_id=self.settings.unit)
        if answer.isError():
            raise MeterError(f"unit {self.settings.unit} refused register {where.address}: {answer}")
        number = client.convert_from_registers(answer.registers, kind, word_order=self.settings.word_order)
        if not isinstance(number, int | float) or not math.isfinite(number):
            raise MeterError(f"unit {self.settings.unit} has no number in register {where.address} ({name})")
        return number * where.scale


def _client(settings: Meter) -> Any:
    """Imported here: a site without a meter need not carry the library in its memory."""
    from pymodbus import FramerType
    from pymodbus.client import AsyncModbusSerialClient, AsyncModbusTcpClient

    quiet = {"timeout": ANSWER_S, "retries": 1, "reconnect_delay": 0}
    if settings.connect.startswith("/dev/"):
        return AsyncModbusSerialClient(
            settings.connect, baudrate=settings.baud, parity=settings.parity, **quiet  # type: ignore[arg-type]
        )
    scheme, _, address = settings.connect.partition("://")
    host, _, port = address.rpartition(":")
    framer = FramerType.SOCKET if scheme == "tcp" else FramerType.RTU
    return AsyncModbusTcpClient(host, port=int(port), framer=framer, **quiet)  # type: ignore[arg-type]
