"""A server's certificate: loaded at the start, and again when its files have changed, without dropping anybody.

Where clients may show a certificate too, one that is not to be believed ends the handshake: with one line in the log,
as nobody else hears of it.
"""

import asyncio
import contextlib
import itertools
import ssl
from collections.abc import Callable
from pathlib import Path

from csms.config import Listen
from csms.domain.errors import CannotStart
from ocppj import log

_log = log.get(__name__)
_LOOK_EVERY_S = 60.0
_ALL_TOLD = 1000  # refusals that are a line each; then the 1024th, the 2048th ...


class Certificate:
    """`context` is what a listener is given; connections that are made later get what was loaded last."""

    def __init__(self, setting: str, certificate: Path, key: Path) -> None:
        self._setting, self._certificate, self._key = setting, certificate, key
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            self.context.load_cert_chain(certificate, key)
            self._loaded = self._changed_at()
        except (OSError, ssl.SSLError) as error:
            raise CannotStart(f"cannot use {certificate} with {key} (setting {setting}): {error}") from None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._look_for_ever(), name=f"certificate of {self._setting}")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def look(self) -> bool:
        """Load it anew if its files have changed; True if so. One that does not fit is left alone, and said so."""
        try:
            changed_at = self._changed_at()
            if changed_at == self._loaded:
                return False
            # Tried apart first: half of a renewal must not spoil what is in use.
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(self._certificate, self._key)
            self.context.load_cert_chain(self._certificate, self._key)
        except (OSError, ssl.SSLError) as error:
            _log.error("certificate.not_loaded", setting=self._setting, error=str(error))
            return False
        self._loaded = changed_at
        _log.info("certificate.loaded", setting=self._setting)
        return True

    def _changed_at(self) -> tuple[int, int]:
        return self._certificate.stat().st_mtime_ns, self._key.stat().st_mtime_ns

    async def _look_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            await asyncio.to_thread(self.look)


def of(
    setting: str,
    listen: Listen,
    closing: contextlib.AsyncExitStack,
    trust_our_own: Callable[[ssl.SSLContext], None] = lambda context: None,
) -> ssl.SSLContext | None:
    """None where it speaks in the clear. CannotStart names the setting whose files are of no use."""
    if listen.certificate_file is None or listen.key_file is None:
        return None
    certificate = Certificate(setting, listen.certificate_file, listen.key_file)
    if listen.client_certificates != "never":
        _ask_clients(setting, listen, certificate.context, trust_our_own)
    certificate.start()
    closing.push_async_callback(certificate.close)
    return certificate.context


def _ask_clients(
    setting: str, listen: Listen, context: ssl.SSLContext, trust_our_own: Callable[[ssl.SSLContext], None]
) -> None:
    context.verify_mode = ssl.CERT_REQUIRED if listen.client_certificates == "required" else ssl.CERT_OPTIONAL
    trust_our_own(context)
    if listen.client_ca_file is not None:
        try:
            context.load_verify_locations(listen.client_ca_file)
        except (OSError, ssl.SSLError) as error:
            why = f"cannot use {listen.client_ca_file} (setting {setting}.client_ca_file): {error}"
            raise CannotStart(why) from None

    numbers = itertools.count(1)

    def refused(why: str) -> None:
        number = next(numbers)
        if number <= _ALL_TOLD or number & (number - 1) == 0:  # else anybody could fill the log
            _log.warning("certificate.refused", setting=setting, why=why, count=number)

    class Session(ssl.SSLObject):
        def do_handshake(self) -> None:
            try:
                super().do_handshake()
            except ssl.SSLCertVerificationError as error:
                refused(error.verify_message)
                raise
            except ssl.SSLError as error:
                if error.reason == "PEER_DID_NOT_RETURN_A_CERTIFICATE":
                    refused("none was shown")
                raise

    context.sslobject_class = Session
