-- Why: the network is the tenant, and its schools and groups are what users are given access to.
--
-- Here and in every file after it: `network_id` leads every key and every index, so that a network's rows live
-- together and the schema can be spread over machines by network. Ids come from Staffroom; there are no sequences.
-- Texts that are compared or ordered are compared as bytes (`COLLATE "C"`), in forms that Staffroom computes.

CREATE TABLE networks (
    network_id uuid NOT NULL,
    name       text NOT NULL,
    PRIMARY KEY (network_id)
);

CREATE TABLE schools (
    network_id uuid NOT NULL REFERENCES networks,
    school_id  uuid NOT NULL,
    sis_id     text COLLATE "C" NOT NULL,
    name       text NOT NULL,
    PRIMARY KEY (network_id, school_id),
    UNIQUE (network_id, sis_id)
);

CREATE TABLE groups (
    network_id  uuid NOT NULL REFERENCES networks,
    group_id    uuid NOT NULL,
    name        text NOT NULL,
    -- The folded name, in UTF-8. A hundred characters can fold to more bytes than an index has room for: hence the
    -- digest in the index.
    name_key    bytea NOT NULL,
    permissions text[] NOT NULL,
    active      boolean NOT NULL,
    PRIMARY KEY (network_id, group_id)
);

-- Two groups of a network never have the same folded name.
CREATE UNIQUE INDEX groups_by_name ON groups (network_id, sha256(name_key));
