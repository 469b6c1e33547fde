"""HTTPS on the local network: a CA of one's own that can vouch for nothing but local machines, and a page over plain
HTTP that helps a phone to trust it. Camera, position and push messages need a page that came by HTTPS.
"""
import html
import io
import ipaddress
import os
import socket
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self

import segno
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hardware.demo.processes import DemoError

CA_LASTS = timedelta(days=730)
CA_RENEWED_BEFORE = timedelta(days=60)
SERVER_LASTS = timedelta(days=60)   # made anew at each start; phones take none that lasts longer than 825 days
CLOCK_SLACK = timedelta(hours=1)    # a phone's clock may be behind ours
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_LOCAL_NETWORKS = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8", "fc00::/7",
                   "fe80::/10", "::1/128")


def default_folder() -> Path:
    """Where the CA stays from one demo to the next, so that a phone trusts it once."""
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(data) / "bollard" / "lan-ca"


def local_address(wanted: str = "") -> Address:
    """`wanted`, or the address by which this machine is in its network. DemoError if it is in no private one."""
    found = wanted
    if not found:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect(("192.0.2.1", 9))   # sends nothing: only asks which way a packet would go
                found = probe.getsockname()[0]
            except OSError:
                raise DemoError("this machine is in no network: say by which address, as --lan 192.168.1.5") from None
    try:
        address = ipaddress.ip_address(found)
    except ValueError:
        raise DemoError(f"--lan {found}: this is no IP address, as 192.168.1.5") from None
    if not any(address in ipaddress.ip_network(each) for each in _LOCAL_NETWORKS):
        raise DemoError(f"--lan {found}: this is no address of a private network, and the demo is for no other")
    return address


def free_port(address: Address) -> int:
    with socket.create_server((str(address), 0), family=_family(address)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _family(address: Address) -> socket.AddressFamily:
    return socket.AF_INET6 if address.version == 6 else socket.AF_INET


@dataclass(frozen=True)
class Trust:
    """Files of one demo on the LAN: what the servers show, and what phones and our own parts believe it by."""
    address: Address
    ca_pem: Path
    certificate: Path
    key: Path
    ca_der: bytes
    fingerprint: str   # SHA-256 of the CA, in pairs: to compare on the phone

    @property
    def host(self) -> str:
        return f"[{self.address}]" if self.address.version == 6 else str(self.address)


def prepare(folder: Path, address: Address, now: datetime | None = None) -> Trust:
    """The CA that is in `folder`, or a new one, and a certificate of this machine by it."""
    now = now or datetime.now(UTC)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    ca_pem, ca_key_file = folder / "ca.pem", folder / "ca.key"
    try:
        ca = x509.load_pem_x509_certificate(ca_pem.read_bytes())
        ca_key = serialization.load_pem_private_key(ca_key_file.read_bytes(), None)
        good = now < ca.not_valid_after_utc - CA_RENEWED_BEFORE
    except FileNotFoundError:
        good = False
    except ValueError as error:
        raise DemoError(f"{folder}: the CA in it cannot be read ({error}): delete the folder for a new one") from None
    if not good:
        ca, ca_key = _make_ca(now)
        _write_secret(ca_key_file, ca_key)
        ca_pem.write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    assert isinstance(ca_key, ec.EllipticCurvePrivateKey)
    server_key = ec.generate_private_key(ec.SECP256R1())
    certificate = folder / "server.pem"
    _write_secret(folder / "server.key", server_key)
    certificate.write_bytes(_make_server(ca, ca_key, server_key, address, now).public_bytes(serialization.Encoding.PEM))
    fingerprint = ca.fingerprint(hashes.SHA256()).hex(":").upper()
    der = ca.public_bytes(serialization.Encoding.DER)
    return Trust(address, ca_pem, certificate, folder / "server.key", der, fingerprint)


def _make_ca(now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Bollard demo on {socket.gethostname()}"[:64])])
    # Whoever gets hold of its key can play a machine of the phone's own network, and no other.
    permitted: list[x509.GeneralName] = [x509.IPAddress(ipaddress.ip_network(each)) for each in _LOCAL_NETWORKS]
    permitted += [x509.DNSName(each) for each in ("local", "localhost")]
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK_SLACK).not_valid_after(now + CA_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return made, key


def _make_server(ca: x509.Certificate, ca_key: ec.EllipticCurvePrivateKey, key: ec.EllipticCurvePrivateKey,
                 address: Address, now: datetime) -> x509.Certificate:
    names: list[x509.GeneralName] = [x509.IPAddress(each) for each in {address, ipaddress.ip_address("127.0.0.1")}]
    names.append(x509.DNSName("localhost"))
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, str(address))])).issuer_name(ca.subject)
        .public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK_SLACK).not_valid_after(now + SERVER_LASTS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates, key_cert_sign=signs_certificates, crl_sign=signs_certificates,
        content_commitment=False, key_encipherment=False, data_encipherment=False, key_agreement=False,
        encipher_only=False, decipher_only=False,
    )


