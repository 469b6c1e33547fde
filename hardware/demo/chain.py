"""The chain of one site: a central system, a local controller and virtual charge points, provisioned as people would.

Everything goes through the product's own commands and HTTP interfaces; nothing here imports the servers.
"""
import secrets
import socket
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from hardware.demo.lan import Trust
from hardware.demo.processes import DemoError, Process, command, run_once, wait_until

CARD = "04A1B2C3D4E5F6"   # the driver's card: a 7-byte UID as the reader sees it
PRICE_CENTS_PER_KWH = 45
CREDIT_CENTS = 5000
SAMPLE_INTERVAL_S = 2   # short, so that live values can be watched
HTTP_TIMEOUT_S = 10


@dataclass(frozen=True)
class Ports:
    """0 lets the system choose; the defaults are the product's own."""
    csms_http: int = 8000
    csms_ocpp: int = 9000
    site_ocpp: int = 9100
    site_web: int = 8100
    bench: int = 8200
    trust: int = 8080   # the page that helps a phone to trust a demo on the LAN

    @classmethod
    def any(cls) -> "Ports":
        return cls(0, 0, 0, 0, 0, 0)

    def check_free(self, *, lan: bool = False) -> None:
        """DemoError that names the first port that somebody else holds."""
        for name, port in vars(self).items():
            if name == "trust" and not lan:
                continue
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    part = name.replace("_", " ")
                    raise DemoError(
                        f"port {port} ({part}) is in use: end what listens there, or run bollard-demo --any-ports"
                    ) from None


@dataclass
class Account:
    email: str
    name: str
    role: str
    password: str = field(default_factory=lambda: secrets.token_urlsafe(9))
    id: int = 0


