"""Serial ports that may be boards, by the ids of their USB chips; what keeps one from being opened, in words."""
import errno
import getpass
import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from hardware.flash.errors import FlashError

# What ESP32 boards have between USB and chip. (vendor, product): as in the tables of Linux' drivers cp210x.c, ch341.c,
# ftdi_sio.c and cdc-acm.c; Espressif's own two from its list of USB ids and MicroPython's ports/esp32.
_LOOK_S = 0.2
_ESPRESSIF = 0x303A
USB_CHIPS = {
    (0x10C4, 0xEA60): "CP210x",
    (0x10C4, 0xEA70): "CP2105",
    (0x1A86, 0x7523): "CH340",
    (0x1A86, 0x55D3): "CH343",
    (0x1A86, 0x55D4): "CH9102",
    (0x0403, 0x6001): "FT232R",
    (0x0403, 0x6010): "FT2232H",
    (0x0403, 0x6015): "FT231X",
    (_ESPRESSIF, 0x1001): "the chip's own USB",
    (_ESPRESSIF, 0x4001): "the chip's own USB",
}


@dataclass(frozen=True)
class Port:
    name: str
    usb: str      # what is between USB and chip
    serial: str   # of the USB chip; "" where it has none


def found(listed: Iterable[ListPortInfo] | None = None) -> list[Port]:
    ports = list_ports.comports() if listed is None else listed
    return sorted((Port(port.device, USB_CHIPS[port.vid, port.pid], port.serial_number or "")
                   for port in ports if (port.vid, port.pid) in USB_CHIPS), key=lambda port: port.name)


def is_own_usb(name: str, listed: Iterable[ListPortInfo] | None = None) -> bool:
    """Whether no USB chip lies between the port and the ESP32."""
    return any(port.device == name and port.vid == _ESPRESSIF
               for port in (list_ports.comports() if listed is None else listed))


def chosen(named: str | None, boards: Sequence[Port]) -> str:
    """The port to use: the one that was named, else the only board there is. FlashError where that is nobody's."""
    if named:
        return named
    if not boards:
        raise FlashError("no board is found: plug one in with a cable that carries data, or name its port with --port "
                         "(a board on the bench: socket://127.0.0.1:PORT)")
    if len(boards) > 1:
        raise FlashError(f"there are {len(boards)} boards, at {', '.join(port.name for port in boards)}: "
                         "name one with --port")
    return boards[0].name


def check(name: str) -> None:
    """FlashError if the port is not there or not ours to open. What only opening shows: `why_not`."""
    if "://" in name or os.name == "nt":
        return
    if not Path(name).exists():
        here = [port.name for port in found()]
        raise FlashError(f"there is no port {name}; " + (f"boards are at {', '.join(here)}" if here else
                         "no board is found at all: is it plugged in, with a cable that carries data?"))
    if not os.access(name, os.R_OK | os.W_OK):
        group = _group(name)
        raise FlashError(f"no permission for {name}: `sudo usermod -aG {group} {getpass.getuser()}`, then log in anew")


def wait_for(name: str, within_s: float = 10.0, *, sleep: Callable[[float], None] = time.sleep) -> None:
    """After a reset the USB port of some chips goes away and comes back: returns when it is there, or the time is up,
    and then `check` has the words."""
    for _ in range(round(within_s / _LOOK_S)):
        if "://" in name or os.name == "nt" or Path(name).exists():
            return
        sleep(_LOOK_S)


def why_not(name: str) -> FlashError:
    """Why a port that is there could not be opened."""
    if "://" in name:
        return FlashError(f"nothing answers at {name}: is the bench running, with --serial-port?")
    try:
        os.close(os.open(name, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK))
    except OSError as error:
        if error.errno == errno.EBUSY:
            return FlashError(f"{name} is in use by another program: close terminals and editors that hold it")
        return FlashError(f"{name} cannot be opened: {error.strerror}")
    if not os.path.realpath(name).startswith("/dev/"):
        return FlashError(f"{name} is no serial port")
    return FlashError(f"{name} is in use by another program, or is no serial port: close terminals that hold it")


def _group(name: str) -> str:
    try:
        import grp

        return grp.getgrgid(os.stat(name).st_gid).gr_name
    except (ImportError, KeyError):
        return "dialout"
