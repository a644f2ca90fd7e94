//! What is kept as text or as a number comes back as it was, and every code is the one that documents say.

#![expect(clippy::unwrap_used, reason = "what a helper cannot make fails its test")]

mod common;

use common::{ADMIN, group_id, permissions};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use staffroom_core::store::FailureKey;
use staffroom_core::{
    Digest, Email, EmailError, GroupEdit, GroupName, IdSet, InviteReport, InviteRow, Invited, NoSlipReason,
    PermissionSet, SignInSettings, SisId, StaffEmail, StaffKey, Subject, UserEdit,
};

fn comes_back<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(
    value: &T,
    text: &serde_json::Value,
) {
    assert_eq!(serde_json::to_value(value).unwrap(), *text);
    assert_eq!(serde_json::from_value::<T>(text.clone()).unwrap(), *value);
}

#[test]
fn emails_permissions_and_ids_are_read_back_the_same() {
    comes_back(&Email::parse("Mary@School.Example").unwrap(), &json!("Mary@School.Example"));
    comes_back(&permissions(&["users.manage", "users.view"]), &json!(["users.manage", "users.view"]));
    let groups: IdSet<_> = [group_id(1), group_id(2)].into_iter().collect();
    comes_back(&groups, &json!([group_id(1).to_string(), group_id(2).to_string()]));
}

#[test]
fn digests_and_keys_of_failures_are_what_a_store_kept() {
    assert_eq!(Digest::from_u128(7).as_u128(), 7);
    assert_eq!(FailureKey::from_bytes([7; 32]).as_bytes(), &[7; 32]);
}

#[test]
fn a_set_of_permissions_knows_whether_it_has_any() {
    assert!(PermissionSet::empty().is_empty());
    assert!(!permissions(&["users.view"]).is_empty());
}

#[test]
fn a_text_that_is_no_address_says_what_is_wrong_with_it() {
    assert_eq!(StaffEmail::read("mary@school").fault(), Some(EmailError::Domain));
    assert_eq!(StaffEmail::read("mary@school.example").fault(), None);
    assert_eq!(StaffEmail::Missing.fault(), None);
}

#[test]
fn whom_the_network_does_not_have_is_known_by_what_they_were_asked_for_by() {
    let sis_id = SisId::parse("S-404").unwrap();
    let stranger = Subject::Unknown(StaffKey::SisId(sis_id.clone()));
    assert_eq!((stranger.sis_id(), stranger.name()), (Some(&sis_id), None));
    let member = common::member(1);
    assert_eq!(Subject::of(&member).sis_id(), Some(member.sis_id()));
    assert_eq!(Subject::of(&member).name(), Some(member.name()));
}

#[test]
fn codes_are_those_of_documents() {
    use Invited as I;
    for reason in [
        NoSlipReason::Removed,
        NoSlipReason::NoAccess,
        NoSlipReason::Disabled,
        NoSlipReason::SignedIn,
        NoSlipReason::PasswordSet,
    ] {
        assert_eq!(serde_json::to_value(reason).unwrap(), reason.code());
    }
    for invited in [I::Sent, I::AlreadyInvited, I::SignedIn, I::Disabled, I::NoAccess, I::Unknown, I::NotSent]
    {
        assert_eq!(serde_json::to_value(invited).unwrap(), invited.code());
    }
}

#[test]
fn codes_of_edits_are_those_of_the_audit_log() {
    let name = GroupName::parse("Cooks").unwrap();
    let groups = [
        (GroupEdit::Rename(name), "rename"),
        (GroupEdit::SetPermissions(PermissionSet::empty()), "set-permissions"),
        (GroupEdit::Activate, "activate"),
        (GroupEdit::Deactivate, "deactivate"),
    ];
    assert!(groups.iter().all(|(edit, code)| edit.code() == *code));
    let users = [
        (UserEdit::Disable, "disable"),
        (UserEdit::Enable, "enable"),
        (UserEdit::GrantAccess, "grant-access"),
        (UserEdit::RevokeAccess, "revoke-access"),
        (UserEdit::JoinGroup(group_id(1)), "join-group"),
        (UserEdit::LeaveGroup(group_id(1)), "leave-group"),
        (UserEdit::Link(common::member(1).id()), "link"),
        (UserEdit::Unlink, "unlink"),
    ];
    assert!(users.iter().all(|(edit, code)| edit.code() == *code));
}

#[test]
fn whoever_was_invited_before_is_not_among_those_who_were_sent_a_mail() {
    let row = |outcome| InviteRow { user: ADMIN, outcome };
    let rows =
        vec![row(Invited::Sent), row(Invited::AlreadyInvited), row(Invited::Sent), row(Invited::NotSent)];
    assert_eq!(InviteReport { rows }.sent(), 2);
}

#[test]
fn settings_of_signing_in_keep_what_they_are_given_within_bounds() {
    let settings = SignInSettings::default().with_session_minutes(45).with_reset_minutes(7);
    assert_eq!((settings.session_minutes(), settings.reset_minutes()), (45, 7));
    let settings = settings.with_session_minutes(u32::MAX).with_reset_minutes(u32::MAX);
    // 30 days, and a day.
    assert_eq!((settings.session_minutes(), settings.reset_minutes()), (43_200, 1_440));
    let settings = settings.with_session_minutes(0).with_reset_minutes(0);
    assert_eq!((settings.session_minutes(), settings.reset_minutes()), (1, 1));
    assert_ne!(settings.with_source_limit(500), settings);
    assert_eq!(settings.with_source_limit(500).session_minutes(), 1);
    assert_eq!(settings.with_source_limit(0), settings.with_source_limit(20));
}

#[test]
fn an_index_of_emails_is_in_the_order_of_their_canonical_forms() {
    let key = |text| Email::parse(text).unwrap().key();
    assert!(key("Anna@school.example") < key("ben@school.example"));
    assert_eq!(key("Anna@school.example"), key("anna@School.example"));
}

#[test]
fn an_address_beyond_ascii_may_be_as_long_as_any() {
    let label = |length: usize| "a".repeat(length);
    let address = |last: usize| format!("\u{e4}@{}.{}.{}.{}", label(63), label(63), label(63), label(last));
    assert_eq!(address(59).len(), Email::MAX_BYTES);
    assert!(Email::parse(&address(59)).is_ok());
    assert_eq!(Email::parse(&address(60)), Err(EmailError::TooLong));
}

#[test]
fn white_space_around_a_text_that_is_searched_for_makes_no_difference() {
    for text in ["maria ", " maria", "maria\t", "  maria  "] {
        assert_eq!(staffroom_core::fold(text), "maria", "{text:?}");
    }
    assert_eq!(staffroom_core::fold("maria  ruiz "), "maria ruiz");
}
