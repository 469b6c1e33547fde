"""The security of one charge point: its key, its security profile, its certificates, what it says of them, and firmware
that it checks by a signature (OCPP 1.6 security whitepaper, edition 3). What is asked of it is answered as operations
are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field, StringConstraints
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.api.charge_points import CommandAnswer, Named, own
from csms.api.deps import Db, Limit, Managed, Offset, Operator, RowId, Wired
from csms.api.forms import NO_CONTROLS, Form, Moment
from csms.api.pagination import Paged
from csms.commands.change_authorization_key import change_authorization_key
from csms.commands.change_configuration import change_configuration
from csms.commands.delete_certificate import delete_certificate
from csms.commands.get_installed_certificate_ids import get_installed_certificate_ids
from csms.commands.install_certificate import install_certificate
from csms.commands.signed_update_firmware import signed_update_firmware
from csms.domain import certificates as rules
from csms.domain.errors import CallRefused, CommandFailed, Conflict, Offline, Unusable
from csms.domain.locations import without_password
from csms.store import certificates, credentials, security, security_events, signed_updates
from csms.store.certificates import CertificateView
from csms.store.charge_points import ChargePoint
from csms.store.security import SecurityView
from csms.store.security_events import SecurityEvent
from csms.store.signed_updates import SignedUpdate
from csms.store.site_operators import Sites
from ocppj import basic_auth, log, v16

_log = log.get(__name__)
router = APIRouter(prefix="/api/charge-points/{identity}", tags=["security"])

_LOCATION = r"^(https?|ftps?|sftp)://[^\s/\x00-\x1f\x7f][^\s\x00-\x1f\x7f]*$"
Pem = Annotated[str, StringConstraints(min_length=1, max_length=5500)]
Hash = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=NO_CONTROLS)]


class HigherProfile(Form):
    profile: Literal[2, 3]


class Root(Form):
    type: v16.CertificateUse = "CentralSystemRootCertificate"
    certificate: Pem


class WhichRoot(Form):
    """As the charge point names it."""

    hash_algorithm: v16.HashAlgorithm
    issuer_name_hash: Hash
    issuer_key_hash: Hash
    serial_number: Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=NO_CONTROLS)]


class SignedFirmware(Form):
    location: Annotated[str, StringConstraints(pattern=_LOCATION, max_length=512)]
    signing_certificate: Pem
    signature: Annotated[str, StringConstraints(min_length=1, max_length=800)]  # base64
    retrieve_at: Moment | None = None  # none: now
    install_at: Moment | None = None  # none: once it is there
    retries: Annotated[int, Field(ge=0, le=100)] = 3
    retry_interval_s: Annotated[int, Field(ge=0, le=86_400)] = 60


@dataclass(frozen=True, slots=True)
class KeyByHand:
    authorization_key: str  # shown this once


@dataclass(frozen=True, slots=True)
class InstalledRoot:
    hash_algorithm: str
    issuer_name_hash: str
    issuer_key_hash: str
    serial_number: str


@dataclass(frozen=True, slots=True)
class InstalledRoots:
    status: str
    roots: list[InstalledRoot]


@dataclass(frozen=True, slots=True)
class SignedUpdateAnswer:
    update_id: int
    status: str


@router.get("/security")
async def one(identity: Named, db: Db, managed: Managed) -> SecurityView:
    """How it proves who it is: its security profile, and whether a new key is on its way."""
    point = await own(db, managed, identity)
    return await security.find(db, point.id)


@router.post("/authorization-key")
async def change_key(identity: Named, of: Wired, managed: Managed) -> CommandAnswer:
    """Make a new AuthorizationKey and send it. Accepted: the one before opens nothing any more; RebootRequired, or no
    answer: both do, until the charge point has come with one of them. Nobody is shown the key.
    """
    point = await _direct(of, managed, identity)
    key = basic_auth.new_key()
    hashed = basic_auth.hash_key(key)
    # Before it leaves: whatever becomes of the answer, and of us, the charge point can come with it.
    offered_at = of.clock()
    before = await of.writer.write(lambda db: security.offer_key(db, point.id, hashed, offered_at))
    try:
        status = await change_authorization_key(of.bus, identity, key)
    except (Offline, CallRefused):
        await of.writer.write(lambda db: security.key_refused(db, point.id, hashed, before))
        raise
    if status == "Accepted":
        await of.writer.write(lambda db: security.key_accepted(db, point.id, hashed, offered_at, of.clock()))
    elif status == "RebootRequired":
        await of.writer.write(lambda db: security.key_waits_for_reboot(db, point.id, hashed, offered_at))
    else:
        await of.writer.write(lambda db: security.key_refused(db, point.id, hashed, before))
    _log.info("charge_point.key", charge_point=identity, status=status)
    return CommandAnswer(status)


@router.post("/key")
async def make_key(identity: Named, of: Wired, by: Operator, managed: Managed) -> KeyByHand:
    """A new AuthorizationKey for one that is locked out: it is shown this once, to be entered at the charge point by
    hand. From now on it alone opens the socket, by any security profile; a connection that stands stays.
    """
    point = await _direct(of, managed, identity)
    key = basic_auth.new_key()
    hashed = basic_auth.hash_key(key)
    await of.writer.write(lambda db: security.replace_key(db, point.id, hashed, of.clock()))
    _log.info("charge_point.key_by_hand", charge_point=identity, by=by.id)
    return KeyByHand(key)


@router.post("/security-profile")
async def raise_profile(identity: Named, form: HigherProfile, of: Wired, managed: Managed) -> CommandAnswer:
    """ChangeConfiguration of SecurityProfile, upwards only. Once it has come by it, less opens nothing any more."""
    point = await _direct(of, managed, identity)
    async with of.database.ask() as db:
        now = await security.find(db, point.id)
        certified = await certificates.may_have_one(db, point.id, of.clock())
    if form.profile <= max(now.profile or 1, now.least_profile):
        raise Conflict(f"a security profile is only raised: {identity} has {now.profile or now.least_profile}")
    by_tls = [door for door in (of.settings.ocpp, of.settings.ocpp_tls) if door and door.certificate_file]
    if form.profile == 2 and all(door.client_certificates == "required" for door in by_tls):
        raise Conflict("nobody could come by it: the setting ocpp_tls makes a door by TLS")
    asking = [door for door in by_tls if door.client_certificates != "never"]
    if form.profile == 3 and not asking:
        raise Conflict("nobody could come by it: no door asks for certificates (setting client_certificates)")
    if form.profile == 3 and not certified and not any(door.client_ca_file for door in asking):
        raise Conflict(f"{identity} has no certificate: trigger SignChargePointCertificate first")
    # Before it leaves: it may have come by the new one before its answer is written down.
    await of.writer.write(lambda db: security.ask_profile(db, point.id, form.profile))
    try:
        status = await change_configuration(of.bus, identity, "SecurityProfile", str(form.profile))
    except (Offline, CallRefused):
        await of.writer.write(lambda db: security.profile_refused(db, point.id))
        raise
    if status not in ("Accepted", "RebootRequired"):
        await of.writer.write(lambda db: security.profile_refused(db, point.id))
    return CommandAnswer(status)


@router.get("/certificates")
async def issued(identity: Named, db: Db, managed: Managed) -> Sequence[CertificateView]:
    """Those of its own that our authority has issued, newest first."""
    point = await own(db, managed, identity)
    return await certificates.of_charge_point(db, point.id)


@router.post("/certificates/{certificate_id}/revoke")
async def revoke(identity: Named, certificate_id: RowId, of: Wired, managed: Managed) -> CertificateView:
    """It opens no socket any more; one that is open stays until the charge point is reset."""

    async def work(db: AsyncConnection) -> CertificateView:
        point = await own(db, managed, identity)
        return await certificates.revoke(db, point.id, certificate_id, of.clock())

    revoked = await of.writer.write(work)
    _log.info("certificate.revoked", charge_point=identity, serial_number=revoked.serial_number)
    return revoked


@router.get("/installed-certificates")
async def installed(
    identity: Named,
    of: Wired,
    managed: Managed,
    type: Annotated[v16.CertificateUse, Query()] = "CentralSystemRootCertificate",
) -> InstalledRoots:
    """GetInstalledCertificateIds: the roots it holds. NotFound: none of this type."""
    await _own(of, managed, identity)
    told = await get_installed_certificate_ids(of.bus, identity, type)
    rows = [
        InstalledRoot(row.hash_algorithm, row.issuer_name_hash, row.issuer_key_hash, row.serial_number)
        for row in told.certificate_hash_data or ()
    ]
    return InstalledRoots(told.status, rows)


@router.post("/installed-certificates")
async def install(identity: Named, form: Root, of: Wired, managed: Managed) -> CommandAnswer:
    """InstallCertificate: a root to verify us, or firmware, by. Rejected or Failed: it did not take it."""
    await _own(of, managed, identity)
    try:
        root = rules.pem(rules.root(form.certificate, of.clock()))
    except rules.Unfit as wrong:
        raise Unusable(f"certificate: {wrong}") from None
    return CommandAnswer(await install_certificate(of.bus, identity, form.type, root))


@router.post("/installed-certificates/delete")
async def delete(identity: Named, form: WhichRoot, of: Wired, managed: Managed) -> CommandAnswer:
    """DeleteCertificate. Failed: it is in use."""
    await _own(of, managed, identity)
    hashes = (form.issuer_name_hash, form.issuer_key_hash)
    which = v16.CertificateHashData(form.hash_algorithm, *hashes, form.serial_number)
    return CommandAnswer(await delete_certificate(of.bus, identity, which))


@router.get("/security-events")
async def events(
    identity: Named, paged: Paged, db: Db, managed: Managed, limit: Limit = 100, offset: Offset = 0
) -> Sequence[SecurityEvent]:
    """What it has said of its security, newest first."""
    point = await own(db, managed, identity)
    page, total = await security_events.page(db, point.id, limit, offset)
    paged(total, limit, offset)
    return page


@router.post("/signed-updates", status_code=202)
async def update(identity: Named, form: SignedFirmware, of: Wired, managed: Managed) -> SignedUpdateAnswer:
    """SignedUpdateFirmware: firmware from an address, checked by the charge point with certificate and signature."""
    async with of.database.ask() as db:
        point = await own(db, managed, identity)
    now = of.clock()
    retrieve_at = form.retrieve_at or now
    if form.install_at is not None and form.install_at < retrieve_at:
        raise Unusable("install_at: it cannot be installed before it is fetched")
    try:
        signer = rules.signer(form.signing_certificate, form.signature, now)
    except rules.Unfit as wrong:
        raise Unusable(f"signing_certificate: {wrong}") from None

    async def note(db: AsyncConnection) -> int:
        what = (without_password(form.location), rules.subject(signer), retrieve_at, form.install_at)
        return await signed_updates.add(db, point.id, *what, now)

    update_id = await of.writer.write(note)
    firmware = v16.Firmware(form.location, retrieve_at, rules.pem(signer), form.signature, form.install_at)
    status = "NotAsked"
    try:
        how_often = (form.retries, form.retry_interval_s)
        status = await signed_update_firmware(of.bus, identity, update_id, firmware, *how_often)
    except CommandFailed as failure:
        status = "NotAsked" if isinstance(failure, Offline) else "NoAnswer"
        raise
    finally:
        await of.writer.write(lambda db: signed_updates.answered(db, update_id, status, of.clock()))
    return SignedUpdateAnswer(update_id, status)


@router.get("/signed-updates")
async def updates(identity: Named, db: Db, managed: Managed) -> Sequence[SignedUpdate]:
    """Signed firmware that it was told to fetch, newest first, and how far it came."""
    point = await own(db, managed, identity)
    return await signed_updates.of_charge_point(db, point.id)


async def _own(of: Wired, managed: Sites, identity: str) -> ChargePoint:
    """As `own`; nothing is held while the charge point thinks."""
    async with of.database.ask() as db:
        return await own(db, managed, identity)


async def _direct(of: Wired, managed: Sites, identity: str) -> ChargePoint:
    """Conflict for one behind a controller: what it is let in by there is the controller's matter."""
    async with of.database.ask() as db:
        point = await own(db, managed, identity)
        found = await credentials.find(db, identity)
        asker = await certificates.asker(db, point.id)
    if asker.via == "site" or found is None or found.own_key_hash is None:
        raise Conflict(f"{identity} is behind a controller, which alone knows its key and how it is connected")
    return point
