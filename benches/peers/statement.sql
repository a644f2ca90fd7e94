-- The bulk create as one statement: what somebody would write by hand who knows the tables and the rules. It selects the
-- candidates, leaves out those who share an email, and writes users, access, membership and links.
WITH candidates AS MATERIALIZED (
    SELECT s.staff_id, s.email, s.email_key, gen_random_uuid() AS user_id
    FROM staff_links l JOIN staff_members s ON s.network_id = l.network_id AND s.staff_id = l.staff_id
    WHERE l.network_id = $1 AND l.user_id IS NULL AND l.open
      AND NOT EXISTS (SELECT FROM users h WHERE h.network_id = $1 AND h.email_key = s.email_key)
      AND NOT EXISTS (SELECT FROM staff_members o WHERE o.network_id = $1 AND o.email_key = s.email_key
                      AND o.staff_id <> s.staff_id)
), created AS (
    INSERT INTO users (network_id, user_id, email, email_key, enabled, password_kind, batch_id, created_at, revision)
    SELECT $1, user_id, email, email_key, true, 0, $4, now(), 0 FROM candidates
), entered AS (
    INSERT INTO user_schools (network_id, user_id, school_id) SELECT $1, user_id, $2 FROM candidates
), joined AS (
    INSERT INTO user_groups (network_id, user_id, group_id) SELECT $1, user_id, $3 FROM candidates
), linked AS (
    UPDATE staff_links l SET user_id = c.user_id FROM candidates c
    WHERE l.network_id = $1 AND l.staff_id = c.staff_id
)
SELECT count(*) FROM candidates
