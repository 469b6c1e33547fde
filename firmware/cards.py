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
    if _gives_back(charge_point, id_tag):
        return
    running = any(c.phase == c.RUNNING or c.lock and c.lock.owner for c in charge_point.connectors)
    if not (running or _places(charge_point, id_tag, None)):
        print("card.ignored id_tag=%s reason=no free connector" % id_tag[-4:])
        told(charge_point, False, "no free connector")
        return
    accepted, parent_id_tag, why = await charge_point.authorizer.decide(id_tag)
    decided_ms = time.ticks_diff(time.ticks_ms(), began_ms)
    if not accepted:
        print("card.refused id_tag=%s status=%s ms=%d" % (id_tag[-4:], why, decided_ms))
        told(charge_point, False, why)
        return
    print("card.accepted id_tag=%s ms=%d" % (id_tag[-4:], decided_ms))
    if parent_id_tag and _gives_back(charge_point, id_tag, parent_id_tag):
        return
    places = _places(charge_point, id_tag, parent_id_tag)   # the answer took its time: look again
    if len(places) == 1:
        _assign(charge_point, places[0], id_tag, parent_id_tag)
    elif places:
        charge_point.next_plug = (id_tag, parent_id_tag, time.ticks_ms())
    else:
        for connector in charge_point.connectors:   # one of the same group may end it
            if (connector.phase == connector.RUNNING and parent_id_tag
                    and parent_id_tag.upper() == connector.parent_id_tag.upper()):
                charge_point.end(connector, "Local", id_tag)
                return
        print("card.ignored id_tag=%s reason=no free connector" % id_tag[-4:])
        told(charge_point, False, "no free connector")
        return
    told(charge_point, True, why)


def told(charge_point, accepted, why):
    """Where somebody can see or hear it. (Names that others have too: a new one stays in a small chip's RAM.)"""
    if hasattr(charge_point, "panel"):
        charge_point.panel.show(accepted, why)


def _gives_back(charge_point, id_tag, parent_id_tag=""):
    """Whether a cable was locked until this card's owner, or one of the same group, comes back for it."""
    for connector in charge_point.connectors:
        if connector.lock and connector.lock.give_back(id_tag, parent_id_tag):
            print("card.unlocks id_tag=%s connector=%d" % (id_tag[-4:], connector.connector_id))
            return True
    return False


def remote_start(charge_point, id_tag, connector_id):
    """The connector it is for, False if it cannot be. It starts once a car is plugged and, if wanted, authorized."""
    connectors = charge_point.connectors
    if connector_id is None:
        places = _places(charge_point, id_tag, "") or _places(charge_point, id_tag, None)
        connector = places[0] if places else None
    else:
        connector = connectors[connector_id - 1] if 0 < connector_id <= len(connectors) else None
    if connector is None or connector.turn_over or not _may_start(charge_point, connector, id_tag, None):
        return False
    asyncio.create_task(_start_remotely(charge_point, connector, id_tag))   # the answer leaves first
    return connector


async def _start_remotely(charge_point, connector, id_tag):
    parent_id_tag = ""
    if (charge_point.configuration.is_true("AuthorizeRemoteTxRequests")
            or charge_point.is_kept_from(connector, id_tag, "")):   # its parent alone can make it the right one (§5.13)
        accepted, parent_id_tag, why = await charge_point.authorizer.decide(id_tag)
        if not accepted:
            print("remote_start.refused id_tag=%s status=%s" % (id_tag[-4:], why))
            _drop_profile(charge_point, connector, id_tag)
            return
    if _may_start(charge_point, connector, id_tag, parent_id_tag):
        _assign(charge_point, connector, id_tag, parent_id_tag)
    else:
        print("remote_start.refused id_tag=%s status=no free connector" % id_tag[-4:])
        _drop_profile(charge_point, connector, id_tag)


def _drop_profile(charge_point, connector, id_tag):
    """The one this remote start brought: another may have begun here meanwhile, with its own."""
    if charge_point.profiles.waiting.get(connector.connector_id) == id_tag:
        charge_point.profiles.settle(connector.connector_id, connector.transaction)


def _may_start(charge_point, connector, id_tag, parent_id_tag):
    return (connector.phase == connector.FREE and not connector.id_tag and charge_point.usable(connector)
            and not charge_point.is_kept_from(connector, id_tag, parent_id_tag))


def _places(charge_point, id_tag, parent_id_tag):
    """Connectors a card may be meant for: one reserved for it by number, or else all that are open to it. Of them the
    one plugged last that waits for a card, or else those without a car. Parent None: not known yet."""
    places = [c for c in charge_point.connectors if _open_to_cards(charge_point, c, id_tag, parent_id_tag)]
    # One for connector 0 names no place: its holder goes where the car is.
    places = [c for c in places if (charge_point.reservation_on(c) or (0,))[0]] or places
    waiting = None
    for connector in places:
        if connector.plugged and (
                waiting is None or time.ticks_diff(connector.waiting_ms, waiting.waiting_ms) > 0):
            waiting = connector
    return [waiting] if waiting else places


def _open_to_cards(charge_point, connector, id_tag, parent_id_tag):
    """A connector whose last reading is awaited, its car gone, is free for the next already."""
    idle = connector.phase == connector.ENDING or connector.phase == connector.FREE and not connector.id_tag
    return (idle and charge_point.usable(connector) and not (connector.plugged and connector.turn_over)
            and not charge_point.is_kept_from(connector, id_tag, parent_id_tag))


def _assign(charge_point, connector, id_tag, parent_id_tag):
    now_ms = time.ticks_ms()
    if connector.phase == connector.ENDING:   # it still needs the idTag it has
        charge_point.next_plug = (id_tag, parent_id_tag, now_ms)
        return
    connector.id_tag, connector.parent_id_tag, connector.waiting_ms = id_tag, parent_id_tag, now_ms
    charge_point.follow(connector, now_ms)   # the offer must not wait for the next look
