-- Why: the staff as the SIS has them: what the rules look at, and what lists show.

CREATE TABLE staff_members (
    network_id  BLOB NOT NULL,
    staff_id    BLOB NOT NULL,
    sis_id      TEXT NOT NULL,
    given_name  TEXT NOT NULL,
    family_name TEXT NOT NULL,
    -- The folded names, by which lists are ordered and searched.
    given_key   TEXT NOT NULL,
    family_key  TEXT NOT NULL,
    active      INTEGER NOT NULL CHECK (active IN (0, 1)),
    -- As the record has it; null if it has none.
    email       TEXT,
    -- The canonical form; null if there is no valid address.
    email_key   TEXT,
    -- The ids of the schools, one after the other.
    school_ids  BLOB NOT NULL CHECK (length(school_ids) % 16 = 0),
    -- Whether the record alone allows a user: what lists of candidates may start from.
    open        INTEGER NOT NULL GENERATED ALWAYS AS (active AND email_key IS NOT NULL) STORED,
    PRIMARY KEY (network_id, staff_id),
    UNIQUE (network_id, sis_id)
) STRICT, WITHOUT ROWID;

-- The order of lists; and what `staff_links` refers to, so that its copy of these columns cannot differ.
CREATE UNIQUE INDEX staff_members_in_order ON staff_members (network_id, family_key, given_key, staff_id, open);

-- Who shares an email; and finding people by the start of an email.
CREATE INDEX staff_members_by_email ON staff_members (network_id, email_key, staff_id) WHERE email_key IS NOT NULL;

-- Finding people by the start of a given name.
CREATE INDEX staff_members_by_given_name ON staff_members (network_id, given_key, family_key, staff_id);

-- Who works in a school. `staff_members.school_ids` says it; this is the index over it that finds them by school.
CREATE TABLE staff_schools (
    network_id BLOB NOT NULL,
    school_id  BLOB NOT NULL,
    staff_id   BLOB NOT NULL,
    PRIMARY KEY (network_id, school_id, staff_id)
) STRICT, WITHOUT ROWID;