class Chain:
    """Start with `with Chain(folder) as chain`; the folder holds data and logs of every part."""

    def __init__(self, folder: Path, *, charge_points: int = 3, ports: Ports | None = None, board: str = "bench",
                 time_factor: float = 60.0, stalls: bool = True, heap_kib: int = 200,
                 csms_args: list[str] | None = None, site_args: list[str] | None = None, lan: Trust | None = None):
        self.folder, self.lan = folder, lan
        self.count = charge_points
        self.ports = ports or Ports.any()
        self.board, self.time_factor, self.stalls, self.heap_kib = board, time_factor, stalls, heap_kib
        self.admin = Account("admin@bollard.example", "Ada Admin", "admin")
        self.driver = Account("driver@bollard.example", "Dora Driver", "driver")
        self.site_password = secrets.token_urlsafe(9)
        self.identities: list[str] = []
        self._csms_args = csms_args or [command("bollard-csms")]
        self._site_args = site_args or [command("bollard-site")]
        self._clients: list[httpx.Client] = []
        for name in ("csms", "site", "bench", "logs"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.stop()

    # -- the parts, in the order in which they are needed

    def start(self) -> None:
        self.ports.check_free(lan=self.lan is not None)
        self._start_csms()
        self._start_site()
        if self.count:
            self._start_bench()

    def _start_csms(self) -> None:
        data = self.folder / "csms"
        config = data / "csms.toml"
        public_url = f'public_url = "{self.lan_url(self.ports.csms_http)}"\n' if self.lan is not None else ""
        config.write_text(
            f'data_dir = "{data}"\n{public_url}default_price_cents_per_kwh = {PRICE_CENTS_PER_KWH}\n'
            f'meter_value_sample_interval_s = {SAMPLE_INTERVAL_S}\n'
            f'{self._csms_listens("http", self.ports.csms_http)}{self._csms_listens("ocpp", self.ports.csms_ocpp)}'
        )
        run_once([*self._csms_args, "create-admin", "--config", str(config), "--email", self.admin.email],
                 stdin=self.admin.password + "\n")
        self.csms = Process("csms", [*self._csms_args, "serve", "--config", str(config)], data, self.folder / "logs")
        ports = self.csms.start()
        self._pin(config, {"[http]": ports["http"], "[ocpp]": ports["ocpp"]})
        self.csms_url = f"http://127.0.0.1:{ports['http']}" if self.lan is None else self.lan_url(ports["http"])
        self.csms_ocpp_port = ports["ocpp"]
        self.api = self._client(self.csms_url)
        self.log_in()
        self.driver.id = self.post("/api/users", email=self.driver.email, name=self.driver.name,
                                   password=self.driver.password, role="driver")["id"]
        self.post("/api/cards", id_tag=CARD, user_id=self.driver.id)
        self.post(f"/api/users/{self.driver.id}/credits", amount_cents=CREDIT_CENTS, reason="welcome credit")
        self.site_id = self.post("/api/sites", name="demo", time_zone="Europe/Rome")["id"]

    def lan_url(self, port: int) -> str:
        assert self.lan is not None
        return f"https://{self.lan.host}:{port}"

    def _csms_listens(self, what: str, port: int) -> str:
        """On this machine alone; on the LAN, by TLS."""
        if self.lan is None:
            return f'[{what}]\nhost = "127.0.0.1"\nport = {port}\n'
        return (f'[{what}]\nhost = "{self.lan.address}"\nport = {port}\n'
                f'certificate_file = "{self.lan.certificate}"\nkey_file = "{self.lan.key}"\n')

    def _start_site(self) -> None:
        data = self.folder / "site"
        config = data / "site.toml"
        config.write_text(
            f'data_dir = "{data}"\n'
            f'[ocpp]\nhost = "127.0.0.1"\nport = {self.ports.site_ocpp}\n'
            f'[web]\nhost = "127.0.0.1"\nport = {self.ports.site_web}\n'
        )
        code = self.post(f"/api/sites/{self.site_id}/adoption-codes")["code"]
        ca = [] if self.lan is None else ["--ca", str(self.lan.ca_pem)]
        run_once([*self._site_args, "adopt", "--config", str(config), "--csms", self.csms_url, "--code", code, *ca])
        run_once([*self._site_args, "set-password", "--config", str(config)], stdin=self.site_password + "\n")
        self.site_config = config
        self.site = Process("site", [*self._site_args, "serve", "--config", str(config)], data, self.folder / "logs")
        ports = self.site.start()
        self._pin(config, {"[ocpp]": ports["ocpp"], "[web]": ports["web"]})
        self.site_url = f"http://127.0.0.1:{ports['web']}"
        self.site_api = self._client(self.site_url)
        self.site_log_in()

    def _start_bench(self) -> None:
        data = self.folder / "bench"
        self.bench = Process(
            "bench",
            [command("bollard-bench"), "serve", "--host", "127.0.0.1", "--port", str(self.ports.bench),
             "--data-dir", str(data)],
            data, self.folder / "logs",
        )
        ports = self.bench.start()
        self.bench_url = f"http://127.0.0.1:{ports['http']}"
        self.bench_api = self._client(self.bench_url)
        for number in range(1, self.count + 1):
            self._switch_on(f"BENCH-{number:04d}")
        for identity in self.identities:
            self.wait_available(identity)

    def adopt(self, serial: str) -> dict[str, Any]:
        """Adopt a charge point by a one-time code, as its set-up page would: identity, authorization_key, ocpp_url."""
        code = self._ok(self.site_api.post("/api/adoption-codes", headers={"X-Requested-With": "bollard"}))["code"]
        adopted: dict[str, Any] = self._ok(self.site_api.post(
            "/api/adopt", json={"code": code, "serial": serial, "kind": "charge_point"}))
        return adopted

    def add_charge_point(self, serial: str, url: str | None = None) -> str:
        """Adopt a virtual charge point, switch it on and wait for it; its identity. `url` leads it by another way."""
        identity = self._switch_on(serial, url)
        self.wait_available(identity)
        return identity

    def _switch_on(self, serial: str, url: str | None = None) -> str:
        adopted = self.adopt(serial)
        identity = str(adopted["identity"])
        self._ok(self.bench_api.post("/api/charge-points", json={
            "identity": identity, "url": url or adopted["ocpp_url"], "authorization_key": adopted["authorization_key"],
            "board": self.board, "heap_kib": self.heap_kib, "time_factor": self.time_factor, "stalls": self.stalls,
        }))
        self.identities.append(identity)
        return identity

    def remove_charge_point(self, identity: str) -> None:
        """Switch a virtual charge point off for good."""
        self._ok(self.bench_api.delete(f"/api/charge-points/{identity}"))
        self.identities.remove(identity)

    def wait_available(self, identity: str) -> None:
        """Wait until the central system shows it online, and its connectors as Available."""
        def available() -> bool:
            return any(
                c["identity"] == identity and c["online"] and any(k["status"] == "Available" for k in c["connectors"])
                for c in self.get("/api/charge-points")
            )
        wait_until(f"{identity}: online and Available", available, within_s=60, every_s=0.1)

    def stop(self) -> None:
        for client in self._clients:
            client.close()
        for part in ("bench", "site", "csms"):
            process = getattr(self, part, None)
            if process is not None:
                process.stop()

    # -- talking to the parts

    def log_in(self) -> None:
        answer = self.post("/api/auth/login", email=self.admin.email, password=self.admin.password)
        self.api.headers["Authorization"] = f"Bearer {answer['access_token']}"

    def site_log_in(self) -> None:
        self._ok(self.site_api.post("/api/login", json={"password": self.site_password}))

    def get(self, path: str, **query: Any) -> Any:
        return self._ok(self.api.get(path, params=query))

    def post(self, path: str, **body: Any) -> Any:
        return self._ok(self.api.post(path, json=body))

    def charge_point(self, identity: str) -> dict[str, Any]:
        """The bench's own view: what the world around the board sees."""
        state: dict[str, Any] = self._ok(self.bench_api.get(f"/api/charge-points/{identity}"))
        return state

    def act(self, identity: str, action: str, connector_id: int | None = 1, **body: Any) -> Any:
        connector = "" if connector_id is None else f"/connectors/{connector_id}"
        return self._ok(self.bench_api.post(f"/api/charge-points/{identity}{connector}/{action}", json=body))

    def meter_log(self, identity: str, connector_id: int = 1) -> list[dict[str, Any]]:
        """The simulated meter's own append-only log, the judge of every bill."""
        log: list[dict[str, Any]] = self._ok(
            self.bench_api.get(f"/api/charge-points/{identity}/connectors/{connector_id}/meter-log"))
        return log

    def sessions(self, identity: str | None = None) -> list[dict[str, Any]]:
        """The central system's books, newest first."""
        rows = self.get("/api/sessions", limit=100)
        return [row for row in rows if identity in (None, row["charge_point"])]

    def site_status(self) -> dict[str, Any]:
        """The local controller's view of its uplink and its queue."""
        status: dict[str, Any] = self._ok(self.site_api.get("/api/status"))
        return status

    def balance_cents(self) -> int:
        return int(self.get(f"/api/users/{self.driver.id}/balance")["balance_cents"])

    def _client(self, url: str) -> httpx.Client:
        # trust_env: a proxy set for the internet must not see what stays on this machine
        verify = True if self.lan is None else ssl.create_default_context(cafile=str(self.lan.ca_pem))
        client = httpx.Client(base_url=url, timeout=HTTP_TIMEOUT_S, trust_env=False, verify=verify)
        self._clients.append(client)
        return client

    @staticmethod
    def _ok(answer: httpx.Response) -> Any:
        if answer.is_error:
            request = answer.request
            raise DemoError(f"{request.method} {request.url} answered {answer.status_code}: {answer.text[:300]}")
        return answer.json() if answer.content else None

    @staticmethod
    def _pin(config: Path, ports: dict[str, int]) -> None:
        """Write the chosen ports down, so that a restarted server comes back where the others look for it."""
        lines, section = [], ""
        for line in config.read_text().splitlines():
            section = line if line.startswith("[") else section
            lines.append(f"port = {ports[section]}" if line.startswith("port") and section in ports else line)
        config.write_text("\n".join(lines) + "\n")
