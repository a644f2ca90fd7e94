//! Give the staff of a school network their login accounts in bulk, safely.
//!
//! This crate holds the rules and nothing else: models of networks, schools, staff members, users and groups; the
//! one function that says who can get an account ([`assess`]); the [`Plan`] that is looked over before anything is
//! written; the [`Report`] with an outcome for everybody; and the [storage traits](store) a host implements over its
//! own tables. It has no runtime, clock, randomness, hashing, SQL or files: those come in as capabilities.
//!
//! Data runs one way: [`RosterRecord`] -> [`StaffMember`] -> [`Assessment`] -> [`Plan`] -> [`Report`]. The front door
//! is [`Staffroom`].
//!
//! # The main job
//!
//! A network is opened, its roster imported, a plan looked over and carried out, and undone as far as nobody has touched it. Here over the
//! memory store, with the capabilities of `staffroom-system`:
//!
//! ```
//! use std::sync::Arc;
//!
//! use staffroom_core::store::{Mode, Store};
//! use staffroom_core::{
//!     Actor, BulkCreate, ListQuery, NetworkId, NetworkName, PersonName, Repeat, Roster, RosterRecord, RosterSchool, SchoolName,
//!     Selection, Session, SisId, StaffEmail, StaffStatus, Staffroom,
//! };
//! use staffroom_store_memory::MemoryStore;
//! use staffroom_system::{SystemClock, TimeOrderedIds};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> { futures_lite::future::block_on(async {
//! let store = Arc::new(MemoryStore::new());
//! let staffroom = Staffroom::new(store.clone(), Arc::new(SystemClock), Arc::new(TimeOrderedIds::new()));
//! let network: NetworkId = "0195f6a2-7c1e-7000-8000-000000000001".parse()?;
//! staffroom.open_network(network, &NetworkName::parse("Lakeside")?).await?;
//!
//! // What the SIS says: one school, one person who can be given an account, and one who has left.
//! let north = SisId::parse("north")?;
//! let person = |id, given, family, status, email| {
//!     let name = PersonName::parse(given, family).map_err(|error| error.to_string())?;
//!     let id = SisId::parse(id).map_err(|error| error.to_string())?;
//!     Ok::<_, String>(RosterRecord::new(id, name, status, StaffEmail::read(email), vec![north.clone()]))
//! };
//! let roster = Roster::new(
//!     None,
//!     vec![RosterSchool::new(north.clone(), SchoolName::parse("North School")?)],
//!     vec![
//!         person("T-1009", "Anna", "Müller", StaffStatus::Active, "anna.mueller@lakeside.example")?,
//!         person("T-1010", "Ben", "Okafor", StaffStatus::Inactive, "ben.okafor@lakeside.example")?,
//!     ],
//! )?;
//! staffroom.import(network, &roster).await?;
//!
//! // Who acts, and in which school.
//! let mut uow = store.begin(network, Mode::Read).await?;
//! let school = uow.schools().list().await?[0].id();
//! drop(uow);
//! let session = Session::new(network, Actor::Operator, school);
//!
//! // Preview: everything is decided, nothing is written.
//! let candidates = staffroom.list(&session, &ListQuery::default(), None, 50).await?;
//! assert_eq!(candidates.rows.len(), 1);
//! let plan = staffroom.preview(&session, &BulkCreate::of(Selection::AllCandidates)).await?;
//! assert_eq!(plan.counts().created, 1);
//!
//! // Commit: once, however often.
//! let done = staffroom.commit(&session, &plan).await?;
//! assert_eq!(done.report.counts().created, 1);
//! assert_eq!(staffroom.commit(&session, &plan).await?.repeat, Repeat::Again);
//!
//! // Undo: nobody has signed in yet, so she is a candidate again.
//! assert_eq!(staffroom.undo(&session, plan.batch()).await?.removed(), 1);
//! # Ok(()) }) }
//! ```
//!
//! Signing in is shown with [`Staffroom`](Staffroom#signing-in), a unit of work with [`store`](store#an-example).
//!
//! The rules are numbered R1 to R18; `docs/rules.md` in the repository states them, with the tests that hold each.

