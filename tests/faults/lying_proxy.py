"""A WebSocket proxy that mutates OCPP messages on their way: it swallows, doubles or shifts one, and nobody is told.

What a bug in a queue or in a forwarder would do, from outside: the stories use it to show that their judge sees it.
"""
import json
import threading
from collections.abc import Callable
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.sync.server import ServerConnection, serve

# A mutation takes the CALL that the charge point sent and returns what goes on: the frames to forward, and the
# payload of a CALLRESULT made up on the spot when none of them is the original. It is asked for every CALL.
Mutation = Callable[[list[Any]], tuple[list[list[Any]], dict[str, Any] | None]]


class LyingProxy:
    """Between a charge point and `upstream` (ws://host:port/ocpp). `lies` counts the messages it touched."""

    def __init__(self, upstream: str, mutation: Mutation):
        self.upstream, self.mutation = upstream, mutation
        self.lies = 0
        self._server = serve(self._handle, "127.0.0.1", 0, subprotocols=["ocpp1.6"])   # type: ignore[list-item]
        self.url = f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}/ocpp"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> "LyingProxy":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join(5)

    def _handle(self, south: ServerConnection) -> None:
        assert south.request is not None
        identity = south.request.path.rsplit("/", 1)[-1]
        headers = {"Authorization": south.request.headers["Authorization"]}
        with connect(f"{self.upstream}/{identity}", additional_headers=headers, proxy=None,
                     subprotocols=["ocpp1.6"]) as north:   # type: ignore[list-item]
            extra: set[str] = set()
            back = threading.Thread(target=self._answers, args=(north, south, extra), daemon=True)
            back.start()
            try:
                for text in south:
                    frame = json.loads(text)
                    if frame[0] != 2:
                        north.send(text)
                        continue
                    onward, made_up = self.mutation(frame)
                    self.lies += onward != [frame]
                    extra.update(f[1] for f in onward if f[1] != frame[1])
                    for out in onward:
                        north.send(json.dumps(out))
                    if made_up is not None:
                        south.send(json.dumps([3, frame[1], made_up]))
            except ConnectionClosed:
                pass
        back.join(5)

    @staticmethod
    def _answers(north: ClientConnection, south: ServerConnection, extra: set[str]) -> None:
        """Pass answers back, but for those to messages that the charge point never sent."""
        try:
            for text in north:
                frame = json.loads(text)
                if frame[0] == 2 or frame[1] not in extra:
                    south.send(text)
        except ConnectionClosed:
            pass
        south.close()


def once(change: Mutation, action: str) -> Mutation:
    """Apply `change` to the first CALL of `action` and leave all others alone."""
    done = False

    def mutate(frame: list[Any]) -> tuple[list[list[Any]], dict[str, Any] | None]:
        nonlocal done
        if frame[2] != action or done:
            return [frame], None
        done = True
        return change(frame)
    return mutate
