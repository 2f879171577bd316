-- Paired posts, sealed officer keys, blobs and the queue of a post that may not sign.

CREATE TABLE neighbour (
    id              INTEGER PRIMARY KEY,
    party           TEXT NOT NULL UNIQUE,
    card            TEXT NOT NULL,
    confirmed       INTEGER NOT NULL DEFAULT 0 CHECK (confirmed IN (0, 1)),
    held_leaves     INTEGER NOT NULL DEFAULT 0,
    held_opening    INTEGER NOT NULL DEFAULT 0,
    parcel_out      INTEGER NOT NULL DEFAULT 0,
    parcel_in       INTEGER NOT NULL DEFAULT 0,
    receipt_opening INTEGER NOT NULL DEFAULT 0,
    cosigned_sent   INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE officer_key (
    officer TEXT NOT NULL PRIMARY KEY,
    sealed  BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE blob (
    handle      TEXT NOT NULL PRIMARY KEY CHECK (length(handle) = 32),
    sha256      BLOB NOT NULL CHECK (length(sha256) = 32),
    pieces_root BLOB NOT NULL CHECK (length(pieces_root) = 32),
    size        INTEGER NOT NULL CHECK (size >= 0),
    media_type  TEXT NOT NULL,
    complete    INTEGER NOT NULL CHECK (complete IN (0, 1)),
    neighbour   INTEGER NOT NULL,
    opening     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_opening ON blob (neighbour, opening) WHERE opening > 0;
CREATE INDEX blob_incomplete ON blob (handle) WHERE complete = 0;

-- Pieces of 1 MiB that an arriving blob has so far.
CREATE TABLE piece (
    handle    TEXT NOT NULL REFERENCES blob (handle),
    piece     INTEGER NOT NULL CHECK (piece >= 0),
    leaf_hash BLOB NOT NULL CHECK (length(leaf_hash) = 32),
    PRIMARY KEY (handle, piece)
) STRICT, WITHOUT ROWID;

CREATE TABLE queue (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    officer TEXT NOT NULL,
    at      INTEGER NOT NULL,
    draft   BLOB NOT NULL
) STRICT;
