"""A serial line in real time between a simulated part and a driver that believes in pyserial."""
import threading
import time
from types import TracebackType

from hardware.bench.uart import Part

STEP_S = 0.001


class SerialLine:
    """What pyserial's Serial offers, the part at its other end; a thread is the passing of time."""

    def __init__(self, part: Part, timeout_s: float = 1.0) -> None:
        self._part, self.timeout = part, timeout_s
        self._from_part = bytearray()
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "SerialLine":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(STEP_S):
            with self._lock:
                now_s = time.monotonic()
                due_s = self._part.due_s()
                if due_s is not None and due_s <= now_s:
                    self._from_part += self._part.speak(now_s)

    def write(self, data: bytes) -> int:
        with self._lock:
            self._part.hear(bytes(data), time.monotonic())
        return len(data)

    def read(self, size: int = 1) -> bytes:
        """Up to `size` bytes: what has come when the line falls silent or the timeout ends."""
        deadline = time.monotonic() + self.timeout
        while time.monotonic() < deadline and not self.in_waiting:
            time.sleep(STEP_S)
        with self._lock:
            data = bytes(self._from_part[:size])
            del self._from_part[:size]
        return data

    @property
    def in_waiting(self) -> int:
        with self._lock:
            return len(self._from_part)

    def reset_input_buffer(self) -> None:
        with self._lock:
            self._from_part.clear()
