//! The library's front door: every operation a host calls, over any store.

mod about;
mod act_on_batch;
mod act_on_user;
mod audit;
mod authenticate;
mod batches;
mod bulk_create;
mod commit;
mod committed;
mod count;
mod edit_user;
mod explain;
mod follow_up;
mod give_password;
mod groups;
mod hand_off;
mod import;
mod invite;
mod list;
mod overview;
mod preview;
mod reset;
mod revoke_initial;
mod send_reset;
mod sessions;
mod set_password;
mod sign_in;
mod sweep;
mod undo;
mod undone;
mod unheard;
mod users;

use std::sync::Arc;

use uuid::Uuid;

pub use act_on_user::UserActError;
pub use audit::AuditPage;
pub use authenticate::SessionError;
pub use batches::BatchPage;
pub use commit::CommitError;
pub use committed::{Committed, Repeat};
pub use edit_user::{Edited, UserEditError, UserEdited};
pub use explain::Explained;
pub use groups::{GroupEdited, GroupError, GroupView};
pub use import::ImportError;
pub use invite::{Invite, InviteReport, InviteRow, Invited};
pub use list::{Assessed, ListPage, ListQuery, Where, Who};
pub use overview::Overview;
pub use reset::{ErrandError, ResetErrand, ResetError};
pub use revoke_initial::{InitialOf, Revoked};
pub use sessions::{EndSessions, SeenSession};
pub use set_password::{Confirmation, PasswordSet, SetPasswordError};
pub use sign_in::SignInError;
pub use sweep::Swept;
pub use undo::UndoError;
pub use users::{UserKey, UserPage};

use crate::access::{AccessError, Standing, check_access, groups_with};
use crate::store::{AuditCursor, Mode, RowLock, Store, StoreError, UnitOfWork};
use crate::{
    Attempt, AuditEvent, AuditId, AuditRecord, Authority, BatchId, Clock, Denied, Group, GroupId, IdSet,
    IdSource, Mailer, NetworkId, NoProgress, Passwords, Progress, Randomness, SchoolId, Session,
    SignInSettings, UserId,
};

/// How often an operation is tried when other changes are in the way. Under a store that serialises its writers the
/// first try succeeds; under one that detects conflicts, somebody succeeds at every round.
const ATTEMPTS: usize = 16;
/// How often an operation is tried again because the store went away in the middle of it.
const OUTAGES: usize = 3;