mod access;
mod apply;
mod audit;
mod authority;
mod batch;
mod capability;
mod digest;
mod eligibility;
mod email;
mod facts;
mod follow_up;
mod group;
mod group_edit;
mod handoff;
mod id;
mod id_set;
mod import;
mod name;
mod network;
mod permission;
mod plan;
mod reason;
mod report;
mod request;
mod resolution;
mod roster;
mod school;
mod search;
mod session;
mod sight;
mod sign_in;
mod staff;
mod staffroom;
pub mod store;
mod text;
mod throttle;
mod timestamp;
mod undo;
mod user;
mod user_edit;
mod user_query;

pub use access::AccessError;
pub use audit::{Attempt, AuditEvent, AuditRecord};
pub use authority::{ActorFacts, Authority, Denied, authorize};
pub use batch::{Batch, BatchHead, BatchView, Since};
pub use capability::{
    Clock, HashingError, IdSource, InvitedWayIn, Letter, Mail, MailError, Mailer, NoProgress, PasswordHash,
    Passwords, Progress, Randomness, Secret, Step, Strength, TokenHash, Verified, WeakPassword,
};
pub use digest::{Digest, DigestError};
pub use eligibility::{Assessment, assess};
pub use email::{Email, EmailError, StaffEmail};
pub use facts::{EmailSharer, Facts, Fingerprint};
pub use follow_up::{FollowUp, Matter};
pub use group::{Group, GroupStatus, STARTER_GROUPS, starter_groups};
pub use group_edit::GroupEdit;
pub use handoff::{HandOff, HandOffAgain, HandOffEntry, NoSlip, NoSlipReason, WayIn};
pub use id::{AuditId, BatchId, GroupId, NetworkId, SchoolId, SessionId, SharedPasswordId, StaffId, UserId};
pub use id_set::IdSet;
pub use import::{Departures, ImportReport};
pub use name::{NameKey, PersonName};
pub use network::Network;
pub use permission::{Permission, PermissionError, PermissionSet};
pub use plan::{Decision, Plan, PlanBuilder, PlanRow, PlannedPassword, Subject};
pub use reason::{Reason, ReasonSet, RuleRow, Warning, WarningSet};
pub use report::{Counts, Outcome, Report, ReportRow};
pub use request::{BulkCreate, InitialPassword, Partial, Selection, StaffKey, ValidDays};
pub use resolution::{LinkRefusal, Resolution, Sharing, check_link, resolve};
pub use roster::{Roster, RosterError, RosterRecord, RosterSchool};
pub use school::School;
pub use search::Search;
pub use session::{Actor, Session};
pub use sight::{SeenUser, Sighted};
pub use sign_in::{Authenticated, NewSession, SignIn, SignInSettings, SignedIn, Source};
pub use staff::{StaffMember, StaffStatus};
pub use staffroom::{
    Assessed, AuditPage, BatchPage, CommitError, Committed, Confirmation, Edited, EndSessions, ErrandError,
    Explained, GroupEdited, GroupError, GroupView, ImportError, InitialOf, Invite, InviteReport, InviteRow,
    Invited, ListPage, ListQuery, Overview, PasswordSet, Repeat, ResetErrand, ResetError, Revoked,
    SeenSession, SessionError, SetPasswordError, SignInError, Staffroom, Swept, UndoError, UserActError,
    UserEditError, UserEdited, UserKey, UserPage, Where, Who,
};
pub use text::{GroupName, NetworkName, SchoolName, SisId, TextError, fold};
pub use throttle::{Pace, Throttle};
pub use timestamp::Timestamp;
pub use undo::{UndoOutcome, UndoReport, UndoRow};
pub use user::{PasswordState, Revision, Touch, User, UserStatus};
pub use user_edit::UserEdit;
pub use user_query::{EmailStart, UserCursor, UserQuery};
