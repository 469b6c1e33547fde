"""A WiFi of its own with a page to set the charge point up, while there is nothing it could connect to. Then restarts.

WPA2, as the page takes a key and the password of somebody's network. The access point's own password is random for each
board, kept in flash and told on the console: whoever can read that has the board in hand. NOTES.md says why.
"""
import asyncio
import os

import machine
import network
from micropython import const

from firmware.modules import on_demand
from firmware.setup import request, settings

_PASSWORD_PATH = "/setup_password"
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"   # none that looks like another
_PASSWORD_SIGNS = const(12)   # 59 bits
_WPA2 = const(3)
_PORT = const(80)
_WATCHDOG_MS = const(30_000)
_MOST_AT_ONCE = const(3)   # connections; browsers open one or two to spare
_REQUEST_S = const(5)
_JOIN_MS = const(20_000)
_LEAVE_MS = const(3_000)
_ABSENT_MS = const(4_000)
_LOOK_MS = const(100)
_SHOWN_MS = const(4_000)   # the page looks every 3 s, and then says that all is well
_RESTART_MS = const(500)
_MOST_NETWORKS = const(12)
_PAGE_HEAD = """HTTP/1.1 %s\r
Connection: close\r
Content-Type: text/html; charset=utf-8\r
Cache-Control: no-store\r
Referrer-Policy: no-referrer\r
X-Content-Type-Options: nosniff\r
Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-%s'; form-action 'self'; \
frame-ancestors 'none'; base-uri 'none'\r
\r
"""
_NO_SUCH_NETWORK = const(201)   # network.STAT_NO_AP_FOUND
_WRONG_PASSWORD = const(202)   # network.STAT_WRONG_PASSWORD
_FAILED = {_NO_SUCH_NETWORK: "there is no such network", _WRONG_PASSWORD: "its password is another one"}


async def run():
    """Returns where there is nothing to set up, else never: it ends in a restart."""
    if not settings.missing(settings.read()):
        return
    await Setup(network.WLAN(network.STA_IF), network.WLAN(network.AP_IF), machine.unique_id()).run()


