//! The checker of the tables is silent about what the library writes, and each of its clauses can speak.

#![allow(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

mod support;

use std::collections::BTreeSet;
use std::sync::Arc;

use sqlx::raw_sql;
use staffroom_core::store::Store;
use staffroom_testkit::fixture::{self, NETWORK, OTHER_NETWORK, staff_id};
use support::checker::{Checker, clauses};
use support::everything::{FREE, write_everything};
use support::{fresh_store, run};

/// For each clause, what breaks it and nothing else, with the keys and triggers of the tables out of the way. Batch A is
/// whole and has a group, B has a shared password, C generated ones, D is undone but for one user; the shared password of E
/// is revoked, and F, which had one, is undone.
const FAULTS: &[(&str, &str)] = &[
    (
        "one_user_for_each_email",
        "ALTER TABLE users DROP CONSTRAINT users_network_id_email_key_key; \
         INSERT INTO users SELECT network_id, gen_random_uuid(), email, email_key, true, 0, NULL, NULL, NULL, created_at, \
         NULL, 1 FROM users WHERE batch_id IS NOT NULL LIMIT 1",
    ),
    (
        "one_user_for_each_staff_member",
        "ALTER TABLE staff_links DROP CONSTRAINT staff_links_pkey; \
         INSERT INTO users SELECT network_id, gen_random_uuid(), 'x@x.example', 'x@x.example', true, 0, NULL, NULL, NULL, \
         created_at, NULL, 1 FROM users WHERE batch_id IS NOT NULL LIMIT 1; \
         INSERT INTO staff_links SELECT l.network_id, l.staff_id, l.family_key, l.given_key, l.open, u.user_id \
         FROM staff_links l JOIN users u ON u.email = 'x@x.example' WHERE l.user_id IS NOT NULL LIMIT 1",
    ),
    (
        "one_staff_member_for_each_user",
        "DROP INDEX staff_links_by_user; UPDATE staff_links SET user_id = \
         (SELECT user_id FROM staff_links WHERE user_id IS NOT NULL AND network_id = '{NETWORK}' LIMIT 1) \
         WHERE staff_id = '{FREE}' AND network_id = '{NETWORK}'",
    ),
    (
        "one_user_for_each_id",
        "ALTER TABLE users DROP CONSTRAINT users_pkey CASCADE; \
         INSERT INTO users SELECT network_id, user_id, 'x@x.example', 'x@x.example', true, 0, NULL, NULL, NULL, \
         created_at, NULL, 1 FROM users WHERE batch_id IS NULL AND network_id = '{NETWORK}' LIMIT 1",
    ),
    (
        "a_link_is_to_a_user",
        "UPDATE staff_links SET user_id = gen_random_uuid() WHERE staff_id = '{FREE}' AND network_id = '{NETWORK}'",
    ),
    (
        "a_link_stays_in_its_network",
        "UPDATE staff_links SET user_id = (SELECT user_id FROM users WHERE email = 'only@other.example') \
         WHERE staff_id = '{FREE}' AND network_id = '{NETWORK}'",
    ),
    (
        "a_link_is_of_a_staff_member",
        "INSERT INTO staff_links VALUES ('{NETWORK}', gen_random_uuid(), 'a', 'b', true, NULL)",
    ),
    (
        "a_staff_member_has_a_place_for_a_link",
        "DELETE FROM staff_links WHERE staff_id = '{FREE}' AND network_id = '{NETWORK}'",
    ),
    (
        "a_link_says_what_its_staff_member_says",
        "UPDATE staff_links SET open = NOT open WHERE staff_id = '{FREE}' AND network_id = '{NETWORK}'",
    ),
    (
        "a_staff_member_is_found_in_their_schools",
        "DELETE FROM staff_schools WHERE staff_id = '{FREE}' AND network_id = '{NETWORK}'",
    ),
    (
        "a_school_finds_staff_members",
        "INSERT INTO staff_schools SELECT network_id, school_id, gen_random_uuid() FROM schools LIMIT 1",
    ),
    (
        "access_is_of_a_user",
        "INSERT INTO user_schools SELECT network_id, gen_random_uuid(), school_id FROM schools LIMIT 1",
    ),
    (
        "access_stays_in_its_network",
        "INSERT INTO user_schools SELECT s.network_id, u.user_id, s.school_id FROM users u, schools s \
         WHERE u.email = 'only@other.example' AND s.network_id = '{NETWORK}' LIMIT 1",
    ),
    (
        "access_is_to_a_school",
        "INSERT INTO user_schools SELECT network_id, user_id, gen_random_uuid() FROM users WHERE batch_id IS NULL LIMIT 1",
    ),
    (
        "membership_is_of_a_user",
        "INSERT INTO user_groups SELECT network_id, gen_random_uuid(), group_id FROM groups LIMIT 1",
    ),
    (
        "membership_stays_in_its_network",
        "INSERT INTO user_groups SELECT g.network_id, u.user_id, g.group_id FROM users u, groups g \
         WHERE u.email = 'only@other.example' AND g.network_id = '{NETWORK}' LIMIT 1",
    ),
    (
        "membership_is_in_a_group",
        "INSERT INTO user_groups SELECT network_id, user_id, gen_random_uuid() FROM users WHERE batch_id IS NULL LIMIT 1",
    ),
    ("a_password_is_of_a_user", "INSERT INTO user_passwords VALUES ('{NETWORK}', gen_random_uuid(), 'x')"),
    ("a_user_has_the_password_that_its_kind_says", "DELETE FROM user_passwords"),
    ("a_shared_password_is_there", "DELETE FROM shared_passwords"),
    (
        "a_shared_password_is_of_a_batch",
        "INSERT INTO shared_passwords VALUES ('{NETWORK}', gen_random_uuid(), 'x', now(), NULL)",
    ),
    (
        "a_shared_password_has_a_user",
        "INSERT INTO shared_passwords SELECT network_id, shared_password_id, 'x', now(), NULL FROM batches b \
         WHERE shared_password_id IS NOT NULL AND NOT EXISTS (SELECT FROM users u WHERE u.batch_id = b.batch_id)",
    ),
    (
        "a_shared_password_is_revoked_as_the_log_says",
        "UPDATE shared_passwords SET revoked_at = NULL WHERE revoked_at IS NOT NULL",
    ),
    (
        "one_session_for_each_token",
        "ALTER TABLE sessions DROP CONSTRAINT sessions_network_id_token_hash_key; \
         INSERT INTO sessions SELECT network_id, gen_random_uuid(), user_id, school_id, token_hash, opened_at, \
         expires_at FROM sessions LIMIT 1",
    ),
    (
        "one_session_for_each_id",
        "ALTER TABLE sessions DROP CONSTRAINT sessions_pkey; \
         INSERT INTO sessions SELECT network_id, session_id, user_id, school_id, sha256('x'), opened_at, expires_at \
         FROM sessions LIMIT 1",
    ),
    ("a_session_is_of_a_user", "UPDATE sessions SET user_id = gen_random_uuid()"),
    ("a_session_is_in_a_school", "UPDATE sessions SET school_id = gen_random_uuid()"),
    (
        "one_reset_for_each_user",
        "ALTER TABLE resets DROP CONSTRAINT resets_pkey; \
         INSERT INTO resets SELECT network_id, user_id, sha256('x'), origin, issued_at, expires_at FROM resets LIMIT 1",
    ),
    (
        "one_reset_for_each_token",
        "ALTER TABLE resets DROP CONSTRAINT resets_network_id_token_hash_key; \
         INSERT INTO resets SELECT network_id, '{ADMIN}', token_hash, origin, issued_at, expires_at FROM resets \
         WHERE network_id = '{NETWORK}'",
    ),
    ("a_reset_is_of_a_user", "UPDATE resets SET user_id = gen_random_uuid()"),
    (
        "no_token_is_kept_but_its_digest",
        "ALTER TABLE resets DROP CONSTRAINT resets_token_hash_check; UPDATE resets SET token_hash = 'in clear'",
    ),
    (
        "one_count_for_each_key",
        "ALTER TABLE failures DROP CONSTRAINT failures_pkey; INSERT INTO failures SELECT * FROM failures LIMIT 1",
    ),
    ("failures_are_counted", "UPDATE failures SET count = 0"),
    ("failures_are_of_a_network", "UPDATE failures SET network_id = gen_random_uuid()"),
    (
        "one_invitation_for_each_user",
        "ALTER TABLE invitations DROP CONSTRAINT invitations_pkey; \
         INSERT INTO invitations SELECT * FROM invitations LIMIT 1",
    ),
    ("an_invitation_is_of_a_user", "UPDATE invitations SET user_id = gen_random_uuid()"),
    (
        "a_user_of_a_batch_has_its_batch",
        "UPDATE users SET batch_id = gen_random_uuid() WHERE user_id = '{ADMIN}' AND network_id = '{NETWORK}'; \
         UPDATE staff_links SET user_id = '{ADMIN}' WHERE staff_id = '{FREE}' AND network_id = '{NETWORK}'",
    ),
    (
        "a_user_of_a_batch_is_in_its_network",
        "UPDATE users SET batch_id = (SELECT batch_id FROM batches WHERE network_id = '{NETWORK}' LIMIT 1) \
         WHERE email = 'only@other.example'; \
         UPDATE staff_links SET user_id = (SELECT user_id FROM users WHERE email = 'only@other.example') \
         WHERE staff_id = '{FREE}' AND network_id = '{OTHER}'",
    ),
    (
        "a_user_of_a_batch_is_linked",
        "UPDATE staff_links SET user_id = NULL WHERE user_id = (SELECT user_id FROM users WHERE batch_id IS NOT NULL LIMIT 1)",
    ),
    (
        "a_user_of_a_batch_is_as_old_as_it",
        "UPDATE users SET created_at = created_at + interval '1 microsecond' WHERE batch_id IS NOT NULL",
    ),
    (
        "a_user_of_a_batch_may_enter_its_school_only",
        "DELETE FROM user_schools WHERE user_id IN (SELECT user_id FROM users WHERE batch_id IS NOT NULL)",
    ),
    (
        "a_user_of_a_batch_is_in_its_group_only",
        "DELETE FROM user_groups WHERE user_id IN (SELECT user_id FROM users WHERE batch_id IS NOT NULL)",
    ),
    (
        "a_user_of_a_batch_has_its_shared_password",
        "UPDATE users SET shared_password_id = (SELECT shared_password_id FROM shared_passwords WHERE revoked_at IS NOT NULL) \
         WHERE shared_password_id IS NOT NULL",
    ),
    (
        "a_batch_has_the_users_that_it_counts",
        "UPDATE audit_records SET event = jsonb_set(event, '{removed}', '0') WHERE event ->> 'event' = 'undo'",
    ),
    (
        "a_batch_creates_no_more_than_is_requested",
        "UPDATE batches SET requested = 0 WHERE batch_id = (SELECT batch_id FROM batches LIMIT 1); \
         UPDATE audit_records r SET event = event || jsonb_build_object('requested', 0, 'refused', -b.created) \
         FROM batches b WHERE b.requested = 0 AND b.batch_id = r.batch_id AND r.event ->> 'event' = 'bulk-create'",
    ),
    (
        "a_batch_has_its_report",
        "DELETE FROM batch_reports WHERE batch_id = (SELECT batch_id FROM batches LIMIT 1)",
    ),
    (
        "a_report_has_all_its_parts",
        "UPDATE batch_reports SET part = 1 WHERE batch_id = (SELECT batch_id FROM batches LIMIT 1)",
    ),
    ("a_report_is_of_a_batch", "INSERT INTO batch_reports VALUES ('{NETWORK}', gen_random_uuid(), 0, 'x')"),
    ("a_batch_is_logged_once", "DELETE FROM audit_records WHERE event ->> 'event' = 'bulk-create'"),
    (
        "the_log_says_what_the_batch_says",
        "UPDATE audit_records SET event = jsonb_set(event, '{refused}', '7') WHERE event ->> 'event' = 'bulk-create'",
    ),
    (
        "the_log_knows_no_other_batches",
        "UPDATE audit_records SET batch_id = gen_random_uuid(), event = jsonb_set(event, '{removed}', '0') \
         WHERE audit_id = (SELECT audit_id FROM audit_records WHERE event ->> 'event' = 'undo' AND \
         (event ->> 'removed')::int = 0)",
    ),
    (
        "a_record_of_the_log_without_a_school_is_of_a_person",
        "UPDATE audit_records SET school_id = NULL, actor_user_id = NULL \
         WHERE event ->> 'event' = 'initial-revoked'",
    ),
];

