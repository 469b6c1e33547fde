"""TLS on both sides with a CA of the site: believed where it should be and nowhere else, renewed without a stop."""

import asyncio
import socket
import ssl
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509

from local_controller import certificates
from local_controller.api import Api
from local_controller.certificates import ServerTls, make_ca, trust
from local_controller.clock import Clock
from local_controller.config import Ocpp, Settings, Tls, Web
from local_controller.errors import ConfigError
from local_controller.identity import Identity
from local_controller.login import Logins
from local_controller.main import _listening, _web
from local_controller.site import Site
from local_controller.store import Store
from tests.local_controller.central import Central
from tests.local_controller.running import SITE_KEY
from tests.local_controller.test_commands import run
from tests.local_controller.waiting import eventually
from tests.local_controller.wire import ChargePoint, start_of

HOSTS = ["127.0.0.1", "localhost"]


def now() -> datetime:
    return datetime.now(UTC)


def settings_of(data_dir: Path, **tls: Any) -> Settings:
    ocpp, web = Ocpp(host="127.0.0.1", port=0), Web(host="127.0.0.1", port=0)
    return Settings(data_dir=data_dir, ocpp=ocpp, web=web, tls=Tls(**tls))


@asynccontextmanager
async def secure(data_dir: Path, central: Central, ca: str | None) -> AsyncIterator[tuple[Site, str]]:
    """A site that speaks TLS to all sides, and the address of its page."""
    settings = settings_of(data_dir, ocpp=True, web=True)
    identity = Identity("demo-site", SITE_KEY, "Demo", "UTC", central.url, "http://127.0.0.1:9/none", ca)
    store, clock = await Store.open(data_dir / "site.db"), Clock(trusts=lambda goes_on: True)
    site = Site(settings, identity, store, clock)
    try:
        await site.start()
        with _listening(settings) as listener:
            async with _web(Api(site, Logins(store), clock), listener, site):
                yield site, f"https://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        await site.close()
        await store.close()


@pytest.fixture
async def secure_central(tmp_path: Path) -> AsyncIterator[Central]:
    folder = tmp_path / "central"
    make_ca(folder, HOSTS, now())
    central = Central(ssl=ServerTls(settings_of(folder)).context)
    await central.start()
    yield central
    await central.stop()


async def test_from_the_charge_point_to_the_central_system(tmp_path: Path, secure_central: Central) -> None:
    data, their_ca = tmp_path / "site", (tmp_path / "central" / "ca.pem").read_text()
    make_ca(data, HOSTS, now())
    async with secure(data, secure_central, their_ca) as (site, url):
        await secure_central.connected("demo-site")
        code, _ = await site.new_code()
        ours = ssl.create_default_context(cafile=str(data / "ca.pem"))
        async with httpx.AsyncClient(base_url=url, verify=ours, trust_env=False) as web:
            body = {"code": code, "serial": "S1", "kind": "charge_point"}
            told = (await web.post("/api/adopt", json=body)).raise_for_status().json()
        assert told["ocpp_url"].startswith("wss://127.0.0.1:")
        assert "PRIVATE" not in told["ca"]
        context = ssl.create_default_context(cadata=told["ca"])
        point = ChargePoint(told["ocpp_url"], told["identity"], told["authorization_key"], ssl=context)
        async with point:
            await point.boot()
            await point.call("StartTransaction", start_of())
        assert await secure_central.wait_for("StartTransaction")
        # somebody who knows another CA believes none of it
        stranger = ssl.create_default_context(cadata=their_ca)
        point.ssl = stranger
        with pytest.raises(ssl.SSLCertVerificationError):
            await point.__aenter__()
        async with httpx.AsyncClient(base_url=url, verify=stranger, trust_env=False) as web:
            with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
                await web.get("/healthz")


async def test_a_central_system_that_another_ca_vouches_for_is_not_believed(
    tmp_path: Path, secure_central: Central, capsys: pytest.CaptureFixture[str]
) -> None:
    data, said = tmp_path / "site", []
    make_ca(data, HOSTS, now())

    def refused() -> bool:
        said.extend(capsys.readouterr())   # where lines go, a test before may have decided
        return "CERTIFICATE_VERIFY_FAILED" in "".join(said)

    async with secure(data, secure_central, (data / "ca.pem").read_text()) as (site, _):
        await eventually("it was tried", refused)
        assert secure_central.passwords == {}  # the key was not shown to whoever that is
        assert not site._own_link.connected


async def test_a_certificate_is_renewed_in_time_and_without_a_stop(tmp_path: Path, central: Central) -> None:
    data = tmp_path / "site"
    made_at = now() - certificates.SERVER_LIFE + certificates.RENEW_BEFORE + timedelta(hours=1)
    make_ca(data, HOSTS, made_at)
    context = ssl.create_default_context(cafile=str(data / "ca.pem"))

    async with secure(data, central, None) as (site, url):
        port = int(url.rpartition(":")[2])

        async def shown() -> x509.Certificate:
            _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname="localhost")
            der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
            writer.close()
            return x509.load_der_x509_certificate(der)

        assert site.tls is not None
        before = await shown()
        site.tls.look(now())
        assert await shown() == before  # an hour too early
        site.tls.look(now() + timedelta(hours=2))
        after = await shown()
        assert after.not_valid_after_utc > before.not_valid_after_utc + timedelta(days=300)
        assert after.issuer == before.issuer  # whoever believed the one believes the other


async def test_what_somebody_else_renews_is_taken_over(tmp_path: Path) -> None:
    make_ca(tmp_path, HOSTS, now())
    own = tmp_path / "own.pem"
    own.write_bytes((tmp_path / "server.pem").read_bytes())
    tls = ServerTls(settings_of(tmp_path, web=True, certificate=own, key=own))
    assert tls.ca is None  # nothing of ours to give to charge points
    before = tls.ends_at
    make_ca(tmp_path, HOSTS, now() + timedelta(days=30))
    own.write_bytes((tmp_path / "server.pem").read_bytes())
    tls.look(now())
    assert tls.ends_at > before + timedelta(days=29)


def test_the_command_makes_it_once_and_for_these_names(tmp_path: Path) -> None:
    toml = 'data_dir = "site-data"'
    status, said, _ = run(tmp_path, toml, "make-ca", "--host", "site.lan", "--host", "192.168.1.5", "--host", "fd00::5")
    assert (status, "192.168.1.5, fd00::5, site.lan" in said) == (0, True)
    data = tmp_path / "site-data"
    ca = (data / "ca.pem").read_bytes()
    assert {stat.S_IMODE((data / name).stat().st_mode) for name in ("ca-key.pem", "server.pem")} == {0o600}
    assert run(tmp_path, toml, "make-ca")[0] == 0
    assert (data / "ca.pem").read_bytes() == ca
    names = x509.load_pem_x509_certificate((data / "server.pem").read_bytes())
    found = names.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert socket.gethostname() in found.get_values_for_type(x509.DNSName)
    assert run(tmp_path, toml, "make-ca", "--host", "ä.lan")[0] == 2


def test_what_is_missing_or_wrong_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="make-ca"):
        ServerTls(settings_of(tmp_path, ocpp=True))
    with pytest.raises(ConfigError, match="belong together"):
        ServerTls(settings_of(tmp_path, ocpp=True, certificate=tmp_path / "a.pem"))
    with pytest.raises(ConfigError, match=r"csms\.ca_file"):
        trust(None, tmp_path / "none.pem")
    (tmp_path / "server.pem").write_text("no certificate")
    with pytest.raises(ConfigError, match=r"server\.pem"):
        ServerTls(settings_of(tmp_path, ocpp=True))
