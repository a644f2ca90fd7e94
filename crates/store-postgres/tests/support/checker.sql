-- What must hold in the tables of Staffroom whatever happened to them, in plain SQL. Each clause selects the rows that
-- break it, and shares nothing with the store: not a statement, not a function, not an index.

-- clause: one_user_for_each_email
SELECT network_id, email_key, count(*) FROM users GROUP BY network_id, email_key HAVING count(*) > 1

-- clause: one_user_for_each_staff_member
SELECT network_id, staff_id, count(*) FROM staff_links GROUP BY network_id, staff_id HAVING count(*) > 1

-- clause: one_staff_member_for_each_user
SELECT network_id, user_id, count(*) FROM staff_links WHERE user_id IS NOT NULL
GROUP BY network_id, user_id HAVING count(*) > 1

-- clause: one_user_for_each_id
SELECT network_id, user_id, count(*) FROM users GROUP BY network_id, user_id HAVING count(*) > 1

-- clause: a_link_is_to_a_user
SELECT l.* FROM staff_links l
WHERE l.user_id IS NOT NULL AND NOT EXISTS (SELECT FROM users u WHERE u.user_id = l.user_id)

-- clause: a_link_stays_in_its_network
SELECT l.* FROM staff_links l
WHERE EXISTS (SELECT FROM users u WHERE u.user_id = l.user_id)
AND NOT EXISTS (SELECT FROM users u WHERE u.network_id = l.network_id AND u.user_id = l.user_id)

-- clause: a_link_is_of_a_staff_member
SELECT l.* FROM staff_links l
WHERE NOT EXISTS (SELECT FROM staff_members s WHERE s.network_id = l.network_id AND s.staff_id = l.staff_id)

-- clause: a_staff_member_has_a_place_for_a_link
SELECT s.network_id, s.staff_id FROM staff_members s
WHERE NOT EXISTS (SELECT FROM staff_links l WHERE l.network_id = s.network_id AND l.staff_id = s.staff_id)

-- clause: a_link_says_what_its_staff_member_says
SELECT l.* FROM staff_links l JOIN staff_members s ON s.network_id = l.network_id AND s.staff_id = l.staff_id
WHERE (l.family_key, l.given_key, l.open) <> (s.family_key, s.given_key, s.active AND s.email_key IS NOT NULL)

-- clause: a_staff_member_is_found_in_their_schools
SELECT s.network_id, s.staff_id FROM staff_members s
WHERE ARRAY(SELECT DISTINCT id FROM unnest(s.school_ids) AS listed (id) ORDER BY id)
   <> ARRAY(SELECT f.school_id FROM staff_schools f WHERE f.network_id = s.network_id AND f.staff_id = s.staff_id
            ORDER BY f.school_id)

-- clause: a_school_finds_staff_members
SELECT f.* FROM staff_schools f
WHERE NOT EXISTS (SELECT FROM staff_members s WHERE s.network_id = f.network_id AND s.staff_id = f.staff_id)

-- clause: access_is_of_a_user
SELECT a.* FROM user_schools a WHERE NOT EXISTS (SELECT FROM users u WHERE u.user_id = a.user_id)

-- clause: access_stays_in_its_network
SELECT a.* FROM user_schools a
WHERE EXISTS (SELECT FROM users u WHERE u.user_id = a.user_id)
AND NOT EXISTS (SELECT FROM users u WHERE u.network_id = a.network_id AND u.user_id = a.user_id)

-- clause: access_is_to_a_school
SELECT a.* FROM user_schools a
WHERE NOT EXISTS (SELECT FROM schools s WHERE s.network_id = a.network_id AND s.school_id = a.school_id)

-- clause: membership_is_of_a_user
SELECT m.* FROM user_groups m WHERE NOT EXISTS (SELECT FROM users u WHERE u.user_id = m.user_id)

-- clause: membership_stays_in_its_network
SELECT m.* FROM user_groups m
WHERE EXISTS (SELECT FROM users u WHERE u.user_id = m.user_id)
AND NOT EXISTS (SELECT FROM users u WHERE u.network_id = m.network_id AND u.user_id = m.user_id)

-- clause: membership_is_in_a_group
SELECT m.* FROM user_groups m
WHERE NOT EXISTS (SELECT FROM groups g WHERE g.network_id = m.network_id AND g.group_id = m.group_id)

-- clause: a_password_is_of_a_user
SELECT p.network_id, p.user_id FROM user_passwords p
WHERE NOT EXISTS (SELECT FROM users u WHERE u.network_id = p.network_id AND u.user_id = p.user_id)

-- clause: a_user_has_the_password_that_its_kind_says
SELECT u.network_id, u.user_id, u.password_kind FROM users u
WHERE (u.password_kind IN (2, 3))
   <> EXISTS (SELECT FROM user_passwords p WHERE p.network_id = u.network_id AND p.user_id = u.user_id)

