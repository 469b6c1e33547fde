"""Where push messages may go: a browser names the address, so it could name any, our own network's too."""

from collections.abc import Sequence
from urllib.parse import urlsplit

# The push services of the browsers. A leading dot: and whatever is below.
KNOWN = (
    "fcm.googleapis.com",
    ".push.services.mozilla.com",
    ".notify.windows.com",
    "web.push.apple.com",
    ".push.apple.com",
)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def allowed(endpoint: str, hosts: Sequence[str] = KNOWN) -> bool:
    """https on the usual port at one of the hosts; a loopback address that is listed may be anything, for tests."""
    try:
        at = urlsplit(endpoint)
        host, port = (at.hostname or "").lower(), at.port
    except ValueError:
        return False
    if at.username is not None or at.password is not None:
        return False
    if host in _LOOPBACK:
        return host in hosts and at.scheme in ("http", "https")
    known = any(host == each or (each.startswith(".") and host.endswith(each)) for each in hosts)
    return known and at.scheme == "https" and port in (None, 443)