/// Every operation of the library, over a store and the capabilities a host hands in.
///
/// Cheap to clone; share it between tasks. [The main job](crate#the-main-job) is shown with the crate.
///
/// # Signing in
///
/// Somebody was given an account with a password made up for them. They sign in with it, set one of their own, and are in:
///
/// ```
/// # use std::sync::Arc;
/// # use staffroom_core::{
/// #     Actor, BulkCreate, InitialPassword, NetworkId, NetworkName, PersonName, Roster, RosterRecord, RosterSchool, SchoolName,
/// #     Selection, Session, SisId, StaffEmail, StaffStatus, Staffroom, ValidDays, WayIn,
/// # };
/// # use staffroom_core::store::{Mode, Store};
/// # use staffroom_credentials::{Argon2Passwords, Settings};
/// # use staffroom_store_memory::MemoryStore;
/// # use staffroom_system::{SystemClock, SystemRandomness, TimeOrderedIds};
/// use staffroom_core::{Secret, SignIn, SignedIn, Source};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> { futures_lite::future::block_on(async {
/// # let store = Arc::new(MemoryStore::new());
/// # let randomness = Arc::new(SystemRandomness);
/// # let passwords = Argon2Passwords::start(Settings::default(), randomness.clone())?;
/// # let staffroom = Staffroom::new(store.clone(), Arc::new(SystemClock), Arc::new(TimeOrderedIds::new()))
/// #     .with_passwords(Arc::new(passwords), randomness);
/// # let network: NetworkId = "0195f6a2-7c1e-7000-8000-000000000001".parse()?;
/// # staffroom.open_network(network, &NetworkName::parse("Lakeside")?).await?;
/// # let north = SisId::parse("north")?;
/// # let anna = RosterRecord::new(
/// #     SisId::parse("T-1009")?, PersonName::parse("Anna", "Müller")?, StaffStatus::Active,
/// #     StaffEmail::read("anna.mueller@lakeside.example"), vec![north.clone()],
/// # );
/// # let school = RosterSchool::new(north, SchoolName::parse("North School")?);
/// # staffroom.import(network, &Roster::new(None, vec![school], vec![anna])?).await?;
/// # let mut uow = store.begin(network, Mode::Read).await?;
/// # let school = uow.schools().list().await?[0].id();
/// # drop(uow);
/// # let session = Session::new(network, Actor::Operator, school);
/// # let request = BulkCreate::of(Selection::AllCandidates);
/// # let request = request.with_initial_password(InitialPassword::Generated(ValidDays::default()));
/// # let plan = staffroom.preview(&session, &request).await?;
/// # let done = staffroom.commit(&session, &plan).await?;
/// # let WayIn::GeneratedPassword { password: made_up, .. } = done.hand_off().entries[0].way_in.clone() else { panic!() };
/// let email = "anna.mueller@lakeside.example";
/// let from = || Source::new("192.0.2.7");
/// let first = staffroom.sign_in(network, &SignIn::new(email, made_up, from())).await?;
/// let SignedIn::MustSetPassword { token, .. } = first else { panic!("she has one of her own already") };
///
/// let own = || Secret::new("meadow lantern oboe".to_owned());
/// staffroom.set_password(network, &token, own()).await?;
/// let SignedIn::Session(opened) = staffroom.sign_in(network, &SignIn::new(email, own(), from())).await? else {
///     panic!("she has to set it again")
/// };
///
/// // With every request: the token from the cookie, and who it is.
/// let seen = staffroom.authenticate(network, &opened.token).await?;
/// assert!(seen.is_some());
/// staffroom.sign_out(network, &opened.token).await?;
/// assert!(staffroom.authenticate(network, &opened.token).await?.is_none());
/// # Ok(()) }) }
/// ```
#[derive(Debug, Clone)]
pub struct Staffroom {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    passwords: Option<PasswordCapability>,
    mailer: Option<Arc<dyn Mailer>>,
    sign_in: SignInSettings,
    progress: Arc<dyn Progress>,
}

#[derive(Debug, Clone)]
struct PasswordCapability {
    passwords: Arc<dyn Passwords>,
    randomness: Arc<dyn Randomness>,
}