class Setup:
    def __init__(self, station, access_point, unique_id):
        self._station, self._access_point = station, access_point
        self.serial = unique_id.hex()
        self._name = "Bollard-" + self.serial[-6:].upper()
        self._host = ""
        self._token = ""
        self._values = settings.read()   # and what was typed last, until it is saved
        self._networks = []
        self._alert = self._status = ""
        self._open = 0       # connections
        self._work = None    # what was asked for last
        self._saved = False

    async def run(self):
        watchdog = machine.WDT(timeout=_WATCHDOG_MS)
        self._station.active(True)
        self._access_point.active(True)   # from here on the chip's random numbers are random
        password = _password()
        self._access_point.config(ssid=self._name, security=_WPA2, key=password)
        self._token = os.urandom(8).hex()
        self._networks = self._heard()
        self._host = self._access_point.ifconfig()[0]
        server = await asyncio.start_server(self._connected, self._host, _PORT, 2)
        responder = self._responder()
        print("setup.waiting ssid=%s password=%s url=http://%s/" % (self._name, password, self._host))
        while not self._saved:
            watchdog.feed()
            if responder:
                responder.step()
            await asyncio.sleep_ms(_LOOK_MS)
        server.close()
        await asyncio.sleep_ms(_RESTART_MS)
        machine.reset()

    def _responder(self):
        """What leads a phone here by any name; it is a comfort, the page works by its address too."""
        try:
            return on_demand("setup.dns").Responder(self._host)
        except OSError as error:
            print("setup.no_names error=%s" % error)
            return None

    def _heard(self):
        """Names of the networks in reach, strongest first."""
        try:
            found = sorted(self._station.scan(), key=lambda seen: -seen[3])
        except OSError:
            return []
        names: list = []
        for seen in found:
            try:
                name = seen[0].decode()
            except ValueError:
                continue
            if name and name not in names and len(names) < _MOST_NETWORKS:
                names.append(name)
        return names

    # The server

    async def _connected(self, reader, writer):
        if self._open >= _MOST_AT_ONCE:
            await writer.wait_closed()
            return
        self._open += 1
        try:
            await asyncio.wait_for(self._respond(reader, writer), _REQUEST_S)
        except (OSError, ValueError, EOFError, asyncio.TimeoutError):
            pass   # a client that went away, fell silent or speaks no HTTP: its connection is closed, that is all
        finally:
            self._open -= 1
            await writer.wait_closed()

    async def _respond(self, reader, writer):
        try:
            method, form = await request.read(reader, self._host)
            if method == "GET":
                return await self._show(writer, "200 OK")
            if form.get("token") != self._token:   # a page from elsewhere cannot know it
                raise request.Refused("403 Forbidden", "")
            self._alert = self._begin(form)
            if self._alert:
                return await self._show(writer, "422 Unprocessable Content")
            raise request.Refused("303 See Other", "Location: /\r\n")
        except request.Refused as answer:
            writer.write(("HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: 0\r\n%s\r\n" % answer.args).encode())
            return await writer.drain()

    async def _show(self, writer, status):
        writer.write((_PAGE_HEAD % (status, self._token)).encode())
        page = on_demand("setup.page")
        for piece in page.html(self._name, self._token, self._values, self._networks, settings.boards(),
                                 self._alert, self._status):
            writer.write(piece.encode())
            await writer.drain()

    # What was asked for

    def _begin(self, form):
        """Begin with what the form asks for; what is wrong with it, in words, or ""."""
        if self._status:
            return "wait, it is being tried"
        values = self._values
        network_before = values.get("wifi_ssid")
        for key in settings.ASKED + ("controller",):
            value = form.get(key, "").strip()
            if key == "controller":
                if len(value) > 100:
                    return "the controller's address is too long"
                values[key] = value
            elif value or (key not in settings.SECRET and key in form):
                if not value and key in ("url", "identity"):
                    values.pop(key, None)   # the controller will tell
                    continue
                found = settings.change(values, key, value)
                if found:
                    return found
        if values.get("wifi_ssid") != network_before and not form.get("wifi_password"):
            values["wifi_password"] = ""   # the one that is kept belongs to another network
        code, now = form.get("code", "").strip(), form.get("now", "")
        if now and not settings.problem("written_at", now) and _is_moment(now):
            values["written_at"] = now   # this board has no clock: a certificate's days are judged by the browser's
        if not values.get("wifi_ssid"):
            return "wifi_ssid is missing"
        if code:
            adoption = on_demand("setup.adoption")
            try:
                adoption.address_of(values["controller"])
            except adoption.AdoptionError as error:
                return str(error)
        elif settings.missing(values):
            return "%s is missing, and there is no adoption code" % settings.missing(values)
        self._status = "Joining %s …" % values["wifi_ssid"]
        self._work = asyncio.create_task(self._try(values, code))
        return ""

    async def _try(self, values, code):
        try:
            self._alert = await self._joined(values) or await self._set_up(values, code) or ""
        except Exception as error:   # the page must come back, whatever it is
            self._alert = "%s: %s" % (type(error).__name__, error)
        if self._alert:
            print("setup.failed %s" % self._alert)
            self._status = ""
            return
        print("setup.saved")
        self._status = "All is well. The charge point restarts and connects; this WiFi goes away."
        await asyncio.sleep_ms(_SHOWN_MS)
        self._saved = True

    async def _joined(self, values):
        """Join the network; why it could not be, or None."""
        station, absent_ms = self._station, 0
        try:
            if station.isconnected():   # from the try before: what it is told now shall count
                station.disconnect()
                for _ in range(_LEAVE_MS // _LOOK_MS):   # the driver takes its time, and means the old one till then
                    if not station.isconnected():
                        break
                    await asyncio.sleep_ms(_LOOK_MS)
            station.connect(values["wifi_ssid"], values.get("wifi_password", ""))
            for _ in range(_JOIN_MS // _LOOK_MS):
                if station.isconnected():
                    return None
                if station.status() == _NO_SUCH_NETWORK:   # it looks again by itself: one beacon may have been missed
                    absent_ms += _LOOK_MS
                if absent_ms >= _ABSENT_MS or station.status() == _WRONG_PASSWORD:
                    break
                await asyncio.sleep_ms(_LOOK_MS)
            why = _FAILED.get(station.status(), "no answer")
            station.disconnect()   # while it looks, this WiFi hops from channel to channel with it
        except OSError as error:
            why = str(error)
        return "%s could not be joined: %s" % (values["wifi_ssid"], why)

    async def _set_up(self, values, code):
        """Adopted, where there is a code, and saved; what went wrong, or None."""
        wanted = {key: values[key] for key in values if key != "controller"}
        if code:
            self._status = "Asking the controller …"
            adoption = on_demand("setup.adoption")
            try:
                told = await adoption.adopt(adoption.address_of(values["controller"]), code, self.serial, _authority())
                ca = told.pop("ca")
                if ca:
                    settings.replace(settings.CA_PATH, adoption.der(ca))
            except adoption.AdoptionError as error:
                return str(error)
            wanted.update(told)
        found = settings.write(wanted)
        if not found:
            self._values = wanted
        return found


def _password():
    try:
        with open(_PASSWORD_PATH) as file:
            password = file.read().strip()
    except OSError:
        password = ""
    if not 8 <= len(password) <= 63:
        password = ""
        while len(password) < _PASSWORD_SIGNS:
            n = os.urandom(1)[0] & 31
            if n < len(_SIGNS):
                password += _SIGNS[n]
        settings.replace(_PASSWORD_PATH, password.encode())
    return password


def _authority():
    try:
        with open(settings.CA_PATH, "rb") as file:
            return file.read()
    except OSError:
        return None


def _is_moment(text):
    try:
        on_demand("iso8601").parse_iso(text)
    except ValueError:
        return False
    return True
