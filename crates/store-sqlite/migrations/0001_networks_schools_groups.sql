-- Why: the network is the tenant, and its schools and groups are what users are given access to.
--
-- Here and in every file after it: `network_id` leads every key and every index, so that a network's rows live
-- together. Ids come from Staffroom, and are kept as their sixteen bytes; moments are microseconds since 1970. Texts
-- are compared and ordered as bytes (the collation `BINARY`, which is the default), in forms that Staffroom computes.
-- Tables without a rowid are their own primary key: one tree to write to instead of two.

CREATE TABLE networks (
    network_id BLOB NOT NULL,
    name       TEXT NOT NULL,
    PRIMARY KEY (network_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE schools (
    network_id BLOB NOT NULL REFERENCES networks,
    school_id  BLOB NOT NULL,
    sis_id     TEXT NOT NULL,
    name       TEXT NOT NULL,
    PRIMARY KEY (network_id, school_id),
    UNIQUE (network_id, sis_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE groups (
    network_id  BLOB NOT NULL REFERENCES networks,
    group_id    BLOB NOT NULL,
    name        TEXT NOT NULL,
    -- The folded name: two groups of a network never have the same.
    name_key    TEXT NOT NULL,
    -- A JSON array of codes.
    permissions TEXT NOT NULL,
    active      INTEGER NOT NULL CHECK (active IN (0, 1)),
    PRIMARY KEY (network_id, group_id),
    UNIQUE (network_id, name_key)
) STRICT, WITHOUT ROWID;
