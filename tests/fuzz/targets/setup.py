"""What a board that is being set up reads of strangers beside it (firmware/setup/): the page's requests, questions for
names, a controller's certificate.

A case: a byte that says which, one that cuts the stream, then what is sent.
"""
from tests.fuzz.chip import run   # first: it makes the rest importable

from firmware.setup import adoption, dns, page, request, settings

HOST = "192.168.4.1"
ADDRESS = bytes((192, 168, 4, 1))
MOST_READ = 2048 + 256 + 1024   # a head that is refused has been read so far, or a body after one that is not


class Reader:
    def __init__(self, data, cut):
        self.data, self.step, self.at = data, cut % 61 + 1, 0

    async def read(self, n):
        piece = self.data[self.at:self.at + min(n, self.step)]
        self.at += len(piece)
        return piece


def check(data):
    which, cut, sent = (data[0] if data else 0), (data[1] if len(data) > 1 else 0), bytes(data[2:])
    if which % 4 == 1:
        reply = dns.replied(sent[:512], ADDRESS)
        assert reply is None or (reply[:2] == sent[:2] and reply[2] & 0x80 and len(reply) <= len(sent) + 16)
    elif which % 4 == 2:
        try:
            assert isinstance(adoption.der(sent.decode()), bytes)
        except ValueError:
            pass
    else:
        asked(Reader(sent, cut))


def asked(reader):
    try:
        method, form = run(request.read(reader, HOST))
    except request.Refused as answer:
        status, headers = answer.args
        assert status[:3].isdigit() and (not headers or headers.endswith("\r\n"))
        return
    except (ValueError, EOFError):
        return
    finally:
        assert reader.at <= MOST_READ
    assert method in ("GET", "POST")
    values = {}
    for key, value in form.items():
        assert isinstance(key, str) and isinstance(value, str)
        found = settings.change(values, key, value)
        assert found is None or isinstance(found, str)
        for piece in page.html("B", "0", {"identity": value}, [value], [], value, key):
            assert value not in piece or not any(sign in value for sign in "<>\"'&")
    for key in values:
        assert settings.problem(key, values[key]) is None and len(values[key]) <= 128