def _write_secret(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    path.unlink(missing_ok=True)
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "wb") as out:
        out.write(key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))


_STYLE = (
    ":root{color-scheme:light dark;font:100%/1.5 system-ui,sans-serif}body{max-width:40rem;margin:0 auto;padding:1rem}"
    "code{overflow-wrap:anywhere}a.button{display:inline-block;padding:.75rem 1.25rem;border:2px solid;"
    "border-radius:.5rem;font-weight:600}img{background:#fff;width:12rem}"
)


class TrustPage:
    """Serves the page while it is open. It has no script, takes nothing, and says nothing but the CA."""

    def __init__(self, trust: Trust, app_url: str, port: int):
        self._trust, self._app_url = trust, app_url
        handler = type("Handler", (_Handler,), {"files": self._files()})
        server = type("Server", (ThreadingHTTPServer,), {
            "address_family": _family(trust.address), "daemon_threads": True,
        })
        try:
            self._server = server((str(trust.address), port), handler)
        except OSError as error:
            raise DemoError(f"the page about trust cannot listen on {trust.address} port {port}: {error.strerror}"
                            ) from None
        self.url = f"http://{trust.host}:{self._server.server_address[1]}/"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, name="trust page", daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def terminal_code(self) -> str:
        """The page's address as a QR code to show in a terminal."""
        out = io.StringIO()
        segno.make_qr(self.url).terminal(out, compact=True)
        return out.getvalue()

    def _files(self) -> dict[str, tuple[str, bytes]]:
        code = io.BytesIO()
        segno.make_qr(self._app_url).save(code, kind="svg", scale=4, border=4)
        return {
            "/": ("text/html; charset=utf-8", self._page().encode()),
            "/style.css": ("text/css", _STYLE.encode()),
            "/app.svg": ("image/svg+xml", code.getvalue()),
            # Phones take the DER form for what it is; the ending is what they go by.
            "/bollard-ca.crt": ("application/x-x509-ca-cert", self._trust.ca_der),
            "/bollard-ca.pem": ("application/x-pem-file", self._trust.ca_pem.read_bytes()),
        }

    def _page(self) -> str:
        app, fingerprint = html.escape(self._app_url), html.escape(self._trust.fingerprint)
        return (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<title>Trust this demo</title><link rel="stylesheet" href="/style.css"></head><body><main>'
            "<h1>Trust this demo</h1>"
            "<p>Camera, position and messages work on pages that came by HTTPS only. This demo vouches for itself: "
            "tell your phone once to believe it.</p>"
            '<p><a class="button" href="/bollard-ca.crt">1. Load the certificate</a></p>'
            "<h2>2. iPhone, iPad</h2><ol><li>Open this page in Safari, load the certificate, and allow it.</li>"
            "<li>Settings, General, VPN &amp; Device Management: install “Bollard demo”.</li>"
            "<li>Settings, General, About, Certificate Trust Settings: switch it on.</li></ol>"
            "<h2>2. Android</h2><ol><li>Load the certificate.</li><li>Settings, Security, Encryption and credentials: "
            "install a CA certificate, all the same: choose <code>bollard-ca.crt</code>.</li></ol>"
            "<h2>2. Computer</h2><p>In the browser's settings, among its certificates: import it under Authorities.</p>"
            f'<h2>3. Open the app</h2><p><a href="{app}">{app}</a></p>'
            '<p><img src="/app.svg" alt="The app\'s address as a QR code"></p>'
            "<h2>Is it the right one?</h2><p>Its SHA-256 must be what the terminal of the demo shows:</p>"
            f"<p><code>{fingerprint}</code></p>"
            "<p>It vouches for machines of local networks and for no others. Remove it when you have seen enough.</p>"
            "</main></body></html>\n"
        )


class _Handler(BaseHTTPRequestHandler):
    files: dict[str, tuple[str, bytes]]
    timeout = 10   # s: nobody holds a thread for ever

    def do_GET(self) -> None:
        found = self.files.get(self.path.partition("?")[0])
        if found is None:
            self.send_error(404)
            return
        kind, body = found
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass   # the terminal is the story's
