"""The tables of the controller's database, their version, and the way to it from older ones.

Moments are integers: milliseconds since 1970, UTC.
"""

from datetime import UTC, datetime

VERSION = 3

# The site's own transaction ids begin at seconds since this day, so that a site set up anew after a loss goes on above
# every id it ever gave out (one transaction a second for ever is more than any site starts).
EPOCH = datetime(2025, 1, 1, tzinfo=UTC)

SPANS = """CREATE TABLE spans (  -- messages whose received_at is not trusted, and by how much it was off
  first_seq INTEGER PRIMARY KEY,
  last_seq  INTEGER,               -- none: the present run, which has not learnt the time yet
  offset_ms INTEGER                -- to be added; none in a span that has ended: nobody knows
) WITHOUT ROWID;
"""

HEADS = """CREATE TABLE heads (  -- of each charge point: how many, and the running hash after the last (chain.py)
  charge_point   TEXT PRIMARY KEY,
  confirmed      INTEGER NOT NULL,
  confirmed_head BLOB NOT NULL,
  delivered      INTEGER NOT NULL DEFAULT 0,
  delivered_head BLOB NOT NULL DEFAULT (zeroblob(16)),
  forgotten      INTEGER NOT NULL DEFAULT 0,   -- the number of the last message that was old enough to go
  forgotten_head BLOB NOT NULL DEFAULT (zeroblob(16)),
  forgotten_delivered_head BLOB NOT NULL DEFAULT (zeroblob(16))
) WITHOUT ROWID;
"""

LOCAL_LIST = """CREATE TABLE local_list (  -- the CSMS's; the setting local_list says which edition counts
  edition    INTEGER NOT NULL,
  id_tag     TEXT NOT NULL,        -- case-folded
  status     TEXT NOT NULL,
  expires_at INTEGER,
  parent     TEXT,
  PRIMARY KEY (edition, id_tag)
) WITHOUT ROWID;
"""

SCHEMA = f"""
CREATE TABLE charge_points (
  identity   TEXT PRIMARY KEY,
  serial     TEXT NOT NULL UNIQUE,
  key_hash   TEXT NOT NULL,
  connectors INTEGER NOT NULL DEFAULT 1,
  adopted_at INTEGER NOT NULL,
  seen_at    INTEGER,
  boot       BLOB,              -- the last BootNotification, as it came
  boot_answer BLOB,             -- what the CSMS answered to it
  name       TEXT,              -- for people, where it has one
  retired_at INTEGER,           -- no longer let in; its books stay
  next_key_hash TEXT            -- of a key that it was told and has not come with yet
);
CREATE TABLE connectors (       -- the last StatusNotification of each, as it came
  charge_point TEXT NOT NULL,
  connector_id INTEGER NOT NULL,
  payload      BLOB NOT NULL,
  received_at  INTEGER NOT NULL,
  PRIMARY KEY (charge_point, connector_id)
) WITHOUT ROWID;
CREATE TABLE transactions (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,   -- ours; never given out twice
  charge_point   TEXT NOT NULL,
  connector_id   INTEGER NOT NULL,
  id_tag         TEXT NOT NULL,
  started_at     INTEGER NOT NULL,
  meter_start_wh INTEGER NOT NULL,
  start_digest   BLOB NOT NULL,    -- names one start, however often it comes
  csms_id        INTEGER,          -- the CSMS's id, written once
  answer         BLOB,             -- what the CSMS answered to the start
  refused_late   INTEGER NOT NULL DEFAULT 0,   -- 1: the charge point must still be told to stop
  stopped_at     INTEGER,
  UNIQUE (charge_point, start_digest)
);
CREATE INDEX transactions_by_csms_id ON transactions (charge_point, csms_id);
CREATE INDEX transactions_running ON transactions (charge_point) WHERE stopped_at IS NULL;
CREATE TABLE messages (         -- transaction messages on their way to the CSMS, in the order they came
  seq            INTEGER PRIMARY KEY AUTOINCREMENT,
  charge_point   TEXT NOT NULL,
  number         INTEGER NOT NULL, -- counts the messages of its charge point, from 1 (chain.py)
  action         TEXT NOT NULL,
  transaction_id INTEGER,          -- ours, when the message names one we gave out
  payload        BLOB NOT NULL,    -- as it came; frozen
  digest         BLOB NOT NULL,
  received_at    INTEGER NOT NULL,
  failures       INTEGER NOT NULL DEFAULT 0,   -- CALLERRORs so far; a dead link is none
  delivered_at   INTEGER,          -- -1: given up, a copy is in quarantine
  confirmed_head BLOB NOT NULL,    -- the running hash after this row
  delivered_head BLOB,             -- and that of what was delivered, once it was
  UNIQUE (charge_point, digest)
);
CREATE INDEX messages_waiting ON messages (charge_point, seq) WHERE delivered_at IS NULL;
CREATE UNIQUE INDEX messages_numbered ON messages (charge_point, number);
CREATE INDEX messages_of_transaction ON messages (transaction_id, seq) WHERE transaction_id IS NOT NULL;
{HEADS}{SPANS}{LOCAL_LIST}
CREATE TABLE quarantine (       -- confirmed, kept as they came, not delivered: for a person to look at
  id             INTEGER PRIMARY KEY,
  charge_point   TEXT NOT NULL,
  action         TEXT NOT NULL,
  payload        BLOB NOT NULL,
  digest         BLOB NOT NULL,
  reason         TEXT NOT NULL,
  received_at    INTEGER NOT NULL,
  UNIQUE (charge_point, digest)
);
CREATE TABLE id_tags (          -- the last verdict on each card seen
  id_tag     TEXT PRIMARY KEY,     -- case-folded
  status     TEXT NOT NULL,
  expires_at INTEGER,
  seen_at    INTEGER NOT NULL,
  parent     TEXT
) WITHOUT ROWID;
CREATE TABLE adoption_codes (
  digest     BLOB PRIMARY KEY,
  expires_at INTEGER NOT NULL,
  used_at    INTEGER
) WITHOUT ROWID;
CREATE TABLE settings (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
"""

# From version 1: the running hashes came, and the marks of times that are not trusted.
TO_2 = (
    "ALTER TABLE messages ADD COLUMN number INTEGER",
    "ALTER TABLE messages ADD COLUMN confirmed_head BLOB",
    "ALTER TABLE messages ADD COLUMN delivered_head BLOB",
    "DROP INDEX messages_delivered",
    HEADS,
    SPANS,
)
AFTER_2 = "CREATE UNIQUE INDEX messages_numbered ON messages (charge_point, number)"

# From version 2: the local list, groups of cards, names and the end of charge points.
TO_3 = (
    LOCAL_LIST,
    "ALTER TABLE id_tags ADD COLUMN parent TEXT",
    "ALTER TABLE charge_points ADD COLUMN name TEXT",
    "ALTER TABLE charge_points ADD COLUMN retired_at INTEGER",
    "ALTER TABLE charge_points ADD COLUMN next_key_hash TEXT",
)


def to_ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def from_ms(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
