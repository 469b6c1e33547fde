"""Sites, charge points and what belongs to them: connectors, lists, files they send and images they install."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from csms.store.tables.base import Id, UtcDateTime, metadata

site = Table(
    "site",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(100), nullable=False),
    Column("slug", String(100), nullable=False, unique=True),  # charge points of the site are named after it
    Column("time_zone", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("emergency_number", String(30)),  # none: the house's; empty: no number is shown
)

site_operator = Table(
    "site_operator",
    metadata,
    Column("user_id", Id, ForeignKey("user.id"), primary_key=True),
    Column("site_id", Id, ForeignKey("site.id"), primary_key=True),
)

# The local controller of a site. Its key also opens the sockets of the site's charge points.
controller = Table(
    "controller",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site_id", Id, ForeignKey("site.id"), nullable=False, unique=True),
    Column("identity", String(48), nullable=False, unique=True),
    Column("serial", String(100), nullable=False),
    Column("name", String(100), nullable=False),
    Column("key_hash", String(200), nullable=False),
    Column("adopted_at", UtcDateTime, nullable=False),
    Column("connection", String(32)),  # names the socket that is its own now; none: not connected
    Column("connected_at", UtcDateTime),
    Column("last_seen_at", UtcDateTime),
    Column("status", String(20)),  # what it says of the whole site: Available, Unavailable, Faulted
    Column("status_at", UtcDateTime),
)

# What the meter at the grid connection shows, as the site's controller tells it of its connector 0.
site_meter_value = Table(
    "site_meter_value",
    metadata,
    Column("site_id", Id, ForeignKey("site.id"), primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, primary_key=True),
    Column("register_wh", BigInteger),
    Column("power_w", BigInteger),  # below 0: it feeds in
    Column("l1_ma", BigInteger),
    Column("l2_ma", BigInteger),
    Column("l3_ma", BigInteger),
    Column("charging_w", BigInteger),  # what its charge points measured together
    Column("offered_ma", BigInteger),  # per phase, what the charge points may draw together
)

adoption_code = Table(
    "adoption_code",
    metadata,
    Column("digest", String(64), primary_key=True),  # SHA-256: the code itself is nowhere
    Column("site_id", Id, ForeignKey("site.id"), nullable=False),
    Column("created_by", Id, ForeignKey("user.id"), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
)

charge_point = Table(
    "charge_point",
    metadata,
    Column("id", Id, primary_key=True),
    Column("identity", String(48), nullable=False, unique=True),
    Column("site_id", Id, ForeignKey("site.id"), nullable=False, index=True),
    Column("name", String(100), nullable=False),
    Column("serial", String(100)),
    Column("key_hash", String(200)),  # none: reachable through its site's controller only
    Column("vendor", String(20)),
    Column("model", String(20)),
    Column("firmware_version", String(50)),
    Column("price_cents_per_kwh", Integer),  # none: the house's default tariff
    Column("status", String(20)),  # what it says of connector 0
    Column("created_at", UtcDateTime, nullable=False),
    Column("booted_at", UtcDateTime),
    Column("last_seen_at", UtcDateTime),
    Column("connected_via", String(10)),  # none: not connected
    Column("connection", String(32)),  # names the socket that is the current one
    Column("last_via", String(10)),  # how it was connected last
    Column("latitude", Float),  # degrees, WGS 84
    Column("longitude", Float),
    Column("description", Text),
    Column("notes", Text),  # for operators only
    Column("dismissed", Boolean, nullable=False, server_default=false()),  # taken away; kept for its history
    CheckConstraint("price_cents_per_kwh >= 0", name="price"),
)

# What a charge point was answered when it booted, and what it must wait for until it is accepted.
registration = Table(
    "registration",
    metadata,
    Column("charge_point_id", Id, ForeignKey("charge_point.id"), primary_key=True, autoincrement=False),
    Column("status", String(10)),  # Accepted, Pending or Rejected; none: it has not booted yet
    Column("answered_at", UtcDateTime),
    Column("held", Boolean, nullable=False),  # an operator keeps it waiting
    Column("settings", Text, nullable=False),  # configuration keys and the values it must have first, as a JSON object
    Column("taken", String(64)),  # names the settings, and the board and firmware, that have been taken
    Column("trouble", String(300)),  # why they have not been
)

evse = Table(
    "evse",
    metadata,
    Column("id", Id, primary_key=True),
    Column("charge_point_id", Id, ForeignKey("charge_point.id"), nullable=False),
    Column("number", Integer, nullable=False),
    UniqueConstraint("charge_point_id", "number"),
)

connector = Table(
    "connector",
    metadata,
    Column("id", Id, primary_key=True),
    Column("charge_point_id", Id, ForeignKey("charge_point.id"), nullable=False),
    Column("evse_id", Id, ForeignKey("evse.id"), nullable=False),
    Column("number", Integer, nullable=False),  # OCPP's connectorId
    Column("code", String(8), nullable=False, unique=True),
    Column("status", String(20)),
    Column("error_code", String(30)),
    Column("info", String(50)),
    Column("status_at", UtcDateTime),
    Column("type", String(20)),  # an id in csms.domain.connector_types
    Column("power_w", Integer),  # the most it gives; none: as its type
    UniqueConstraint("charge_point_id", "number"),
)

# What a charge point's local list holds, as far as it has accepted it.
local_list = Table(
    "local_list",
    metadata,
    Column("charge_point_id", Id, ForeignKey("charge_point.id"), primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("entries", Text, nullable=False),  # idTags and when they expire, as a JSON object
    Column("digest", String(64)),  # of the cards it is in step with; none: it is not
    Column("status", String(20), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# A file that a charge point was asked to send: diagnostics, or a log. The file itself lies in the data folder.
upload = Table(
    "upload",
    metadata,
    Column("id", Id, primary_key=True),
    Column("charge_point_id", Id, ForeignKey("charge_point.id"), nullable=False, index=True),
    Column("kind", String(20), nullable=False),  # Diagnostics, DiagnosticsLog or SecurityLog
    Column("token_digest", String(64), nullable=False, unique=True),  # SHA-256: the token itself is nowhere
    Column("requested_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("status", String(30), nullable=False),  # Requested, then what the charge point says
    Column("file_name", String(255)),
    Column("size_bytes", BigInteger),  # none: nothing has come
    Column("received_at", UtcDateTime),
    sqlite_autoincrement=True,  # GetLog's requestId: never given twice
)

# An image that operators can have charge points install. The file itself lies in the data folder.
firmware_image = Table(
    "firmware_image",
    metadata,
    Column("id", Id, primary_key=True),
    Column("file_name", String(100), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("uploaded_at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,  # names the file
)

# A charge point was told to fetch and install an image (UpdateFirmware), and what it said of that.
firmware_update = Table(
    "firmware_update",
    metadata,
    Column("id", Id, primary_key=True),
    Column("charge_point_id", Id, ForeignKey("charge_point.id"), nullable=False, index=True),
    Column("image_id", Id, ForeignKey("firmware_image.id", ondelete="SET NULL")),  # none: it lies elsewhere
    Column("source", String(600), nullable=False),  # the image's name, or where it lies, without passwords
    Column("token_digest", String(64), unique=True),  # SHA-256 of what opens the image; none: it lies elsewhere
    Column("requested_at", UtcDateTime, nullable=False),
    Column("retrieve_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),  # of the address
    Column("status", String(30), nullable=False),  # Requested, then what the charge point says
    Column("steps", Text, nullable=False),  # what it said and when, as a JSON list of pairs
    sqlite_autoincrement=True,
)

# What people who stand in front of a charge point say is wrong with it.
problem = Table(
    "problem",
    metadata,
    Column("id", Id, primary_key=True),
    Column("charge_point_id", Id, ForeignKey("charge_point.id"), nullable=False, index=True),
    Column("connector_id", Integer),
    Column("kind", String(20), nullable=False),
    Column("text", Text, nullable=False),
    Column("contact", String(254), nullable=False),
    Column("user_id", Id, ForeignKey("user.id")),  # none: somebody who was not logged in
    Column("reported_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("closed_by", Id, ForeignKey("user.id")),
    Column("note", Text),  # of who closed it
    sqlite_autoincrement=True,
)

# What the running hashes of a controller's books are at, as it told when it last compared them with ours.
site_head = Table(
    "site_head",
    metadata,
    Column("charge_point_id", Id, ForeignKey("charge_point.id"), primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("confirmed", String(80), nullable=False),
    Column("delivered", String(80), nullable=False),
)
