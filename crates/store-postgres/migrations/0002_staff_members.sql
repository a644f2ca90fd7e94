-- Why: the staff as the SIS has them: what the rules look at, and what lists show.

CREATE TABLE staff_members (
    network_id  uuid NOT NULL,
    staff_id    uuid NOT NULL,
    sis_id      text COLLATE "C" NOT NULL,
    given_name  text NOT NULL,
    family_name text NOT NULL,
    -- The folded names, by which lists are ordered and searched.
    given_key   text COLLATE "C" NOT NULL,
    family_key  text COLLATE "C" NOT NULL,
    active      boolean NOT NULL,
    -- As the record has it; null if it has none.
    email       text,
    -- The canonical form; null if there is no valid address.
    email_key   text COLLATE "C",
    school_ids  uuid[] NOT NULL,
    -- Whether the record alone allows a user: what lists of candidates may start from.
    open        boolean NOT NULL GENERATED ALWAYS AS (active AND email_key IS NOT NULL) STORED,
    PRIMARY KEY (network_id, staff_id),
    UNIQUE (network_id, sis_id),
    -- The order of lists; and what `staff_links` refers to, so that its copy of these columns cannot differ.
    UNIQUE (network_id, family_key, given_key, staff_id, open)
);

-- Who shares an email; and finding people by the start of an email.
CREATE INDEX staff_members_by_email ON staff_members (network_id, email_key, staff_id) WHERE email_key IS NOT NULL;

-- Finding people by the start of a given name.
CREATE INDEX staff_members_by_given_name ON staff_members (network_id, given_key, family_key, staff_id);

-- Who works in a school. `staff_members.school_ids` says it; this is the index over it that finds them by school.
CREATE TABLE staff_schools (
    network_id uuid NOT NULL,
    school_id  uuid NOT NULL,
    staff_id   uuid NOT NULL,
    PRIMARY KEY (network_id, school_id, staff_id)
);