impl Staffroom {
    /// Over `store`, without passwords or mail and telling nobody about progress.
    ///
    /// Example: [the main job](crate#the-main-job).
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>) -> Self {
        let sign_in = SignInSettings::default();
        let progress = Arc::new(NoProgress);
        Self { store, clock, ids, passwords: None, mailer: None, sign_in, progress }
    }

    /// Able to give initial passwords (R9), and to let people sign in.
    ///
    /// Example: [signing in](crate::Staffroom#signing-in).
    #[must_use]
    pub fn with_passwords(mut self, passwords: Arc<dyn Passwords>, randomness: Arc<dyn Randomness>) -> Self {
        self.passwords = Some(PasswordCapability { passwords, randomness });
        self
    }

    /// Able to send mail: resets (R17), and invitations. Creating accounts sends nothing all the same (R10).
    ///
    /// Example: [signing in](crate::Staffroom#signing-in).
    #[must_use]
    pub fn with_mail(mut self, mailer: Arc<dyn Mailer>) -> Self {
        self.mailer = Some(mailer);
        self
    }

    /// Letting people sign in by these settings.
    ///
    /// Example: [signing in](crate::Staffroom#signing-in).
    #[must_use]
    pub const fn with_sign_in(mut self, settings: SignInSettings) -> Self {
        self.sign_in = settings;
        self
    }

    /// Telling `progress` how far long work has come.
    ///
    /// Example: [the main job](crate#the-main-job).
    #[must_use]
    pub fn with_progress(mut self, progress: Arc<dyn Progress>) -> Self {
        self.progress = progress;
        self
    }

    /// The store it works over.
    ///
    /// Example: [the main job](crate#the-main-job).
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    async fn begin(
        &self,
        network: NetworkId,
        mode: Mode,
        attempts: &mut Attempts,
    ) -> Result<Box<dyn UnitOfWork>, StoreError> {
        attempts.begun = false;
        let uow = self.store.begin(network, mode).await?;
        attempts.begun = true;
        Ok(uow)
    }

    /// A unit of work for reading, in which `asked` may be done.
    async fn reading(
        &self,
        session: &Session,
        asked: &Asked,
        attempts: &mut Attempts,
    ) -> Result<(Box<dyn UnitOfWork>, Standing), AccessError> {
        let uow = self.begin(session.network(), Mode::Read, attempts).await?;
        self.check(uow, session, asked, RowLock::None).await
    }

    /// A unit of work for writing, in which `asked` may be done, by the actor as they are until it ends.
    async fn writing(
        &self,
        session: &Session,
        asked: &Asked,
        attempts: &mut Attempts,
    ) -> Result<(Box<dyn UnitOfWork>, Standing), AccessError> {
        let uow = self.begin(session.network(), Mode::Write, attempts).await?;
        self.check(uow, session, asked, RowLock::Held).await
    }

    /// Checks authority; a refusal is written to the audit log, in a transaction of its own, before it is answered.
    async fn check(
        &self,
        uow: Box<dyn UnitOfWork>,
        session: &Session,
        asked: &Asked,
        lock: RowLock,
    ) -> Result<(Box<dyn UnitOfWork>, Standing), AccessError> {
        let mut uow = uow;
        match check_access(&mut *uow, session.actor(), asked.attempt, asked.school, asked.group, lock).await {
            Ok(standing) => Ok((uow, standing)),
            Err(AccessError::Denied(denied)) => Err(self.denied(uow, session, asked, denied).await),
            Err(other) => Err(other),
        }
    }

    /// The groups with these ids, if they hold nothing that the actor lacks: whoever acts on their members needs as much (R8).
    /// Gives `uow` back with them; a denial is written down as one of what is `asked`.
    async fn bounded_by(
        &self,
        uow: Box<dyn UnitOfWork>,
        session: &Session,
        asked: &Asked,
        authority: &Authority,
        groups: &IdSet<GroupId>,
        lock: RowLock,
    ) -> Result<(Box<dyn UnitOfWork>, Vec<Group>), AccessError> {
        let mut uow = uow;
        let groups = groups_with(&mut *uow, groups, lock).await?;
        match authority.may_edit_member_of(&groups) {
            Ok(()) => Ok((uow, groups)),
            Err(denied) => Err(self.denied(uow, session, asked, denied).await),
        }
    }

    /// Gives `uow` up and writes the denial down; answers with it.
    async fn denied(
        &self,
        uow: Box<dyn UnitOfWork>,
        session: &Session,
        asked: &Asked,
        denied: Denied,
    ) -> AccessError {
        drop(uow);
        match self.record_denial(session, asked, &denied).await {
            Ok(()) => AccessError::Denied(denied),
            Err(error) => AccessError::Store(error),
        }
    }

    async fn record_denial(
        &self,
        session: &Session,
        asked: &Asked,
        denied: &Denied,
    ) -> Result<(), StoreError> {
        let record = AuditRecord {
            id: AuditId::from_uuid(self.ids.next_id()),
            at: self.clock.now(),
            actor: session.actor(),
            school: Some(asked.school),
            group: asked.group,
            batch: asked.batch,
            event: AuditEvent::Denied {
                attempt: asked.attempt,
                code: denied.code().to_owned(),
                user: asked.user,
            },
        };
        let mut attempts = Attempts::new();
        loop {
            match self.append(session, &record, &mut attempts).await {
                Err(error) => attempts.again_after(error)?,
                Ok(()) => return Ok(()),
            }
        }
    }

    async fn append(
        &self,
        session: &Session,
        record: &AuditRecord,
        attempts: &mut Attempts,
    ) -> Result<(), StoreError> {
        let is_unsure = attempts.is_unsure();
        let mut uow = self.begin(session.network(), Mode::Write, attempts).await?;
        if is_unsure && was_written(&mut *uow, record).await? {
            return Ok(());
        }
        // A network that does not exist has no log to write to, and nobody to read it.
        if uow.network().find().await?.is_some() {
            uow.audit().append(record).await?;
            uow.commit().await?;
        }
        Ok(())
    }
}

