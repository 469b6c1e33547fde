"""Where a card, or a remote start, may begin or end a charge (OCPP 1.6 §3.10, §5.11). Loaded for one of them only."""
import asyncio
import time


async def tap(charge_point, id_tag):
    """One reader for all connectors: a tap ends the charge of the same card, else serves the connector that was plugged
    last and waits for a card, else the next plug."""
    began_ms = time.ticks_ms()
    for connector in charge_point.connectors:
        if connector.phase == connector.RUNNING and id_tag == connector.id_tag.upper():
            print("card.stops id_tag=%s connector=%d" % (id_tag[-4:], connector.connector_id))
            charge_point.end(connector, "Local", id_tag)
            return
    running = any(c.phase == c.RUNNING for c in charge_point.connectors)
    if not (running or _waiting(charge_point) or _places(charge_point)):
        print("card.ignored id_tag=%s reason=no free connector" % id_tag[-4:])
        return
    accepted, parent_id_tag, why = await charge_point.authorizer.decide(id_tag)
    decided_ms = time.ticks_diff(time.ticks_ms(), began_ms)
    if not accepted:
        print("card.refused id_tag=%s status=%s ms=%d" % (id_tag[-4:], why, decided_ms))
        return
    print("card.accepted id_tag=%s ms=%d" % (id_tag[-4:], decided_ms))
    waiting, places = _waiting(charge_point), _places(charge_point)   # the answer took its time: look again
    if waiting or len(places) == 1:
        _assign(charge_point, waiting or places[0], id_tag, parent_id_tag)
    elif places:
        charge_point.next_plug = (id_tag, parent_id_tag, time.ticks_ms())
    else:
        for connector in charge_point.connectors:   # one of the same group may end it
            if (connector.phase == connector.RUNNING and parent_id_tag
                    and parent_id_tag.upper() == connector.parent_id_tag.upper()):
                charge_point.end(connector, "Local", id_tag)
                return
        print("card.ignored id_tag=%s reason=no free connector" % id_tag[-4:])


def remote_start(charge_point, id_tag, connector_id):
    """The connector it is for, False if it cannot be. It starts once a car is plugged and, if wanted, authorized."""
    connectors = charge_point.connectors
    if connector_id is None:
        places = _places(charge_point)
        connector = _waiting(charge_point) or (places[0] if places else None)
    else:
        connector = connectors[connector_id - 1] if 0 < connector_id <= len(connectors) else None
    if connector is None or connector.turn_over or not _may_start(charge_point, connector):
        return False
    asyncio.create_task(_start_remotely(charge_point, connector, id_tag))   # the answer leaves first
    return connector


async def _start_remotely(charge_point, connector, id_tag):
    parent_id_tag = ""
    if charge_point.configuration.is_true("AuthorizeRemoteTxRequests"):
        accepted, parent_id_tag, why = await charge_point.authorizer.decide(id_tag)
        if not accepted:
            print("remote_start.refused id_tag=%s status=%s" % (id_tag[-4:], why))
            _drop_profile(charge_point, connector, id_tag)
            return
    if _may_start(charge_point, connector):
        _assign(charge_point, connector, id_tag, parent_id_tag)
    else:
        _drop_profile(charge_point, connector, id_tag)


def _drop_profile(charge_point, connector, id_tag):
    """The one this remote start brought: another may have begun here meanwhile, with its own."""
    if charge_point.profiles.waiting.get(connector.connector_id) == id_tag:
        charge_point.profiles.settle(connector.connector_id, connector.transaction)


def _may_start(charge_point, connector):
    return connector.phase == connector.FREE and not connector.id_tag and charge_point.usable(connector)


def _waiting(charge_point):
    """The connector plugged last that waits for a card, or None."""
    found = None
    for connector in charge_point.connectors:
        if (connector.plugged and not connector.turn_over and _open_to_cards(charge_point, connector)
                and (found is None or time.ticks_diff(connector.waiting_ms, found.waiting_ms) > 0)):
            found = connector
    return found


def _places(charge_point):
    """Connectors without a car that a card may be meant for."""
    return [c for c in charge_point.connectors if not c.plugged and _open_to_cards(charge_point, c)]


def _open_to_cards(charge_point, connector):
    """A connector whose last reading is awaited, its car gone, is free for the next already."""
    idle = connector.phase == connector.ENDING or connector.phase == connector.FREE and not connector.id_tag
    return idle and charge_point.usable(connector)


def _assign(charge_point, connector, id_tag, parent_id_tag):
    now_ms = time.ticks_ms()
    if connector.phase == connector.ENDING:   # it still needs the idTag it has
        charge_point.next_plug = (id_tag, parent_id_tag, now_ms)
        return
    connector.id_tag, connector.parent_id_tag, connector.waiting_ms = id_tag, parent_id_tag, now_ms
    charge_point.follow(connector, now_ms)   # the offer must not wait for the next look
