//! Users, as every verb that is about them prints them.

use std::io::{self, Write};

use serde::Serialize;
use staffroom_core::{
    BatchId, GroupId, PasswordState, SchoolId, SeenUser, StaffId, Timestamp, UserId, UserStatus,
};

use super::records::{Record, Row, fields};
use super::screen::Screen;
use crate::network::Network;

/// A user as `docs/json.md` has it.
#[derive(Debug, Serialize)]
pub(crate) struct UserRow {
    pub(crate) user_id: UserId,
    pub(crate) email: String,
    pub(crate) status: &'static str,
    pub(crate) name: Option<String>,
    pub(crate) staff_id: Option<StaffId>,
    pub(crate) sis_id: Option<String>,
    schools: Vec<String>,
    school_ids: Vec<SchoolId>,
    groups: Vec<String>,
    group_ids: Vec<GroupId>,
    password: &'static str,
    password_expires_at: Option<Timestamp>,
    batch: Option<BatchId>,
    created_at: Timestamp,
    last_sign_in_at: Option<Timestamp>,
}

impl UserRow {
    pub(crate) fn new(network: &Network, seen: &SeenUser) -> Self {
        let SeenUser { user, staff_member, .. } = seen;
        let (password, password_expires_at) = match user.password() {
            PasswordState::Unset => ("unset", None),
            PasswordState::InitialShared { expires_at, .. } => ("initial-shared", Some(expires_at)),
            PasswordState::InitialGenerated { expires_at } => ("initial-generated", Some(expires_at)),
            PasswordState::Chosen { .. } => ("chosen", None),
        };
        let school = |id| network.school_name(id).map_or_else(|| id.to_string(), str::to_owned);
        let group = |id| network.group_name(id).map_or_else(|| id.to_string(), str::to_owned);
        Self {
            user_id: user.id(),
            email: user.email().to_string(),
            status: match user.status() {
                UserStatus::Enabled => "enabled",
                UserStatus::Disabled => "disabled",
            },
            name: staff_member.as_ref().map(|member| member.name().to_string()),
            staff_id: user.staff_member(),
            sis_id: staff_member.as_ref().map(|member| member.sis_id().to_string()),
            schools: user.schools().iter().map(school).collect(),
            school_ids: user.schools().iter().collect(),
            groups: user.groups().iter().map(group).collect(),
            group_ids: user.groups().iter().collect(),
            password,
            password_expires_at,
            batch: user.batch(),
            created_at: user.created_at(),
            last_sign_in_at: user.last_sign_in_at(),
        }
    }

    /// Who it is, in a sentence.
    pub(crate) fn who(&self) -> String {
        match &self.name {
            Some(name) => format!("{name} ({})", self.email),
            None => self.email.clone(),
        }
    }

    /// Whether and when they came, in a few words.
    pub(crate) fn state(&self) -> String {
        match (self.status, self.last_sign_in_at) {
            ("disabled", _) => "disabled".to_owned(),
            (_, None) => "never".to_owned(),
            (_, Some(at)) => day(at),
        }
    }
}

/// The day of a moment, in UTC.
pub(crate) fn day(at: Timestamp) -> String {
    at.as_datetime().format("%Y-%m-%d").to_string()
}

impl Record for UserRow {
    const COLUMNS: &'static [&'static str] = &[
        "user_id",
        "email",
        "status",
        "name",
        "staff_id",
        "sis_id",
        "schools",
        "school_ids",
        "groups",
        "group_ids",
        "password",
        "password_expires_at",
        "batch",
        "created_at",
        "last_sign_in_at",
    ];
}

impl Row for UserRow {
    const LIST: &'static str = "users";
    const HEADER: &'static [&'static str] = &["Email", "Name", "Schools", "Groups", "Last sign-in"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.email.clone(),
            self.name.clone().unwrap_or_default(),
            self.schools.join(", "),
            self.groups.join(", "),
            self.state(),
        ]
    }
}

impl UserRow {
    /// What their password is, and whether it works.
    fn password_words(&self, revoked_at: Option<Timestamp>, now: Timestamp) -> String {
        let kind = match self.password {
            "initial-shared" => "initial, the one of the batch",
            "initial-generated" => "initial, of their own",
            "chosen" => return "chosen by the person".to_owned(),
            _ => return "none yet; the way in is \"Forgot your password?\"".to_owned(),
        };
        match (revoked_at, self.password_expires_at) {
            (Some(at), _) => {
                format!("{kind}, revoked on {}; the way in is \"Forgot your password?\"", day(at))
            }
            (None, Some(at)) if at <= now => {
                format!("{kind}, expired on {}; the way in is \"Forgot your password?\"", day(at))
            }
            (None, Some(until)) => format!("{kind}, until {until}"),
            (None, None) => kind.to_owned(),
        }
    }

    /// Writes it for people; the password as it is at `now`.
    pub(crate) fn tell(
        &self,
        out: &mut dyn Write,
        screen: Screen,
        revoked_at: Option<Timestamp>,
        now: Timestamp,
    ) -> io::Result<()> {
        let or = |texts: &[String], none: &str| match texts {
            [] => none.to_owned(),
            texts => texts.join(", "),
        };
        let staff_member = match (&self.name, &self.sis_id) {
            (Some(name), Some(sis_id)) => format!("{name} (SIS id {sis_id})"),
            _ => "none: linked to nobody".to_owned(),
        };
        let sign_in = self.last_sign_in_at.map_or_else(|| "never".to_owned(), |at| at.to_string());
        fields(
            out,
            screen,
            &[
                ("Email", self.email.clone()),
                ("Status", self.status.to_owned()),
                ("Staff member", staff_member),
                ("Schools", or(&self.schools, "none: cannot sign in anywhere")),
                ("Groups", or(&self.groups, "none")),
                ("Password", self.password_words(revoked_at, now)),
                ("Created", self.created_at.to_string()),
                ("By batch", self.batch.map(|batch| batch.to_string()).unwrap_or_default()),
                ("Last sign-in", sign_in),
                ("User id", self.user_id.to_string()),
            ],
        )
    }
}
