"""Local Auth List Management profile (OCPP 1.6 §5.10, §5.15). SendLocalList is taken while it arrives: 80 kB of it find
room here, as only one element at a time is held. Loaded for one request only.
"""
import asyncio
import json

from micropython import const

from firmware.ocpp.link import CallError, field

_LONGEST = const(512)   # an element, or all that is around the list
_LIST = b'"localAuthorizationList":['
_BLANK = b" \t\r\n"


def get_version(device, payload):
    enabled = device.configuration.is_true("LocalAuthListEnabled")
    return {"listVersion": device.charge_point.authorizer.listed.version if enabled else -1}


class ListReceiver:
    """Takes the pieces of a SendLocalList. The elements of its list, wherever it stands, go to `update` one by one; the
    rest is a small message like any other. MicroPython's JSON asks for no commas and pairs no brackets, so what is
    around the elements is judged here."""

    def __init__(self, configuration, update, on_accepted):
        self.message_id = ""
        self._configuration = configuration
        self._update = update               # store/id_tag_list.py
        self._on_accepted = on_accepted
        self._most = configuration.number("SendLocalListMaxLength")
        self._enabled = configuration.is_true("LocalAuthListEnabled")
        self._around = bytearray()
        self._element = bytearray()
        self._depth = 0
        self._in_text = self._escaped = False
        self._in_list = self._list_seen = False
        self._before = 0                    # the sign before, within the list and outside of its elements
        self._trouble = None                # CallError, or why it failed

    async def feed(self, view):
        if self._trouble is None and self._enabled:
            try:
                self._scan(view)
            except CallError as error:
                self._trouble = error
            except OSError as error:
                self._trouble = str(error)
        await asyncio.sleep_ms(0)   # the energy path's turn

    def _scan(self, view):
        depth, in_text, escaped = self._depth, self._in_text, self._escaped
        within = self._in_list and depth > 3
        kept = self._element if within else self._around
        for c in view:
            if in_text:
                kept.append(c)
                if escaped:
                    escaped = False
                elif c == 0x5C:
                    escaped = True
                elif c == 0x22:
                    in_text = False
                continue
            if c in _BLANK:
                continue
            if depth == 3 and self._in_list:
                if not self._between(c):   # a comma, or the list's end
                    continue
                if c == 0x7B:
                    kept = self._element
            kept.append(c)
            if c == 0x22:
                in_text = True
            elif c == 0x5B or c == 0x7B:
                depth += 1
                if depth == 3 and c == 0x5B and kept.endswith(_LIST):
                    if self._list_seen:
                        raise CallError("FormationViolation", "two lists")
                    self._in_list = self._list_seen = True
                    self._before = c
            elif c == 0x5D or c == 0x7D:
                depth -= 1
                if depth == 3 and self._in_list:
                    self._add(c)
                    kept = self._around
                elif depth == 2:
                    self._in_list = False
        self._depth, self._in_text, self._escaped = depth, in_text, escaped
        if len(kept) > _LONGEST:
            raise CallError("FormationViolation", "too long")

    def _between(self, c):
        """Between two elements: whether `c` is worth more than to be noted. CallError for what may not be there."""
        before, self._before = self._before, c
        if c == 0x2C and before == 0x7D:
            return False
        if c == 0x7B and before != 0x7D or c == 0x5D and before != 0x2C:   # an element begins; the list ends
            return True
        raise CallError("FormationViolation", "list")

    def _add(self, c):
        self._before = c
        try:
            if c != 0x7D or len(self._element) > _LONGEST:
                raise ValueError
            element = json.loads(bytes(self._element))
        except ValueError:
            raise CallError("FormationViolation", "element %d" % len(self._update))
        self._element = bytearray()
        if len(self._update) >= self._most:
            raise OSError("more than %d elements" % self._most)
        try:
            if not self._update.add(element):
                raise OSError("an idTag comes twice")
        except KeyError as error:
            raise CallError("ProtocolError", "%s is missing" % error)
        except TypeError as error:
            raise CallError("TypeConstraintViolation", str(error))
        except ValueError as error:
            raise CallError("PropertyConstraintViolation", str(error))

    async def result(self):
        """The answer, once all has come; CallError."""
        if isinstance(self._trouble, CallError):
            raise self._trouble
        status = "NotSupported"
        if self._enabled:
            status = "Failed" if self._trouble else await self._apply()
        print("local_list.%s tags=%d%s" % (
            status.lower(), len(self._update), " reason=" + self._trouble if self._trouble else ""))
        if status == "Accepted":
            self._on_accepted()
        return {"status": status}

    async def _apply(self):
        try:
            call = json.loads(bytes(self._around))
            payload = call[3]
            if self._depth or self._in_text or not isinstance(payload, dict):
                raise ValueError
        except (ValueError, IndexError, TypeError):
            raise CallError("FormationViolation", "not JSON")
        if payload.get("localAuthorizationList"):
            raise CallError("FormationViolation", "localAuthorizationList")   # no list, or its name in escapes
        version, kind = field(payload, "listVersion", int), field(payload, "updateType")
        if kind not in ("Full", "Differential"):
            raise CallError("PropertyConstraintViolation", "updateType")
        try:
            return await self._update.commit(
                version, kind == "Full", self._configuration.number("LocalAuthListMaxLength"))
        except OSError as error:
            self._trouble = str(error)
            return "Failed"

    def close(self):
        self._update.close()


HANDLERS = {"GetLocalListVersion": get_version}
