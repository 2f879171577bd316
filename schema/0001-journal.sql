-- The truth of one post: journals and their leaves, facts, openings, heads, alarms; and the
-- projections above them (subtree, case_row, facts of the other side), which can be rebuilt.
-- Numbered files are only ever added to, never edited once a release carries them.

CREATE TABLE setting (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE journal (
    id     INTEGER PRIMARY KEY,
    origin TEXT NOT NULL UNIQUE,
    party  TEXT NOT NULL UNIQUE,
    own    INTEGER NOT NULL CHECK (own IN (0, 1)),
    sorted INTEGER NOT NULL DEFAULT 0 -- facts below this idx are sorted into case_fact
) STRICT;

-- One row a leaf; the leaf itself is 0x01 0x00 and the commitment.
CREATE TABLE leaf (
    journal    INTEGER NOT NULL REFERENCES journal (id),
    idx        INTEGER NOT NULL CHECK (idx >= 0),
    commitment BLOB NOT NULL CHECK (length(commitment) = 32),
    PRIMARY KEY (journal, idx)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER leaf_stays BEFORE UPDATE ON leaf
BEGIN SELECT RAISE(ABORT, 'a leaf never changes'); END;
CREATE TRIGGER leaf_remains BEFORE DELETE ON leaf
BEGIN SELECT RAISE(ABORT, 'a leaf is never removed'); END;

-- Projection: roots of complete subtrees of 256^level leaves, level 1 and up.
CREATE TABLE subtree (
    journal INTEGER NOT NULL,
    level   INTEGER NOT NULL CHECK (level BETWEEN 1 AND 7),
    idx     INTEGER NOT NULL,
    root    BLOB NOT NULL CHECK (length(root) = 32),
    PRIMARY KEY (journal, level, idx)
) STRICT, WITHOUT ROWID;

CREATE TABLE head (
    journal  INTEGER NOT NULL REFERENCES journal (id),
    size     INTEGER NOT NULL,
    note     TEXT NOT NULL,
    cosigned INTEGER NOT NULL CHECK (cosigned IN (0, 1)),
    PRIMARY KEY (journal, size)
) STRICT, WITHOUT ROWID;
CREATE INDEX head_cosigned ON head (journal, size) WHERE cosigned = 1;

CREATE TABLE alarm (
    id       INTEGER PRIMARY KEY,
    party    TEXT NOT NULL,
    what     TEXT NOT NULL CHECK (what IN ('fork', 'signature', 'proof', 'restore')),
    at       INTEGER NOT NULL,
    text     TEXT NOT NULL,
    evidence BLOB NOT NULL,
    digest   BLOB NOT NULL CHECK (length(digest) = 32),
    UNIQUE (party, what, digest)
) STRICT;

CREATE TRIGGER alarm_stays BEFORE UPDATE ON alarm
BEGIN SELECT RAISE(ABORT, 'an alarm never changes'); END;
CREATE TRIGGER alarm_remains BEFORE DELETE ON alarm
BEGIN SELECT RAISE(ABORT, 'an alarm is never removed'); END;

-- Own facts are truth; facts of the other side are merged from their openings.
-- id is journal and idx in one number, so that a fact costs one tree fewer.
CREATE TABLE fact (
    id          INTEGER PRIMARY KEY CHECK (id = (journal << 40) | idx),
    journal     INTEGER NOT NULL REFERENCES journal (id),
    idx         INTEGER NOT NULL CHECK (idx >= 0),
    kind        TEXT NOT NULL,
    case_number TEXT NOT NULL,
    officer     TEXT NOT NULL,
    at          INTEGER NOT NULL,
    opening     INTEGER NOT NULL,
    neighbour   INTEGER NOT NULL,
    refused     INTEGER NOT NULL CHECK (refused IN (0, 1)),
    body        BLOB NOT NULL CHECK (length(body) = 32),
    record      BLOB NOT NULL
) STRICT;
CREATE INDEX fact_kind ON fact (journal, kind);
-- Journal 1 is the own one; its bodies are new by construction, and no index has to be as random as they are.
CREATE INDEX fact_body ON fact (journal, body) WHERE journal <> 1;

-- Which facts a case has. Sorting each fact in at once would write one page a case and commit, most of
-- them for a few bytes; so up to 512 wait at the end of their journal, where they are looked through.
-- Who saves a fact sorts in (store/sqlite/fact.c): a trigger for it costs as much as the fact itself.
CREATE TABLE case_fact (
    case_number TEXT NOT NULL,
    id          INTEGER NOT NULL,
    PRIMARY KEY (case_number, id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER fact_moves AFTER UPDATE OF case_number ON fact WHEN new.case_number <> old.case_number
BEGIN
    DELETE FROM case_fact WHERE case_number = old.case_number AND id = old.id;
    INSERT OR IGNORE INTO case_fact
    SELECT new.case_number, new.id WHERE new.case_number <> '';
END;
CREATE TRIGGER fact_goes AFTER DELETE ON fact
BEGIN DELETE FROM case_fact WHERE case_number = old.case_number AND id = old.id; END;

CREATE TRIGGER fact_remains BEFORE DELETE ON fact
WHEN (SELECT own FROM journal WHERE id = old.journal)
BEGIN SELECT RAISE(ABORT, 'an own fact is never removed'); END;

-- id is journal, neighbour and number in one.
CREATE TABLE opening (
    id        INTEGER PRIMARY KEY CHECK (id = (journal << 52) | (neighbour << 44) | number),
    journal   INTEGER NOT NULL REFERENCES journal (id),
    neighbour INTEGER NOT NULL,
    number    INTEGER NOT NULL CHECK (number > 0),
    idx       INTEGER NOT NULL,
    handle    BLOB NOT NULL CHECK (length(handle) IN (0, 16)),
    kind      TEXT NOT NULL,
    at        INTEGER NOT NULL,
    record    BLOB -- NULL: byte for byte the record of the own fact, which is not kept twice
) STRICT;
CREATE INDEX opening_fact ON opening (journal, neighbour, idx);

-- Projection: what lists of cases show. An alias has another primary number than its own.
CREATE TABLE case_row (
    number         TEXT NOT NULL PRIMARY KEY,
    primary_number TEXT NOT NULL,
    type           TEXT NOT NULL,
    section        TEXT NOT NULL,
    counterpart    TEXT NOT NULL,
    opened         INTEGER NOT NULL,
    changed        INTEGER NOT NULL,
    facts_own      INTEGER NOT NULL,
    facts_theirs   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX case_primary ON case_row (primary_number) WHERE number <> primary_number;
