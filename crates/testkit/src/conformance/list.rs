//! The one list of checks, and the tests made from it.

/// Hands the list of checks to another macro: `for_each_check! { (the_macro) arguments }` becomes
/// `the_macro! { (arguments) subject { check check } subject { check } }`.
#[macro_export]
#[doc(hidden)]
macro_rules! for_each_check {
    (($($then:tt)+) $($with:tt)*) => {
        $($then)+! {
            ($($with)*)
            network {
                a_network_that_does_not_exist_is_empty
                a_network_is_read_back
                a_network_is_written_once
                nothing_is_written_before_the_network_exists
                a_unit_of_work_knows_its_network
            }
            schools {
                schools_are_read_back
                schools_are_listed_by_folded_name
                school_ids_and_sis_ids_are_unique
                schools_may_share_a_name
                school_sis_ids_are_compared_as_bytes
                schools_are_updated
            }
            groups {
                groups_are_read_back
                groups_are_listed_by_folded_name
                group_names_are_unique_in_their_folded_form
                groups_are_updated
            }
            staff {
                staff_are_read_back
                every_staff_record_is_visited_once
                staff_ids_and_sis_ids_are_unique
                staff_are_found_by_sis_id
                staff_are_updated
                a_sis_id_that_was_given_up_is_free
                staff_work_only_in_schools_of_the_network
            }
            facts {
                facts_are_answered_in_the_order_of_the_questions
                facts_name_the_linked_user
                facts_name_the_holder_of_the_email
                facts_name_every_sharer_of_the_email
                only_the_first_sharers_are_named
                no_address_is_shared_with_nobody
                facts_follow_the_records
                sharers_come_and_go
            }
            lists {
                the_list_is_in_order
                visits_pages_and_counts_agree
                a_list_never_shows_too_few
                a_list_carries_whole_facts
                a_page_has_as_many_as_asked_for
                a_page_begins_after_a_place
                paging_neither_skips_nor_repeats
                counting_stops_at_the_cap
            }
            users {
                users_are_read_back
                users_are_found_by_any_spelling_of_their_email
                users_of_a_batch_are_found_in_order
                every_user_is_visited_once
                a_taken_user_id_is_an_outcome
                a_taken_email_is_an_outcome
                a_linked_staff_member_is_an_outcome
                spellings_of_one_email_conflict
                emails_that_only_look_alike_do_not_conflict
                users_refer_only_to_what_is_there
            }
            edits {
                an_update_writes_every_field
                an_update_at_another_revision_is_stale
                an_update_of_nobody_is_unknown
                an_update_cannot_take_an_email
                an_update_cannot_take_a_staff_member
                an_update_frees_what_was_given_up
                a_deleted_user_leaves_nothing
                each_deletion_has_its_own_outcome
            }
            passwords {
                each_user_has_its_own_hash
                a_hash_needs_its_user
                a_hash_does_not_edit_its_user
                a_shared_password_is_read_back
                a_shared_password_is_kept_once
                a_shared_password_in_use_stays
                the_hash_of_a_sign_in_is_found_by_email
                the_hash_of_a_sign_in_follows_its_user
                hashes_are_removed
                a_shared_password_is_revoked_once
            }
            sessions {
                sessions_are_read_back
                an_unknown_token_finds_no_session
                sessions_are_in_the_order_of_their_opening
                a_session_needs_its_user_and_school
                a_session_enters_another_school
                a_session_is_ended_once
                the_sessions_of_a_user_are_ended_together
                expired_sessions_are_forgotten
                sessions_go_with_their_user
            }
            resets {
                resets_are_read_back
                the_newest_reset_replaces_the_one_before
                a_reset_needs_its_user
                a_reset_is_taken_once
                a_reset_taken_in_vain_is_still_there
                the_reset_of_a_user_is_removed
                expired_resets_are_forgotten
                resets_go_with_their_user
                one_of_several_takes_a_reset
            }
            failures {
                failures_are_counted
                each_key_counts_for_itself
                failures_are_cleared
                a_failure_is_taken_back
                old_failures_are_forgotten
                failures_at_once_are_all_counted
            }
            invitations {
                an_invitation_is_claimed_once_in_a_while
                an_invitation_asked_for_twice_is_claimed_once
                whoever_is_not_there_is_not_claimed
                an_invitation_is_released
                a_dropped_invitation_was_not_claimed
                invitations_go_with_their_user
                one_of_several_claims_an_invitation
            }
            records {
                a_batch_is_read_back
                a_batch_is_kept_once
                batches_of_any_size_are_read_back
                audit_records_are_read_back
                the_audit_log_is_in_order
                an_audit_record_is_appended_once
            }
            pages {
                each_user_asked_for_is_answered
                users_are_paged_by_canonical_email
                batches_are_paged_from_the_newest
                the_audit_log_is_paged_from_the_newest
            }
            atomicity {
                a_commit_makes_everything_visible
                dropping_leaves_no_trace_of_what_was_added
                dropping_leaves_no_trace_of_what_was_changed
                dropping_leaves_no_network
                what_is_not_committed_is_not_seen
                a_unit_of_work_reads_its_own_writes
                a_unit_of_work_for_reading_cannot_write
                a_unit_of_work_for_reading_cannot_hold
                a_unit_of_work_that_failed_cannot_be_committed
                conflicts_do_not_end_a_unit_of_work
            }
            isolation {
                networks_with_the_same_ids_do_not_conflict
                nothing_of_another_network_is_found
                lists_stop_at_the_network
                another_network_is_not_changed
                facts_stop_at_the_network
                references_stop_at_the_network
                tokens_stop_at_the_network
                operations_stop_at_the_network
                names_stop_at_the_network
                a_twin_is_not_seen
            }
            imports {
                a_network_is_opened_once
                an_import_writes_what_the_roster_says
                a_second_import_changes_nothing
                the_departed_keep_their_users
                a_refused_import_writes_nothing
            }
            commits {
                a_plan_is_carried_out_exactly_once
                an_undone_plan_stays_undone
                a_commit_writes_all_that_belongs_to_a_batch
                everybody_asked_for_has_one_outcome
                shared_addresses_are_not_chosen
                what_changed_since_the_preview_is_decided_again
                all_or_nothing_creates_nobody_if_one_is_refused
                a_candidate_is_the_same_everywhere
            }
            undos {
                an_undo_keeps_whoever_was_touched
                undoing_again_is_harmless
                the_undone_can_be_created_again
                a_list_says_how_many_are_undone
            }
            secrets {
                a_shared_password_is_hashed_once_and_kept_once
                a_shared_password_goes_with_its_last_user
                generated_passwords_go_to_their_users
            }
            authority {
                a_refusal_is_logged_and_nothing_else_is_written
                authority_is_checked_again_at_the_commit
                a_group_beyond_the_actor_is_not_assigned
                an_unusable_group_stops_the_batch
                the_audit_log_counts_and_names_nobody
                the_operator_needs_a_school_of_the_network
            }
            sight {
                a_user_of_another_school_is_as_unknown
                only_shared_schools_are_shown
                lists_of_users_are_filtered_and_paged
            }
            user_edits {
                every_edit_is_made_once_with_its_record
                nobody_edits_a_user_beyond_them
                each_edit_takes_its_own_permission
                nobody_locks_themselves_out
                a_group_is_joined_only_if_it_will_do
                edits_of_one_user_at_once_are_all_made
            }
            resolutions {
                a_taken_email_is_resolved_by_linking
                an_existing_user_is_let_into_the_school
                a_link_takes_the_same_email_and_nobody_else
                a_list_explains_everybody_alike
            }
            batches {
                batches_are_seen_from_their_school
                a_batch_shows_what_became_of_its_users
                a_hand_off_sheet_is_made_again
                an_expired_password_is_no_way_in
            }
            group_edits {
                groups_are_added_and_edited_with_a_record
                nobody_edits_a_group_beyond_them
                nobody_edits_a_group_so_that_they_are_locked_out
                groups_are_listed_with_their_members
            }
            follow_ups {
                everybody_to_follow_up_is_named_once
                an_overview_counts_what_is_seen
                the_log_is_read_from_its_schools
            }
            sign_ins {
                whoever_knows_the_password_gets_a_session
                every_wrong_way_in_is_answered_alike
                a_session_is_as_good_as_its_user
                a_token_moves_and_ends_its_own_session
                failures_make_an_account_wait
                a_wait_ends_when_it_was_told_to
                an_account_is_locked_after_its_limit
                failures_make_a_source_wait
                attempts_at_once_are_each_counted
                a_sign_in_and_a_disable_at_once_agree
                a_hash_of_yesterday_is_made_again
            }
            forgotten {
                a_reset_is_a_first_way_in
                asking_tells_nobody_anything
                only_the_newest_token_works_once
                one_token_at_once_sets_one_password
                a_sign_in_and_a_new_password_at_once_agree
                setting_a_password_ends_sessions_and_tokens
                a_reset_opens_a_locked_account
                a_token_works_for_enabled_users_only
                resets_are_mailed_once_in_a_while
                a_source_asks_for_so_many_resets
                a_password_that_was_set_is_in_the_log
            }
            initial {
                an_initial_password_must_be_changed
                an_expired_initial_password_leads_to_a_reset
                a_shared_password_is_revoked_for_everybody
                initial_passwords_are_revoked_one_by_one
                what_a_user_is_given_revokes_an_initial_password
                an_undo_keeps_whoever_has_been_in
                creating_users_mails_nobody
            }
            acts {
                acts_take_authority_and_sight
                an_administrator_gives_a_password
                an_administrator_sends_a_reset
                sessions_are_seen_and_ended
                a_sweep_forgets_what_is_over
                a_disabled_user_is_signed_out
                whoever_never_signed_in_is_invited_once_a_day
            }
            races {
                two_plans_make_one_user_each
                one_address_at_once_makes_one_user
                one_plan_twice_at_once_happens_once
                eight_administrators_make_one_user_each
                acts_and_commits_at_once_make_one_user_each
                all_or_nothing_holds_in_a_race
                a_commit_and_an_import_at_once_agree
                two_edits_at_once_leave_one_stale
                two_users_for_one_email_at_once_leave_one
                two_undos_at_once_remove_each_user_once
                a_sign_in_and_an_undo_at_once_agree
                a_network_opened_twice_at_once_is_one
            }
        }
    };
}

