-- What must hold in the tables of Staffroom whatever happened to them, in plain SQL. Each clause selects the rows that
-- break it, and shares nothing with the store: not a statement, not a function, not an index.

-- clause: one_user_for_each_email
SELECT email_key, count(*) FROM users GROUP BY network_id, email_key HAVING count(*) > 1

-- clause: one_user_for_each_staff_member
SELECT hex(staff_id), count(*) FROM staff_links GROUP BY network_id, staff_id HAVING count(*) > 1

-- clause: one_staff_member_for_each_user
SELECT hex(user_id), count(*) FROM staff_links WHERE user_id IS NOT NULL
GROUP BY network_id, user_id HAVING count(*) > 1

-- clause: one_user_for_each_id
SELECT hex(user_id), count(*) FROM users GROUP BY network_id, user_id HAVING count(*) > 1

-- clause: a_link_is_to_a_user
SELECT hex(l.staff_id) FROM staff_links l
WHERE l.user_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM users u WHERE u.user_id = l.user_id)

-- clause: a_link_stays_in_its_network
SELECT hex(l.staff_id) FROM staff_links l
WHERE EXISTS (SELECT 1 FROM users u WHERE u.user_id = l.user_id)
AND NOT EXISTS (SELECT 1 FROM users u WHERE u.network_id = l.network_id AND u.user_id = l.user_id)

-- clause: a_link_is_of_a_staff_member
SELECT hex(l.staff_id) FROM staff_links l
WHERE NOT EXISTS (SELECT 1 FROM staff_members s WHERE s.network_id = l.network_id AND s.staff_id = l.staff_id)

-- clause: a_staff_member_has_a_place_for_a_link
SELECT hex(s.staff_id) FROM staff_members s
WHERE NOT EXISTS (SELECT 1 FROM staff_links l WHERE l.network_id = s.network_id AND l.staff_id = s.staff_id)

-- clause: a_link_says_what_its_staff_member_says
SELECT hex(l.staff_id) FROM staff_links l
JOIN staff_members s ON s.network_id = l.network_id AND s.staff_id = l.staff_id
WHERE (l.family_key, l.given_key, l.open) <> (s.family_key, s.given_key, s.active AND s.email_key IS NOT NULL)

-- clause: a_staff_member_is_found_in_their_schools
SELECT hex(s.staff_id) FROM staff_members s
WHERE length(s.school_ids) <> 16 * (SELECT count(*) FROM staff_schools f
                                    WHERE f.network_id = s.network_id AND f.staff_id = s.staff_id)
OR EXISTS (SELECT 1 FROM staff_schools f WHERE f.network_id = s.network_id AND f.staff_id = s.staff_id
           AND instr(s.school_ids, f.school_id) % 16 <> 1)

-- clause: a_school_finds_staff_members
SELECT hex(f.staff_id) FROM staff_schools f
WHERE NOT EXISTS (SELECT 1 FROM staff_members s WHERE s.network_id = f.network_id AND s.staff_id = f.staff_id)

-- clause: access_is_of_a_user
SELECT hex(a.user_id) FROM user_schools a WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.user_id = a.user_id)

-- clause: access_stays_in_its_network
SELECT hex(a.user_id) FROM user_schools a
WHERE EXISTS (SELECT 1 FROM users u WHERE u.user_id = a.user_id)
AND NOT EXISTS (SELECT 1 FROM users u WHERE u.network_id = a.network_id AND u.user_id = a.user_id)

-- clause: access_is_to_a_school
SELECT hex(a.user_id) FROM user_schools a
WHERE NOT EXISTS (SELECT 1 FROM schools s WHERE s.network_id = a.network_id AND s.school_id = a.school_id)

-- clause: membership_is_of_a_user
SELECT hex(m.user_id) FROM user_groups m WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.user_id = m.user_id)

-- clause: membership_stays_in_its_network
SELECT hex(m.user_id) FROM user_groups m
WHERE EXISTS (SELECT 1 FROM users u WHERE u.user_id = m.user_id)
AND NOT EXISTS (SELECT 1 FROM users u WHERE u.network_id = m.network_id AND u.user_id = m.user_id)

-- clause: membership_is_in_a_group
SELECT hex(m.user_id) FROM user_groups m
WHERE NOT EXISTS (SELECT 1 FROM groups g WHERE g.network_id = m.network_id AND g.group_id = m.group_id)

-- clause: a_password_is_of_a_user
SELECT hex(p.user_id) FROM user_passwords p
WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.network_id = p.network_id AND u.user_id = p.user_id)