-- clause: a_shared_password_is_there
SELECT u.network_id, u.user_id FROM users u
WHERE u.shared_password_id IS NOT NULL
AND NOT EXISTS (SELECT FROM shared_passwords s
                WHERE s.network_id = u.network_id AND s.shared_password_id = u.shared_password_id)

-- clause: a_shared_password_is_of_a_batch
SELECT s.network_id, s.shared_password_id FROM shared_passwords s
WHERE NOT EXISTS (SELECT FROM batches b
                  WHERE b.network_id = s.network_id AND b.shared_password_id = s.shared_password_id)

-- clause: a_shared_password_has_a_user
SELECT s.network_id, s.shared_password_id FROM shared_passwords s
JOIN batches b ON b.network_id = s.network_id AND b.shared_password_id = s.shared_password_id
WHERE NOT EXISTS (SELECT FROM users u WHERE u.network_id = s.network_id
                  AND (u.shared_password_id = s.shared_password_id OR u.batch_id = b.batch_id))

-- clause: a_shared_password_is_revoked_as_the_log_says
SELECT s.network_id, s.shared_password_id FROM shared_passwords s
JOIN batches b ON b.network_id = s.network_id AND b.shared_password_id = s.shared_password_id
WHERE (s.revoked_at IS NOT NULL) <> EXISTS (
    SELECT FROM audit_records r WHERE r.network_id = b.network_id AND r.batch_id = b.batch_id
    AND r.event ->> 'event' = 'initial-revoked' AND r.event ->> 'shared' = 'true' AND r.event ->> 'user' IS NULL)

-- clause: one_session_for_each_token
SELECT network_id, token_hash, count(*) FROM sessions GROUP BY network_id, token_hash HAVING count(*) > 1

-- clause: one_session_for_each_id
SELECT network_id, session_id, count(*) FROM sessions GROUP BY network_id, session_id HAVING count(*) > 1

-- clause: a_session_is_of_a_user
SELECT s.network_id, s.session_id FROM sessions s
WHERE NOT EXISTS (SELECT FROM users u WHERE u.network_id = s.network_id AND u.user_id = s.user_id)

-- clause: a_session_is_in_a_school
SELECT s.network_id, s.session_id FROM sessions s
WHERE NOT EXISTS (SELECT FROM schools c WHERE c.network_id = s.network_id AND c.school_id = s.school_id)

-- clause: one_reset_for_each_user
SELECT network_id, user_id, count(*) FROM resets GROUP BY network_id, user_id HAVING count(*) > 1

-- clause: one_reset_for_each_token
SELECT network_id, token_hash, count(*) FROM resets GROUP BY network_id, token_hash HAVING count(*) > 1

-- clause: a_reset_is_of_a_user
SELECT r.network_id, r.user_id FROM resets r
WHERE NOT EXISTS (SELECT FROM users u WHERE u.network_id = r.network_id AND u.user_id = r.user_id)

-- clause: no_token_is_kept_but_its_digest
SELECT 'session', network_id FROM sessions WHERE length(token_hash) <> 32
UNION ALL SELECT 'reset', network_id FROM resets WHERE length(token_hash) <> 32
UNION ALL SELECT 'failure', network_id FROM failures WHERE length(failure_key) <> 32

-- clause: one_count_for_each_key
SELECT network_id, failure_key, count(*) FROM failures GROUP BY network_id, failure_key HAVING count(*) > 1

-- clause: failures_are_counted
SELECT network_id, count FROM failures WHERE count < 1

-- clause: failures_are_of_a_network
SELECT f.network_id FROM failures f WHERE NOT EXISTS (SELECT FROM networks n WHERE n.network_id = f.network_id)

-- clause: one_invitation_for_each_user
SELECT network_id, user_id, count(*) FROM invitations GROUP BY network_id, user_id HAVING count(*) > 1

-- clause: an_invitation_is_of_a_user
SELECT i.network_id, i.user_id FROM invitations i
WHERE NOT EXISTS (SELECT FROM users u WHERE u.network_id = i.network_id AND u.user_id = i.user_id)

-- clause: a_user_of_a_batch_has_its_batch
SELECT u.network_id, u.user_id, u.batch_id FROM users u
WHERE u.batch_id IS NOT NULL AND NOT EXISTS (SELECT FROM batches b WHERE b.batch_id = u.batch_id)

-- clause: a_user_of_a_batch_is_in_its_network
SELECT u.network_id, u.user_id, u.batch_id FROM users u
WHERE EXISTS (SELECT FROM batches b WHERE b.batch_id = u.batch_id)
AND NOT EXISTS (SELECT FROM batches b WHERE b.network_id = u.network_id AND b.batch_id = u.batch_id)