/// Makes one named test of every check, over the store that a function makes afresh for each.
///
/// ```
/// # mod tests {
/// # use std::sync::Arc;
/// # use staffroom_core::store::Store;
/// # use staffroom_store_memory::MemoryStore;
/// # struct Guard;
/// staffroom_testkit::conformance_tests! {
///     // Optional: what runs a future to its end. For a store that needs a runtime, a function that builds one.
///     run_with = futures_lite::future::block_on;
///
///     // Answers with the store, or with the store and a guard that is dropped when the check is over.
///     async fn fresh_store() -> (Arc<MemoryStore>, Guard) {
///         (Arc::new(MemoryStore::new()), Guard)
///     }
/// }
/// # }
/// ```
#[macro_export]
macro_rules! conformance_tests {
    (async fn $($rest:tt)*) => {
        $crate::conformance_tests! { run_with = $crate::conformance::run_alone; async fn $($rest)* }
    };
    (run_with = $run:path; async fn $fresh:ident() -> $under_test:ty $body:block) => {
        async fn $fresh() -> $under_test $body

        $crate::for_each_check! { ($crate::__conformance_tests) $run, $fresh }
    };
}

/// What [`conformance_tests`] becomes.
#[macro_export]
#[doc(hidden)]
macro_rules! __conformance_tests {
    (($run:path, $fresh:ident) $($subject:ident { $($name:ident)* })*) => {
        $($(
            #[test]
            fn $name() -> $crate::conformance::Verdict {
                $run($crate::conformance::run_named(stringify!($name), $fresh()))
            }
        )*)*
    };
}
