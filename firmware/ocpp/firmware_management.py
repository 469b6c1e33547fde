"""Firmware Management (OCPP 1.6 §4.3, §4.5, §5.9, §5.19) and GetLog (security whitepaper, N01): files up and down.

Loaded for a request and alive until its task ends. One upload and one download at a time: a new request cancels the
old. What is under way lies in `device.transfers`, by the name of its notification, where TriggerMessage finds it.
"""
import asyncio
import gc
import os

from micropython import const

from firmware.ocpp.link import CallError, CallTimeout, LinkDown, field

_FILE = "/data/diagnostics"
_DIAGNOSTICS = "DiagnosticsStatusNotification"
_LOG = "LogStatusNotification"
_FIRMWARE = "FirmwareStatusNotification"
_TRIES = const(3)                   # where the central system names none
_PAUSE_S = const(30)
_TELL_AGAIN_S = 5
_TELL_TRIES = const(120)            # ten minutes: a status is not kept longer than that
_CONNECT_TIMEOUT_S = const(20)
_PIECE = const(256)
_LONGEST_IMAGE = const(4_194_304)


class Transfer:
    status = "Idle"   # until it has begun
    task = None

    def __init__(self, action, request_id=None):
        self.action = action
        self.request_id = request_id


# Requests


def get_diagnostics(device, payload):
    window = _moment(device, payload, "startTime"), _moment(device, payload, "stopTime")
    url, name, problem = _target(device, field(payload, "location"))
    transfer = Transfer(_DIAGNOSTICS)
    begin, _ = _beginning(device, transfer, _upload(device, transfer, url, problem, window, *_tries(payload)))
    return {} if problem else {"fileName": name}, begin


def get_log(device, payload):
    kind, request_id, log = field(payload, "logType"), field(payload, "requestId", int), field(payload, "log", dict)
    if kind not in ("DiagnosticsLog", "SecurityLog"):
        raise CallError("PropertyConstraintViolation", "logType")
    window = _moment(device, log, "oldestTimestamp"), _moment(device, log, "latestTimestamp")
    url, name, problem = _target(device, field(log, "remoteLocation"))
    tries = _tries(payload)
    if kind == "SecurityLog":
        return {"status": "Rejected"}   # there is none
    transfer = Transfer(_LOG, request_id)
    begin, cancelled = _beginning(device, transfer, _upload(device, transfer, url, problem, window, *tries))
    answer = {"status": "AcceptedCanceled" if cancelled else "Accepted"}
    if not problem:
        answer["filename"] = name
    return answer, begin


def update_firmware(device, payload):
    url, retrieve_s = field(payload, "location"), _moment(device, payload, "retrieveDate")
    if retrieve_s is None:
        raise CallError("ProtocolError", "retrieveDate is missing")
    transfer = Transfer(_FIRMWARE)
    begin, _ = _beginning(device, transfer, _update(device, transfer, url, retrieve_s, *_tries(payload)))
    return {}, begin


def _moment(device, payload, name):
    if payload.get(name) is None:
        return None
    try:
        return device.clock.parse(field(payload, name))
    except ValueError:
        raise CallError("TypeConstraintViolation", name)


def _tries(payload):
    """(how often to try, seconds between)"""
    numbers = []
    for name, default in (("retries", _TRIES), ("retryInterval", _PAUSE_S)):
        number = default if payload.get(name) is None else field(payload, name, int)
        if number < 0:
            raise CallError("PropertyConstraintViolation", name)
        numbers.append(number)
    return max(numbers[0], 1), numbers[1]


def _target(device, location):
    """(where to, the file's name, None); or ("", "", the status of LogStatusNotification that says why not)."""
    try:
        if not device.load("net.http").parts(location):
            return "", "", "NotSupportedOperation"
    except ValueError:
        return "", "", "BadMessage"
    if "?" in location:   # signed for just this name
        return location, location.partition("?")[0].rpartition("/")[2][:255], None
    about = device.registration.about
    stamp = device.clock.stamp().replace(":", "").replace("-", "")
    name = "".join([c if c.isalpha() or c.isdigit() else "-" for c in about["chargePointSerialNumber"]])
    name = "%s-%s.txt" % (name, stamp)
    return location.partition("#")[0].rstrip("/") + "/" + name, name, None


def _beginning(device, transfer, work):
    """(what starts the task once the answer has left, whether another was cancelled)"""
    cancelled = False
    for action in (_DIAGNOSTICS, _LOG) if transfer.action != _FIRMWARE else (_FIRMWARE,):
        old = device.transfers.pop(action, None)
        if old:
            cancelled = True
            print("transfer.cancelled notification=%s" % action)
            if old.task:
                old.task.cancel()

    def begin():
        device.transfers[transfer.action] = transfer
        transfer.task = asyncio.create_task(_run(device, transfer, work))

    return begin, cancelled


async def _run(device, transfer, work):
    try:
        await work
    except Exception as error:   # nothing of it may disturb anything else
        print("transfer.failed notification=%s error=%r" % (transfer.action, error))
    finally:
        if device.transfers.get(transfer.action) is transfer:
            del device.transfers[transfer.action]


