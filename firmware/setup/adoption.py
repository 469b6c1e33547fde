"""Has a local controller adopt this charge point: a one-time code and the serial number for identity, key and URL."""
import asyncio
import json

from firmware.modules import on_demand

_PORT = 8100   # of a local controller's page
_LONGEST = 4096
_TIMEOUT_S = 20
_REQUEST = '{"code": %s, "serial": %s, "kind": "charge_point"}'


class AdoptionError(Exception):
    pass


def address_of(text):
    """The URL to ask, of what a person typed: a host, host:port or http(s)://…; AdoptionError where it is none."""
    text = text.strip().rstrip("/")
    url = text if "://" in text else "http://" + text
    if "://" not in text and ":" not in text:
        url += ":%d" % _PORT
    try:
        found = on_demand("net.http").parts(url)
    except ValueError:
        found = None
    if not found or found[4]:
        raise AdoptionError("the controller's address must be HOST, HOST:PORT or http://HOST:PORT")
    return url + "/api/adopt"


async def adopt(url, code, serial, ca_der):
    """identity, authorization_key, url and ca (PEM text or None), as a dict; AdoptionError says what to do."""
    try:
        status, body = await _ask(url, _REQUEST % (json.dumps(code), json.dumps(serial)), ca_der)
    except (OSError, ValueError, asyncio.TimeoutError) as error:
        raise AdoptionError("%s does not answer: %s" % (url, error))
    except Exception as error:
        if type(error).__name__ != "HttpError":   # of a module that is gone by now
            raise
        raise AdoptionError("%s does not answer: %s" % (url, error))
    try:
        told = json.loads(body)
        if status != 200:
            raise AdoptionError("the controller says: %s" % str(told.get("detail", status))[:200])
        return {"identity": _text(told["identity"]), "authorization_key": _text(told["authorization_key"]),
                "url": _text(told["ocpp_url"]), "ca": told.get("ca") and _text(told["ca"])}
    except (ValueError, KeyError, AttributeError, TypeError):
        raise AdoptionError("what answers at %s is no local controller (HTTP status %d)" % (url, status))


def _text(value):
    if not isinstance(value, str):
        raise ValueError("no text")
    return value


async def _ask(url, text, ca_der):
    handshake, http = on_demand("net.handshake"), on_demand("net.http")
    body = text.encode()

    async def open_stream(secure, host, port):
        return await asyncio.wait_for(handshake.opened(secure, host, port, ca_der), _TIMEOUT_S)

    exchange = await http.asked(
        open_stream, "POST", url, "Content-Type: application/json\r\nContent-Length: %d\r\n" % len(body))
    try:
        await exchange.put(len(body), lambda: (body,))
        await exchange.read_head()
        if not 0 < exchange.length <= _LONGEST:
            return exchange.status, b""
        told = bytearray()
        await exchange.get(exchange.length, told.extend)
        return exchange.status, bytes(told)
    finally:
        exchange.close()


def der(pem):
    """The first certificate of a PEM text; ValueError where there is none."""
    import binascii
    begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    _, found, rest = pem.partition(begin)
    text, ended, _ = rest.partition(end)
    if not found or not ended:
        raise ValueError("no certificate")
    return binascii.a2b_base64("".join(text.split()))