-- clause: a_user_of_a_batch_is_linked
SELECT u.network_id, u.user_id, u.batch_id FROM users u
WHERE u.batch_id IS NOT NULL
AND NOT EXISTS (SELECT FROM staff_links l WHERE l.network_id = u.network_id AND l.user_id = u.user_id)

-- clause: a_user_of_a_batch_is_as_old_as_it
SELECT u.network_id, u.user_id, u.batch_id FROM users u
JOIN batches b ON b.network_id = u.network_id AND b.batch_id = u.batch_id WHERE u.created_at <> b.at

-- clause: a_user_of_a_batch_may_enter_its_school_only
SELECT u.network_id, u.user_id, u.batch_id FROM users u
JOIN batches b ON b.network_id = u.network_id AND b.batch_id = u.batch_id
WHERE ARRAY(SELECT a.school_id FROM user_schools a WHERE a.network_id = u.network_id AND a.user_id = u.user_id)
   <> ARRAY[b.school_id]

-- clause: a_user_of_a_batch_is_in_its_group_only
SELECT u.network_id, u.user_id, u.batch_id FROM users u
JOIN batches b ON b.network_id = u.network_id AND b.batch_id = u.batch_id
WHERE ARRAY(SELECT m.group_id FROM user_groups m WHERE m.network_id = u.network_id AND m.user_id = u.user_id)
   <> array_remove(ARRAY[b.group_id], NULL)

-- clause: a_user_of_a_batch_has_its_shared_password
SELECT u.network_id, u.user_id, u.batch_id FROM users u
JOIN batches b ON b.network_id = u.network_id AND b.batch_id = u.batch_id
WHERE u.shared_password_id IS NOT NULL AND u.shared_password_id IS DISTINCT FROM b.shared_password_id

-- clause: a_batch_has_the_users_that_it_counts
SELECT b.network_id, b.batch_id, b.created FROM batches b
WHERE b.created <> (SELECT count(*) FROM users u WHERE u.network_id = b.network_id AND u.batch_id = b.batch_id)
    + (SELECT coalesce(sum((r.event ->> 'removed')::bigint), 0) FROM audit_records r
       WHERE r.network_id = b.network_id AND r.batch_id = b.batch_id AND r.event ->> 'event' = 'undo')

-- clause: a_batch_creates_no_more_than_is_requested
SELECT b.network_id, b.batch_id, b.requested, b.created FROM batches b
WHERE b.created < 0 OR b.created > b.requested

-- clause: a_batch_has_its_report
SELECT b.network_id, b.batch_id FROM batches b
WHERE b.requested > 0
AND NOT EXISTS (SELECT FROM batch_reports p WHERE p.network_id = b.network_id AND p.batch_id = b.batch_id)

-- clause: a_report_has_all_its_parts
SELECT p.network_id, p.batch_id, count(*) FROM batch_reports p GROUP BY p.network_id, p.batch_id
HAVING min(p.part) <> 0 OR max(p.part) <> count(*) - 1 OR bool_or(length(p.rows) = 0)

-- clause: a_report_is_of_a_batch
SELECT p.network_id, p.batch_id, p.part FROM batch_reports p
WHERE NOT EXISTS (SELECT FROM batches b WHERE b.network_id = p.network_id AND b.batch_id = p.batch_id)

-- clause: a_batch_is_logged_once
SELECT b.network_id, b.batch_id FROM batches b
WHERE 1 <> (SELECT count(*) FROM audit_records r
            WHERE r.network_id = b.network_id AND r.batch_id = b.batch_id AND r.event ->> 'event' = 'bulk-create')

-- clause: the_log_says_what_the_batch_says
SELECT b.network_id, b.batch_id, r.event FROM batches b
JOIN audit_records r ON r.network_id = b.network_id AND r.batch_id = b.batch_id AND r.event ->> 'event' = 'bulk-create'
WHERE ((r.event ->> 'requested')::bigint, (r.event ->> 'created')::bigint, (r.event ->> 'refused')::bigint)
   <> (b.requested, b.created, b.requested - b.created)
   OR (r.at, r.school_id) <> (b.at, b.school_id)
   OR r.actor_user_id IS DISTINCT FROM b.actor_user_id OR r.group_id IS DISTINCT FROM b.group_id

-- clause: the_log_knows_no_other_batches
SELECT r.network_id, r.audit_id, r.batch_id FROM audit_records r
WHERE r.event ->> 'event' IN ('bulk-create', 'undo')
AND NOT EXISTS (SELECT FROM batches b WHERE b.network_id = r.network_id AND b.batch_id = r.batch_id)

-- clause: a_record_of_the_log_without_a_school_is_of_a_person
SELECT r.network_id, r.audit_id FROM audit_records r WHERE r.school_id IS NULL AND r.actor_user_id IS NULL
