"""The set-up page: one form, no script needed, nothing fetched from elsewhere. Never whole in RAM.

Whatever is shown passes escaped(): names of networks come from strangers, error texts from servers.
"""
_HEAD = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Set up charge point</title>
<meta name="viewport" content="width=device-width, initial-scale=1">%s<style>
body{font:1rem/1.5 system-ui,sans-serif;max-width:30rem;margin:1rem auto;padding:0 1rem;color:#16202a;background:#fff}
label{display:block;margin-top:.8rem}input,select,button{font:inherit;width:100%%;box-sizing:border-box;padding:.5rem;
border:1px solid #5b6b7a;border-radius:.3rem}fieldset{margin:1.2rem 0;border:1px solid #c3ccd4;border-radius:.4rem}
h1{font-size:1.4rem}button{background:#0b5fa5;color:#fff;border:0;margin-top:1rem}small{color:#4a5763}
[role=alert],[role=status]{padding:.6rem;border-radius:.3rem}[role=alert]{background:#fde8e6}[role=status]{background:#e4f1e7}
@media(prefers-color-scheme:dark){body{background:#11181f;color:#e8eef3}small{color:#a9b6c1}input,select{background:#1a242d;
color:inherit}[role=alert]{background:#5a1f1a}[role=status]{background:#1d4429}}</style></head><body>
<h1>Set up %s</h1>"""
LABELS = {
    "wifi_ssid": "Name of the network",
    "wifi_password": "Password",
    "controller": "Address of its local controller",
    "code": "Adoption code",
    "url": "Central system or controller",
    "identity": "Identity",
    "authorization_key": "Key",
    "board": "Board",
}
_END = """<button>Save and restart</button></form><script nonce="%s">
document.forms[0].now.value=new Date().toISOString()</script></body></html>"""


def escaped(text):
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;")):
        text = text.replace(sign, entity)
    return text


def html(name, token, values, networks, boards, alert, status):
    """`values`: what is set by now. `networks`, `boards`: names to choose from. `alert`, `status`: a line, or ""."""
    yield _HEAD % ('<meta http-equiv="refresh" content="3">' if status else "", escaped(name))
    if alert:
        key, _, rest = alert.partition(" ")
        if key in LABELS:
            alert = "%s %s" % (LABELS[key], rest)
        yield '<p role="alert">%s</p>' % escaped(alert)
    if status:
        yield '<p role="status">%s</p></body></html>' % escaped(status)
        return
    yield '<form method="post" action="/" autocomplete="off"><input type="hidden" name="token" value="%s">' % token
    yield '<input type="hidden" name="now"><fieldset><legend>WiFi</legend>'
    yield _field("wifi_ssid", values, 'list="networks" required maxlength="32"')
    yield '<datalist id="networks">'
    for network in networks:
        yield '<option value="%s">' % escaped(network)
    yield "</datalist>"
    yield _secret("wifi_password", values, 'maxlength="63"', "empty for an open network")
    yield "</fieldset><fieldset><legend>Join a site</legend>"
    yield _field("controller", values, 'placeholder="192.168.1.10" maxlength="100"')
    yield _field("code", {}, 'maxlength="12" autocapitalize="characters"')
    yield "<small>The controller's page makes the code. Leave it empty to fill in the rest by hand.</small></fieldset>"
    yield "<fieldset><legend>Or by hand</legend>"
    yield _field("url", values, 'placeholder="wss://host:port/ocpp" maxlength="128"')
    yield _field("identity", values, 'maxlength="48"')
    yield _secret("authorization_key", values, 'maxlength="40"', "32 to 40 hexadecimal digits")
    yield "</fieldset>"
    if len(boards) > 1:
        yield '<label>%s <select name="board">' % LABELS["board"]
        for board in boards:
            chosen = " selected" if board == values.get("board") else ""
            yield "<option%s>%s</option>" % (chosen, escaped(board))
        yield "</select></label>"
    yield _END % token


def _field(key, values, more):
    return '<label>%s <input name="%s" value="%s" %s></label>' % (LABELS[key], key, escaped(values.get(key, "")), more)


def _secret(key, values, more, hint):
    """What is set is never sent back; left empty, it stays."""
    if values.get(key):
        hint = "set; leave it empty to keep it"
    return '<label>%s <input name="%s" type="password" %s> <small>%s</small></label>' % (LABELS[key], key, more, hint)
