"""`bollard-site install-service`: the controller as a systemd service that may do no more than it needs to."""

import shutil
import subprocess
import sys
from pathlib import Path

from local_controller.config import Settings
from local_controller.errors import SiteError

NAME, USER = "bollard-site", "bollard-site"
WATCHDOG_S = 60

# systemd.exec(5). adjtimex is there to read whether a time server keeps the clock, which @system-service leaves out and
# ProtectClock would forbid; without capabilities it can set nothing.
_UNIT = """[Unit]
Description=Bollard local controller
Wants=network-online.target
After=network-online.target

[Service]
Type=notify
ExecStart={program} serve --stay --config {config}
User={user}
Group={user}
UMask=0077
Restart=always
RestartSec=2
WatchdogSec={watchdog_s}
TimeoutStartSec=60
TimeoutStopSec=20
MemoryMax=512M
TasksMax=128
ReadWritePaths={data_dir}
ProtectSystem=strict
ProtectHome={home}
PrivateTmp=yes
{devices}
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectProc=invisible
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RemoveIPC=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service adjtimex clock_adjtime
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
"""
_NO_DEVICES = "PrivateDevices=yes"
# dialout: who may use serial lines on Debian
_ONE_DEVICE = "DevicePolicy=closed\nDeviceAllow={device} rw\nSupplementaryGroups=dialout"
_PERSON = "u {user} - \"Bollard local controller\" {data_dir} /usr/sbin/nologin\n"


def unit(settings: Settings, config: Path, program: Path) -> str:
    meter = settings.meter.connect if settings.meter else ""
    for path in (config, program, settings.data_dir, meter):
        if any(letter.isspace() or letter in "%\"'\\" for letter in str(path)):
            raise SiteError(f"{path}: a service cannot have blanks, quotes or % in its paths")
    # A program in somebody's home must at least be read there.
    home = "read-only" if program.parts[1:2] in (("home",), ("root",)) else "yes"
    return _UNIT.format(
        program=program, config=config, user=USER, data_dir=settings.data_dir, watchdog_s=WATCHDOG_S, home=home,
        devices=_ONE_DEVICE.format(device=meter) if meter.startswith("/dev/") else _NO_DEVICES,
    )


def install(settings: Settings, config: Path, root: Path, *, start: bool) -> list[Path]:
    """Write the unit and the user below `root`; with `start`, make the user, hand over the data and start it."""
    program = Path(sys.argv[0]).absolute()
    if not program.name.startswith(NAME):  # run as a module
        program = Path(sys.executable).parent / NAME
    files = {
        root / f"etc/systemd/system/{NAME}.service": unit(settings, config.absolute(), program),
        root / f"etc/sysusers.d/{NAME}.conf": _PERSON.format(user=USER, data_dir=settings.data_dir),
    }
    try:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        if start:
            settings.data_dir.mkdir(parents=True, exist_ok=True)
            _run("systemd-sysusers", f"{NAME}.conf")
            for path in (settings.data_dir, *settings.data_dir.rglob("*")):
                shutil.chown(path, USER, USER)
            _run("systemctl", "daemon-reload")
            _run("systemctl", "enable", "--now", f"{NAME}.service")
    except PermissionError as problem:
        raise SiteError(f"{problem.filename}: only root may do that: sudo {program} install-service …") from None
    except (OSError, LookupError) as problem:
        raise SiteError(f"install-service: {problem}") from None
    return list(files)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SiteError(f"{' '.join(command)}: {(done.stderr or done.stdout).strip()[-200:]}")