#[test]
fn the_checker_is_silent_about_what_the_library_writes() {
    run(async {
        let (store, database) = fresh_store().await;
        let store: Arc<dyn Store> = store;
        write_everything(&store).await;
        Checker::connect(&database.options()).await.find_nothing().await;
    });
}

#[test]
fn every_clause_of_the_checker_speaks_of_its_own_fault_and_of_no_other() {
    run(async {
        let (store, database) = fresh_store().await;
        let store: Arc<dyn Store> = store;
        write_everything(&store).await;
        let mut checker = Checker::connect(&database.options()).await;
        for (clause, fault) in FAULTS {
            let fault = fault
                .replace("{NETWORK}", &NETWORK.to_string())
                .replace("{OTHER}", &OTHER_NETWORK.to_string())
                .replace("{FREE}", &staff_id(FREE).to_string())
                .replace("{ADMIN}", &fixture::ADMIN.to_string());
            let planting = format!("BEGIN; SET LOCAL session_replication_role = replica; {fault}");
            raw_sql(sqlx::AssertSqlSafe(planting)).execute(&mut checker.0).await.unwrap();
            let spoke: BTreeSet<String> =
                checker.offences().await.into_iter().map(|offence| offence.clause).collect();
            raw_sql("ROLLBACK").execute(&mut checker.0).await.unwrap();
            assert_eq!(spoke, BTreeSet::from([(*clause).to_owned()]), "after: {fault}");
        }
        checker.find_nothing().await;
    });
}

#[test]
fn every_clause_of_the_checker_has_its_fault() {
    let stated: Vec<&str> = clauses().into_iter().map(|(name, _)| name).collect();
    let shown: Vec<&str> = FAULTS.iter().map(|(clause, _)| *clause).collect();
    assert_eq!(stated, shown);
}