/// True if the log has `record` already: the reply to its commit was lost.
async fn was_written(uow: &mut dyn UnitOfWork, record: &AuditRecord) -> Result<bool, StoreError> {
    let just_after = AuditCursor::new(record.at, AuditId::from_uuid(Uuid::max()));
    // So many records are never of one microsecond.
    let near = uow.audit().page(Some(&just_after), 100).await?;
    Ok(near.iter().any(|other| other.id == record.id))
}

/// What somebody asks to do, for the check of authority and its record.
#[derive(Debug, Clone, Copy)]
struct Asked {
    attempt: Attempt,
    school: SchoolId,
    group: Option<GroupId>,
    batch: Option<BatchId>,
    user: Option<UserId>,
}

impl Asked {
    /// To do something in the current school, or in the network.
    const fn to(attempt: Attempt, session: &Session) -> Self {
        Self { attempt, school: session.school(), group: None, batch: None, user: None }
    }

    /// The record of its having been done.
    fn done(&self, staffroom: &Staffroom, session: &Session, event: AuditEvent) -> AuditRecord {
        AuditRecord {
            id: AuditId::from_uuid(staffroom.ids.next_id()),
            at: staffroom.clock.now(),
            actor: session.actor(),
            school: Some(self.school),
            group: self.group,
            batch: self.batch,
            event,
        }
    }
}

/// Counts the tries of one operation, and remembers whether one of them may have written after all.
#[derive(Debug)]
struct Attempts {
    left: usize,
    /// How often the store may still go away in the middle.
    outages: usize,
    /// Whether the unit of work of this try has begun.
    begun: bool,
    unknown: Option<StoreError>,
}

impl Attempts {
    const fn new() -> Self {
        Self { left: ATTEMPTS, outages: OUTAGES, begun: false, unknown: None }
    }

    /// True if the reply to a commit was lost: what is to be written may be there.
    const fn is_unsure(&self) -> bool {
        self.unknown.is_some()
    }

    /// The loss of a reply to a commit, if there was one, instead of a refusal: after it, none can say that nothing was written.
    fn instead_of<E: From<StoreError>>(&mut self, refusal: E) -> E {
        self.unknown.take().map_or(refusal, Into::into)
    }

    /// `Ok` if the operation is worth another try after `error`. Otherwise the error; but once the reply to a commit
    /// was lost, no other error can say that nothing was written, and the loss is what the caller is told.
    fn again_after(&mut self, error: StoreError) -> Result<(), StoreError> {
        self.left = self.left.saturating_sub(1);
        let may_try = self.left > 0;
        match error {
            StoreError::Contended(_) if may_try => return Ok(()),
            // The store went away in the middle, as when it is restarted. If it cannot even be begun with, it has waited
            // for as long as it thinks right.
            StoreError::Unavailable(_) if may_try && self.begun && self.outages > 0 => {
                self.outages = self.outages.saturating_sub(1);
                return Ok(());
            }
            StoreError::CommitUnknown(source) => self.unknown = Some(StoreError::CommitUnknown(source)),
            error => return Err(self.unknown.take().unwrap_or(error)),
        }
        // What was written, or not, shows at the next try.
        if may_try { Ok(()) } else { Err(self.unknown.take().unwrap_or(StoreError::Contended(None))) }
    }
}
