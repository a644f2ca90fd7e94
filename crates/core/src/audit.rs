//! Audit records: what happened, in counts, codes and opaque ids (R16). No emails, names or secrets.

use crate::{
    Actor, AuditId, BatchId, GroupEdit, GroupId, Permission, PermissionSet, SchoolId, StaffId, Timestamp,
    UserEdit, UserId,
};

/// One record of the append-only audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AuditRecord {
    /// Names the record.
    pub id: AuditId,
    /// When it happened.
    pub at: Timestamp,
    /// Who acted.
    pub actor: Actor,
    /// The school it was about: of what a user did to their own password, the first that they may enter. `None` if they may
    /// enter none; then only the operator reads the record.
    pub school: Option<SchoolId>,
    /// The group that was to be assigned or edited, if one was.
    pub group: Option<GroupId>,
    /// The batch it was about, if there was one yet.
    pub batch: Option<BatchId>,
    /// What happened.
    pub event: AuditEvent,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case", tag = "event"))]
#[non_exhaustive]
pub enum AuditEvent {
    /// A bulk create was carried out.
    BulkCreate {
        /// How many staff members were asked for.
        requested: usize,
        /// For how many a user was created.
        created: usize,
        /// How many were refused.
        refused: usize,
        /// How often each reason was given, by code, in the order of the table.
        reasons: Vec<(String, usize)>,
    },
    /// A bulk create was undone, as far as nobody had touched its users.
    Undo {
        /// How many users were removed.
        removed: usize,
        /// How many were kept.
        kept: usize,
    },
    /// A user was edited.
    UserEdit {
        /// The user.
        user: UserId,
        /// The code of the edit (see [`UserEdit::code`](crate::UserEdit::code)). The group that it is about is that of the
        /// record.
        edit: String,
        /// The staff member whom the user was linked to, or was linked to until then.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        staff_member: Option<StaffId>,
    },
    /// A group was added. Its id is that of the record.
    GroupAdded {
        /// What it gives.
        permissions: PermissionSet,
    },
    /// A group was edited. Its id is that of the record.
    GroupEdit {
        /// The code of the edit (see [`GroupEdit::code`](crate::GroupEdit::code)).
        edit: String,
        /// What it gives afterwards, while it is active.
        permissions: PermissionSet,
    },
    /// A user's password was set, with the token of a reset.
    PasswordReset {
        /// The user.
        user: UserId,
    },
    /// A user was given an initial password.
    PasswordGiven {
        /// The user.
        user: UserId,
    },
    /// A reset was issued, to be sent to the address on record: because an administrator asked for it, or, if the actor is
    /// the user, somebody who used "Forgot your password?".
    ResetSent {
        /// The user.
        user: UserId,
    },
    /// Initial passwords were revoked: of the batch that the record names, or of one user.
    InitialRevoked {
        /// How many users it concerns: of one that they shared, all whom the batch created.
        users: usize,
        /// True if it was one that they shared.
        shared: bool,
        /// The user, if it was done to one.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        user: Option<UserId>,
    },
    /// After too many failures a user cannot sign in with their password any more, until it is set anew.
    SignInLocked {
        /// The user.
        user: UserId,
    },
    /// Sessions of a user were ended by somebody who asked for it.
    SessionsEnded {
        /// The user.
        user: UserId,
        /// How many.
        count: usize,
    },
    /// Users were invited.
    Invited {
        /// How many invitations were sent.
        sent: usize,
        /// How many of those asked for were sent none.
        left_out: usize,
    },
    /// Somebody tried what they may not.
    Denied {
        /// What they tried.
        attempt: Attempt,
        /// The code of what was missing (see [`Denied::code`](crate::Denied::code)).
        code: String,
        /// The user whom it was to be done to.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        user: Option<UserId>,
    },
}

impl AuditEvent {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::BulkCreate { .. } => "bulk-create",
            Self::Undo { .. } => "undo",
            Self::UserEdit { .. } => "user-edit",
            Self::GroupAdded { .. } => "group-added",
            Self::GroupEdit { .. } => "group-edit",
            Self::PasswordReset { .. } => "password-reset",
            Self::PasswordGiven { .. } => "password-given",
            Self::ResetSent { .. } => "reset-sent",
            Self::InitialRevoked { .. } => "initial-revoked",
            Self::SignInLocked { .. } => "sign-in-locked",
            Self::SessionsEnded { .. } => "sessions-ended",
            Self::Invited { .. } => "invited",
            Self::Denied { .. } => "denied",
        }
    }
}

