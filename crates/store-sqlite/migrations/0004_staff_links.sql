-- Why: which user a staff member is linked to. One narrow row for every staff member, made with the record: it is
-- the only place where the link is written. A bulk create fills these rows in and leaves the wide ones alone; and the
-- index over the rows that are still empty finds the last ten candidates among a million as fast as the first ten.
--
-- The names and `open` are copies, for that index only. The foreign key over all of them carries every change of a
-- record over to its copy, and lets nobody write a copy that differs.

CREATE TABLE staff_links (
    network_id BLOB NOT NULL,
    staff_id   BLOB NOT NULL,
    family_key TEXT NOT NULL,
    given_key  TEXT NOT NULL,
    open       INTEGER NOT NULL,
    user_id    BLOB,
    PRIMARY KEY (network_id, staff_id),
    FOREIGN KEY (network_id, family_key, given_key, staff_id, open)
        REFERENCES staff_members (network_id, family_key, given_key, staff_id, open) ON UPDATE CASCADE,
    FOREIGN KEY (network_id, user_id) REFERENCES users
) STRICT, WITHOUT ROWID;

-- A user is linked to one staff member at most; and finding whom.
CREATE UNIQUE INDEX staff_links_by_user ON staff_links (network_id, user_id) WHERE user_id IS NOT NULL;

-- Lists of candidates, in their order.
CREATE INDEX staff_links_candidates ON staff_links (network_id, family_key, given_key, staff_id)
    WHERE user_id IS NULL AND open = 1;