-- clause: a_user_has_the_password_that_its_kind_says
SELECT hex(u.user_id), u.password_kind FROM users u
WHERE (u.password_kind IN (2, 3))
   <> EXISTS (SELECT 1 FROM user_passwords p WHERE p.network_id = u.network_id AND p.user_id = u.user_id)

-- clause: a_shared_password_is_there
SELECT hex(u.user_id) FROM users u
WHERE u.shared_password_id IS NOT NULL
AND NOT EXISTS (SELECT 1 FROM shared_passwords s
                WHERE s.network_id = u.network_id AND s.shared_password_id = u.shared_password_id)

-- clause: a_shared_password_is_of_a_batch
SELECT hex(s.shared_password_id) FROM shared_passwords s
WHERE NOT EXISTS (SELECT 1 FROM batches b
                  WHERE b.network_id = s.network_id AND b.shared_password_id = s.shared_password_id)

-- clause: a_shared_password_has_a_user
SELECT hex(s.shared_password_id) FROM shared_passwords s
JOIN batches b ON b.network_id = s.network_id AND b.shared_password_id = s.shared_password_id
WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.network_id = s.network_id
                  AND (u.shared_password_id = s.shared_password_id OR u.batch_id = b.batch_id))

-- clause: a_shared_password_is_revoked_as_the_log_says
SELECT hex(s.shared_password_id) FROM shared_passwords s
JOIN batches b ON b.network_id = s.network_id AND b.shared_password_id = s.shared_password_id
WHERE (s.revoked_at IS NOT NULL) <> EXISTS (
    SELECT 1 FROM audit_records r WHERE r.network_id = b.network_id AND r.batch_id = b.batch_id
    AND r.event ->> 'event' = 'initial-revoked' AND r.event ->> 'shared' = 1 AND r.event ->> 'user' IS NULL)

-- clause: one_session_for_each_token
SELECT hex(token_hash), count(*) FROM sessions GROUP BY network_id, token_hash HAVING count(*) > 1

-- clause: one_session_for_each_id
SELECT hex(session_id), count(*) FROM sessions GROUP BY network_id, session_id HAVING count(*) > 1

-- clause: a_session_is_of_a_user
SELECT hex(s.session_id) FROM sessions s
WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.network_id = s.network_id AND u.user_id = s.user_id)

-- clause: a_session_is_in_a_school
SELECT hex(s.session_id) FROM sessions s
WHERE NOT EXISTS (SELECT 1 FROM schools c WHERE c.network_id = s.network_id AND c.school_id = s.school_id)

-- clause: one_reset_for_each_user
SELECT hex(user_id), count(*) FROM resets GROUP BY network_id, user_id HAVING count(*) > 1

-- clause: one_reset_for_each_token
SELECT hex(token_hash), count(*) FROM resets GROUP BY network_id, token_hash HAVING count(*) > 1

-- clause: a_reset_is_of_a_user
SELECT hex(r.user_id) FROM resets r
WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.network_id = r.network_id AND u.user_id = r.user_id)

-- clause: no_token_is_kept_but_its_digest
SELECT 'session' FROM sessions WHERE length(token_hash) <> 32
UNION ALL SELECT 'reset' FROM resets WHERE length(token_hash) <> 32
UNION ALL SELECT 'failure' FROM failures WHERE length(failure_key) <> 32

-- clause: one_count_for_each_key
SELECT hex(failure_key), count(*) FROM failures GROUP BY network_id, failure_key HAVING count(*) > 1

-- clause: failures_are_counted
SELECT hex(failure_key), count FROM failures WHERE count < 1

-- clause: failures_are_of_a_network
SELECT hex(f.failure_key) FROM failures f WHERE NOT EXISTS (SELECT 1 FROM networks n WHERE n.network_id = f.network_id)

-- clause: one_invitation_for_each_user
SELECT hex(user_id), count(*) FROM invitations GROUP BY network_id, user_id HAVING count(*) > 1

-- clause: an_invitation_is_of_a_user
SELECT hex(i.user_id) FROM invitations i
WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.network_id = i.network_id AND u.user_id = i.user_id)

-- clause: a_user_of_a_batch_has_its_batch
SELECT hex(u.user_id) FROM users u
WHERE u.batch_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM batches b WHERE b.batch_id = u.batch_id)

-- clause: a_user_of_a_batch_is_in_its_network
SELECT hex(u.user_id) FROM users u
WHERE EXISTS (SELECT 1 FROM batches b WHERE b.batch_id = u.batch_id)
AND NOT EXISTS (SELECT 1 FROM batches b WHERE b.network_id = u.network_id AND b.batch_id = u.batch_id)

