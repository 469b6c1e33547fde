"""The charge point as the central system reaches it: its connection, and who answers which request."""
import asyncio

from micropython import const

from firmware.modules import on_demand

_BETWEEN_LOOKS_MS = const(1000)
# Modules of ocpp/ and the requests they answer; all others are core's. One text takes less RAM than a dict.
_ANSWERED_BY = """data_transfer DataTransfer
firmware_management GetDiagnostics GetLog UpdateFirmware
local_auth_list GetLocalListVersion SendLocalList
remote_trigger TriggerMessage
reservation CancelReservation ReserveNow
smart_charging ClearChargingProfile GetCompositeSchedule SetChargingProfile"""


class Device:
    """What request handlers may reach."""

    load = staticmethod(on_demand)   # a module for one use
    installer = None   # begin(), write(piece), async install(): no board has one
    log = None         # log_lines.py's, where there is room for it

    def __init__(self, charge_point, registration, link, reports, transactions, queue, board, settings, station, begun):
        self.charge_point = charge_point
        self.configuration = charge_point.configuration
        self.profiles = charge_point.profiles
        self.clock = charge_point.clock
        self.registration = registration
        self.link = link
        self.reports = reports
        self.transactions = transactions
        self.queue = queue
        self.board = "%s/%s" % (board.name, board.profile)
        self.full = board.profile == "full"
        self.hardware_and = board.hardware_and
        self.transfers = {}     # name of its notification -> what of ocpp/firmware_management.py is under way
        self._station = station
        self._is_joining = begun
        self._wifi = settings["wifi_ssid"], settings["wifi_password"]
        self._url = settings["url"]
        self._identity = settings["identity"]
        self._user_password = ("%s:%s" % (self._identity, settings["authorization_key"])).encode()
        self.link_tls = self._url.startswith("wss:")

    # The connection

    async def connect(self):
        begun, self._is_joining = self._is_joining, False   # a join that has succeeded by now is no start of the next
        if not self._station.isconnected():
            await on_demand("net.wifi").join(self._station, *self._wifi, begun)
        # A TLS handshake stops everything for seconds: while charging only where hardware guards the coil meanwhile.
        while not self.hardware_and and self.charge_point.is_charging():
            await asyncio.sleep_ms(_BETWEEN_LOOKS_MS)
        ca_der = self.authority() if self.link_tls else None
        socket = await on_demand("net.handshake").connect(
            self._url, self._identity, self._user_password, "ocpp1.6", ca_der)
        socket.in_pieces = self._in_pieces
        return socket

    def _in_pieces(self):
        return on_demand("net.long_message").LongMessage()

    def authority(self):
        """The certificate that servers are judged by, once the clock can be trusted as far as possible."""
        if not self.clock.trusted:
            self.clock.ask_network()
        with open("/ca.der", "rb") as file:
            return file.read()

    # Tasks

    def hear(self):
        return self.link.run(self.connect, self.handle, ("SendLocalList", self._receive_list))

    def drain(self):
        return self.link.drain(self._delivered)

    # What comes

    def handle(self, action, payload):
        """What Link.run() sends back, None where nobody knows the action."""
        module = "core"
        for line in _ANSWERED_BY.split("\n"):
            words = line.split(" ")
            if action in words[1:]:
                module = words[0]
        handler = on_demand("ocpp." + module).HANDLERS.get(action)
        return handler and handler(self, payload)

    def _receive_list(self):
        """Short or long, a list is taken while it arrives."""
        authorizer = self.charge_point.authorizer
        update = on_demand("store.id_tag_list").ListUpdate(
            authorizer.listed, authorizer.cached, authorizer.files(), self.clock.parse)
        return on_demand("ocpp.local_auth_list").ListReceiver(self.configuration, update, authorizer.list_is_new)

    def _delivered(self, action, number, answer):
        id_tag = self.transactions.id_tag_of(answer)   # before it is confirmed, and gone
        # A refusal must not be confirmed and then find no room for what it means.
        turning_points = on_demand("turning_points") if action == "StartTransaction" else None
        started = self.transactions.delivered(action, number, answer)
        if started:
            self.charge_point.started(turning_points, *started)
        if id_tag:
            self.charge_point.authorizer.heard(id_tag, answer["idTagInfo"])

    def accepted(self):
        self.transactions.keep_checkpoint(True)   # the time is known: after a power cut the clock starts from here
        self.reports.tell_all()


def tidy_soon(queue):
    asyncio.create_task(_tidy(queue))


async def _tidy(queue):
    try:
        await on_demand("store.recovery").rewrite_in_pieces(queue)
    finally:
        queue.rewriting = False   # also when there was no room for the module