# Notifications


async def _tell(device, transfer, status):
    transfer.status = status
    payload = {"status": status}
    if transfer.request_id is not None:
        payload["requestId"] = transfer.request_id
    for _ in range(_TELL_TRIES):
        done = asyncio.Event()
        outcome = []   # type: list[bool]
        # In a task of its own: a cancelled transfer must not tear a frame that is being sent.
        asyncio.create_task(_call(device, transfer.action, payload, done, outcome))
        await done.wait()
        if outcome:
            return
        await asyncio.sleep(_TELL_AGAIN_S)


async def _call(device, action, payload, done, outcome):
    try:
        await device.link.call(action, payload)
        outcome.append(True)
    except CallError as error:
        print("transfer.untold notification=%s error=%s" % (action, error))
        outcome.append(False)   # telling it again would not make it better understood
    except (LinkDown, CallTimeout):
        pass
    finally:
        done.set()


# Files

def _opener(device):
    async def open_stream(secure, host, port):
        """(raw socket, connection); waits while TLS may not be: one such connection while charging."""
        if secure and device.link_tls and not device.full:
            raise ValueError("no room for a second TLS connection")   # a small board: 20 kB of buffers each
        while secure and (device.link_tls or not device.hardware_and) and device.charge_point.is_charging():
            await asyncio.sleep(1)
        ca_der = device.authority() if secure else None
        handshake = device.load("net.handshake")
        return await asyncio.wait_for(handshake.opened(secure, host, port, ca_der), _CONNECT_TIMEOUT_S)

    return open_stream


async def _upload(device, transfer, url, problem, window, tries, pause_s):
    method, collected = "PUT", False
    if not problem:
        await _tell(device, transfer, "Uploading")
    while not problem:
        tries -= 1
        status = 0
        try:
            gc.collect()
            if not collected:
                await device.load("diagnostics").collect(device, _FILE, *window)
                collected = True
                gc.collect()
            size, status = await device.load("net.http").send(_opener(device), method, url, _pieces)
            reason = "HTTP status %d" % status
        except Exception as error:   # HttpError, OSError, a certificate's ValueError, MemoryError: all are a failed try
            reason = str(error) or repr(error)
        if 200 <= status < 300:
            print("diagnostics.uploaded bytes=%d" % size)
            break
        print("diagnostics.failed tries_left=%d reason=%s" % (tries, reason))
        if status in (405, 501) and method == "PUT":   # it takes none: then POST, at once
            method = "POST"
            tries += 1
        elif tries <= 0:
            problem = "PermissionDenied" if status in (401, 403) else "UploadFailure"
        else:
            await asyncio.sleep(pause_s)
    if collected:
        os.remove(_FILE)
    if problem and transfer.action == _DIAGNOSTICS:
        problem = "UploadFailed"
    await _tell(device, transfer, problem or "Uploaded")


def _pieces():
    with open(_FILE, "rb") as file:
        while True:
            piece = file.read(_PIECE)
            if not piece:
                return
            yield piece


# Down


async def _update(device, transfer, url, retrieve_s, tries, pause_s):
    while True:   # in steps: the clock may be set meanwhile
        wait_s = retrieve_s - device.clock.now_s()
        if wait_s <= 0:
            break
        await asyncio.sleep(min(wait_s, 60))
    await _tell(device, transfer, "Downloading")
    if not await _downloaded(device, url, tries, pause_s):
        await _tell(device, transfer, "DownloadFailed")
        return
    await _tell(device, transfer, "Downloaded")
    await _tell(device, transfer, "Installed" if await _installed(device, transfer) else "InstallationFailed")


async def _downloaded(device, url, tries, pause_s):
    installer = device.installer
    while True:
        tries -= 1
        try:
            gc.collect()
            if installer:
                installer.begin()
            size = await device.load("net.http").fetch(
                _opener(device), url, installer.write if installer else _drop, _LONGEST_IMAGE)
            print("firmware.downloaded bytes=%d" % size)
            return True
        except Exception as error:
            print("firmware.download_failed tries_left=%d reason=%s" % (tries, str(error) or repr(error)))
        if tries <= 0:
            return False
        await asyncio.sleep(pause_s)


def _drop(piece):
    pass   # nobody could install it


async def _installed(device, transfer):
    installer = device.installer
    if not installer:
        print("firmware.not_installed reason=no installer on this board")
        return False
    while any(c.phase != c.FREE for c in device.charge_point.connectors):   # never in a session (§5.19)
        await asyncio.sleep(1)
    await _tell(device, transfer, "Installing")
    try:
        await installer.install()   # where it restarts the chip, it is for the new image to tell Installed
        return True
    except Exception as error:
        print("firmware.not_installed reason=%s" % (str(error) or repr(error)))
        return False


HANDLERS = {"GetDiagnostics": get_diagnostics, "GetLog": get_log, "UpdateFirmware": update_firmware}