macro_rules! attempts {
    ($($(#[$doc:meta])* $name:ident, $code:literal, $needs:ident, $about:ident;)*) => {
        /// What somebody tried.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
        #[non_exhaustive]
        pub enum Attempt {
            $($(#[$doc])* $name,)*
        }

        impl Attempt {
            /// Every attempt.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The stable code.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// The permission that it takes.
            pub const fn needs(self) -> Permission {
                match self {
                    $(Self::$name => Permission::$needs,)*
                }
            }

            /// What the current school has to do with it.
            pub(crate) const fn about(self) -> About {
                match self {
                    $(Self::$name => About::$about,)*
                }
            }
        }
    };
}

/// What the current school has to do with an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum About {
    /// It is done there.
    TheSchool,
    /// Nothing: it reads what there is in the network. The operator needs no school for it.
    TheNetwork,
}

attempts! {
    /// To list candidates.
    List, "list", USERS_BULK_CREATE, TheSchool;
    /// To preview a bulk create.
    Preview, "preview", USERS_BULK_CREATE, TheSchool;
    /// To commit a plan.
    Commit, "commit", USERS_BULK_CREATE, TheSchool;
    /// To undo a batch.
    Undo, "undo", USERS_BULK_CREATE, TheSchool;
    /// To look at batches.
    ViewBatches, "view-batches", USERS_BULK_CREATE, TheNetwork;
    /// To make the hand-off sheet of a batch again.
    HandOff, "hand-off", USERS_BULK_CREATE, TheNetwork;
    /// To look at staff members.
    ViewStaff, "view-staff", STAFF_VIEW, TheSchool;
    /// To look at users.
    ViewUsers, "view-users", USERS_VIEW, TheNetwork;
    /// To edit a user.
    EditUser, "edit-user", USERS_MANAGE, TheSchool;
    /// To link a user to a staff member.
    LinkUser, "link-user", USERS_LINK, TheSchool;
    /// To let a user enter the current school.
    GrantAccess, "grant-access", USERS_GRANT_ACCESS, TheSchool;
    /// To give a user an initial password.
    GivePassword, "give-password", USERS_MANAGE, TheSchool;
    /// To send a user a reset.
    SendReset, "send-reset", USERS_MANAGE, TheSchool;
    /// To revoke a user's initial password.
    RevokeInitial, "revoke-initial", USERS_MANAGE, TheSchool;
    /// To revoke the initial passwords of a batch.
    RevokeInitialOfBatch, "revoke-initial-of-batch", USERS_BULK_CREATE, TheSchool;
    /// To look at the sessions of another user.
    ViewSessions, "view-sessions", USERS_MANAGE, TheNetwork;
    /// To end the sessions of another user.
    EndSessions, "end-sessions", USERS_MANAGE, TheSchool;
    /// To invite users.
    Invite, "invite", USERS_MANAGE, TheSchool;
    /// To look at groups.
    ViewGroups, "view-groups", USERS_VIEW, TheNetwork;
    /// To add or edit a group.
    EditGroup, "edit-group", GROUPS_MANAGE, TheSchool;
    /// To read the audit log.
    ViewAudit, "view-audit", AUDIT_VIEW, TheNetwork;
    /// To ask whom to follow up.
    FollowUp, "follow-up", USERS_VIEW, TheNetwork;
    /// To ask how many of what there are.
    Overview, "overview", USERS_VIEW, TheNetwork;
}

impl AuditEvent {
    pub(crate) fn of_user_edit(user: UserId, edit: UserEdit, staff_member: Option<StaffId>) -> Self {
        Self::UserEdit { user, edit: edit.code().to_owned(), staff_member }
    }

    pub(crate) fn of_group_edit(edit: &GroupEdit, permissions: PermissionSet) -> Self {
        Self::GroupEdit { edit: edit.code().to_owned(), permissions }
    }
}