-- clause: a_user_of_a_batch_is_linked
SELECT hex(u.user_id) FROM users u
WHERE u.batch_id IS NOT NULL
AND NOT EXISTS (SELECT 1 FROM staff_links l WHERE l.network_id = u.network_id AND l.user_id = u.user_id)

-- clause: a_user_of_a_batch_is_as_old_as_it
SELECT hex(u.user_id) FROM users u
JOIN batches b ON b.network_id = u.network_id AND b.batch_id = u.batch_id WHERE u.created_at <> b.at

-- clause: a_user_of_a_batch_may_enter_its_school_only
SELECT hex(u.user_id) FROM users u
JOIN batches b ON b.network_id = u.network_id AND b.batch_id = u.batch_id
WHERE (SELECT group_concat(hex(a.school_id)) FROM user_schools a
       WHERE a.network_id = u.network_id AND a.user_id = u.user_id) IS NOT hex(b.school_id)

-- clause: a_user_of_a_batch_is_in_its_group_only
SELECT hex(u.user_id) FROM users u
JOIN batches b ON b.network_id = u.network_id AND b.batch_id = u.batch_id
WHERE coalesce((SELECT group_concat(hex(m.group_id)) FROM user_groups m
                WHERE m.network_id = u.network_id AND m.user_id = u.user_id), '') <> hex(b.group_id)

-- clause: a_user_of_a_batch_has_its_shared_password
SELECT hex(u.user_id) FROM users u
JOIN batches b ON b.network_id = u.network_id AND b.batch_id = u.batch_id
WHERE u.shared_password_id IS NOT NULL AND u.shared_password_id IS NOT b.shared_password_id

-- clause: a_batch_has_the_users_that_it_counts
SELECT hex(b.batch_id), b.created FROM batches b
WHERE b.created <> (SELECT count(*) FROM users u WHERE u.network_id = b.network_id AND u.batch_id = b.batch_id)
    + (SELECT coalesce(sum(r.event ->> 'removed'), 0) FROM audit_records r
       WHERE r.network_id = b.network_id AND r.batch_id = b.batch_id AND r.event ->> 'event' = 'undo')

-- clause: a_batch_creates_no_more_than_is_requested
SELECT hex(b.batch_id), b.requested, b.created FROM batches b
WHERE b.created < 0 OR b.created > b.requested

-- clause: a_batch_has_its_report
SELECT hex(b.batch_id) FROM batches b
WHERE b.requested > 0
AND NOT EXISTS (SELECT 1 FROM batch_reports p WHERE p.network_id = b.network_id AND p.batch_id = b.batch_id)

-- clause: a_report_has_all_its_parts
SELECT hex(p.batch_id), count(*) FROM batch_reports p GROUP BY p.network_id, p.batch_id
HAVING min(p.part) <> 0 OR max(p.part) <> count(*) - 1 OR min(length(p.rows)) = 0

-- clause: a_report_is_of_a_batch
SELECT hex(p.batch_id), p.part FROM batch_reports p
WHERE NOT EXISTS (SELECT 1 FROM batches b WHERE b.network_id = p.network_id AND b.batch_id = p.batch_id)

-- clause: a_batch_is_logged_once
SELECT hex(b.batch_id) FROM batches b
WHERE 1 <> (SELECT count(*) FROM audit_records r
            WHERE r.network_id = b.network_id AND r.batch_id = b.batch_id AND r.event ->> 'event' = 'bulk-create')

-- clause: the_log_says_what_the_batch_says
SELECT hex(b.batch_id), r.event FROM batches b
JOIN audit_records r ON r.network_id = b.network_id AND r.batch_id = b.batch_id AND r.event ->> 'event' = 'bulk-create'
WHERE (r.event ->> 'requested', r.event ->> 'created', r.event ->> 'refused')
   <> (b.requested, b.created, b.requested - b.created)
   OR (r.at, r.school_id) <> (b.at, b.school_id)
   OR r.actor_user_id IS NOT b.actor_user_id OR r.group_id IS NOT b.group_id

-- clause: the_log_knows_no_other_batches
SELECT hex(r.audit_id) FROM audit_records r
WHERE r.event ->> 'event' IN ('bulk-create', 'undo')
AND NOT EXISTS (SELECT 1 FROM batches b WHERE b.network_id = r.network_id AND b.batch_id = r.batch_id)

-- clause: a_record_of_the_log_without_a_school_is_of_a_person
SELECT hex(r.audit_id) FROM audit_records r WHERE r.school_id IS NULL AND r.actor_user_id IS NULL
