//! The library over a store, driven by what happens.

use std::sync::Arc;
use std::time::Duration;

use staffroom_core::store::{Mode, ResetOrigin, Store};
use staffroom_core::{
    Actor, AuditEvent, BatchId, BulkCreate, Clock as _, Edited, EndSessions, IdSet, InitialOf,
    InitialPassword, Letter, PasswordState, PlannedPassword, ResetError, Secret, Selection, Session,
    SessionError, SetPasswordError, SignIn, SignInError, SignInSettings, SignedIn, Source, StaffKey,
    Staffroom, Timestamp, User, UserActError, UserEdit, UserId, UserStatus, ValidDays, WayIn,
};

use super::counts::{ACCOUNT_BEARS, SOURCE_RESETS};
use super::step::{Address, Happening, PEOPLE, Word};
use crate::fakes::{CountingIds, ForetoldRandomness, HandClock, Outbox, ReversedPasswords};
use crate::fixture::{
    NETWORK, OTHER_SCHOOL, SCHOOL, add_staff, add_users, edit_user, operator, set_up, staff_id, staff_member,
    user, user_id,
};
use crate::properties::Violation;

const SCHOOLS: [staffroom_core::SchoolId; 2] = [SCHOOL, OTHER_SCHOOL];

/// The library, and what people hold in their hands.
pub(super) struct Real {
    store: Arc<dyn Store>,
    staffroom: Staffroom,
    clock: Arc<HandClock>,
    outbox: Arc<Outbox>,
    begun: Timestamp,
    people: Vec<UserId>,
    batch: BatchId,
    handed: Secret,
    tokens: Vec<Secret>,
    sessions: Vec<Secret>,
    mails: Vec<String>,
    /// How many records the log has from before.
    records: usize,
}

fn broken(what: impl std::fmt::Debug) -> Violation {
    Violation::of("the model", format!("{what:?}"))
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

impl Real {
    /// The people of the model, made by two batches and by hand.
    pub(super) async fn begin(store: &Arc<dyn Store>) -> Result<Self, Violation> {
        set_up(&**store).await?;
        add_staff(&**store, NETWORK, &[0, 1, 2, 3].map(staff_member)).await?;
        let chosen = user(4).entering(IdSet::only(SCHOOL));
        let clock = Arc::new(HandClock::new());
        let chosen = chosen.with_password(PasswordState::Chosen { set_at: clock.now() });
        add_users(&**store, NETWORK, &[chosen]).await?;
        let mut uow = store.begin(NETWORK, Mode::Write).await?;
        uow.passwords().set(&[(user_id(4), ReversedPasswords::hash_of(&secret(text(Word::Chosen))))]).await?;
        uow.commit().await?;
        let outbox = Arc::new(Outbox::default());
        let settings =
            SignInSettings::default().with_account_limit(ACCOUNT_BEARS).with_resets_limit(SOURCE_RESETS);
        let staffroom =
            Staffroom::new(Arc::clone(store), Arc::<HandClock>::clone(&clock), Arc::new(CountingIds::new(1)))
                .with_passwords(Arc::new(ReversedPasswords), Arc::new(ForetoldRandomness::default()))
                .with_mail(Arc::<Outbox>::clone(&outbox))
                .with_sign_in(settings);
        let (mut people, mut batches, mut handed) = (Vec::new(), Vec::new(), None);
        for (numbers, password) in [
            (vec![0, 1], InitialPassword::Shared(ValidDays::default())),
            (vec![2], InitialPassword::Generated(ValidDays::default())),
            (vec![3], InitialPassword::None),
        ] {
            let keys = numbers.into_iter().map(|number| StaffKey::Id(staff_id(number))).collect();
            let request = BulkCreate::of(Selection::These(keys)).with_initial_password(password);
            let plan = staffroom.preview(&operator(), &request).await.map_err(broken)?;
            let committed = match plan.password() {
                PlannedPassword::Shared { .. } => {
                    let shared = secret(text(Word::Shared));
                    staffroom.commit_with_shared_password(&operator(), &plan, shared).await
                }
                _ => staffroom.commit(&operator(), &plan).await,
            };
            batches.push(plan.batch());
            for entry in committed.map_err(broken)?.hand_off().entries {
                people.push(entry.user);
                if let WayIn::GeneratedPassword { password, .. } = entry.way_in {
                    handed = Some(password);
                }
            }
        }
        people.push(user_id(4));
        let mut real = Self {
            store: Arc::clone(store),
            staffroom,
            begun: clock.now(),
            clock,
            outbox,
            people,
            batch: batches.first().copied().ok_or_else(|| broken("no batch"))?,
            handed: handed.ok_or_else(|| broken("nobody was handed a password"))?,
            tokens: Vec::new(),
            sessions: Vec::new(),
            mails: Vec::new(),
            records: 0,
        };
        real.records = real.log().await?.len();
        Ok(real)
    }

    fn word(&self, word: Word) -> Secret {
        if word == Word::Handed { self.handed.clone() } else { secret(text(word)) }
    }

    fn person(&self, who: usize) -> UserId {
        self.people.get(who).copied().unwrap_or(user_id(7_777))
    }

    /// A token of that number; one that nobody has if there is none.
    fn held(tokens: &[Secret], number: usize) -> Secret {
        tokens.get(number).cloned().unwrap_or_else(|| secret("nobody's token"))
    }

    /// In seconds since the beginning.
    fn seconds(&self, at: Timestamp) -> i64 {
        (at.unix_micros() - self.begun.unix_micros()) / 1_000_000
    }

    pub(super) async fn step(&mut self, step: &Happening) -> Result<String, Violation> {
        let answer = match step {
            Happening::Wait(seconds) => {
                self.clock.pass(Duration::from_secs(seconds.unsigned_abs()));
                "later".to_owned()
            }
            Happening::Knock(address, word, source, school) => {
                let mut sign_in = SignIn::new(typed(*address), self.word(*word), from(*source));
                if let Some(school) = school {
                    sign_in = sign_in.into_school(SCHOOLS.get(*school).copied().unwrap_or(SCHOOL));
                }
                let answer = self.staffroom.sign_in(NETWORK, &sign_in).await;
                self.knocked(answer)?
            }
            Happening::Forget(address, source) => {
                match self.staffroom.ask_for_reset(NETWORK, &typed(*address), &from(*source)).await {
                    Ok(errand) => errand.run().await.map(|()| "asked".to_owned()).map_err(broken)?,
                    Err(ResetError::TooMany { try_again_at }) => {
                        format!("wait until {}", self.seconds(try_again_at))
                    }
                    Err(error) => return Err(broken(error)),
                }
            }
            Happening::Set(number, word) => {
                let token = Self::held(&self.tokens, *number);
                match self.staffroom.set_password(NETWORK, &token, self.word(*word)).await {
                    Ok(_) => "set".to_owned(),
                    Err(SetPasswordError::UnknownToken) => "unknown token".to_owned(),
                    Err(SetPasswordError::WeakPassword(_)) => "weak".to_owned(),
                    Err(error) => return Err(broken(error)),
                }
            }
            Happening::Show(number) => {
                let token = Self::held(&self.sessions, *number);
                let found = self.staffroom.authenticate(NETWORK, &token).await.map_err(broken)?;
                found.map_or("nobody".to_owned(), |found| in_school(&found.session))
            }
            Happening::Enter(number, school) => {
                let token = Self::held(&self.sessions, *number);
                let school = SCHOOLS.get(*school).copied().unwrap_or(SCHOOL);
                match self.staffroom.enter_school(NETWORK, &token, school).await {
                    Ok(Some(found)) => in_school(&found.session),
                    Ok(None) => "nobody".to_owned(),
                    Err(SessionError::NoSchoolAccess) => "no access".to_owned(),
                    Err(error) => return Err(broken(error)),
                }
            }
            Happening::SignOut(number) => {
                let token = Self::held(&self.sessions, *number);
                self.staffroom.sign_out(NETWORK, &token).await.map_err(broken)?;
                "out".to_owned()
            }
            act => self.act(act).await?,
        };
        for mail in self.outbox.empty() {
            let who = self.people_by_email(mail.to.as_given());
            match mail.letter {
                Letter::Reset { token, .. } => {
                    self.tokens.push(token);
                    self.mails.push(format!("token to {who}"));
                }
                Letter::PasswordSet { .. } => self.mails.push(format!("password set to {who}")),
                other => self.mails.push(format!("{other:?}")),
            }
        }
        Ok(answer)
    }

    fn knocked(&mut self, answer: Result<SignedIn, SignInError>) -> Result<String, Violation> {
        Ok(match answer {
            Ok(SignedIn::Session(session)) => {
                let answer = in_school(&session.authenticated.session);
                self.sessions.push(session.token);
                answer
            }
            Ok(SignedIn::MustSetPassword { token, .. }) => {
                self.tokens.push(token);
                "must set".to_owned()
            }
            Err(SignInError::Refused) => "refused".to_owned(),
            Err(SignInError::InitialExpired) => "initial-expired".to_owned(),
            Err(SignInError::TooMany { try_again_at: Some(at) }) => {
                format!("wait until {}", self.seconds(at))
            }
            Err(SignInError::TooMany { try_again_at: None }) => "locked".to_owned(),
            Err(error) => return Err(broken(error)),
        })
    }

    async fn act(&self, act: &Happening) -> Result<String, Violation> {
        let (staffroom, by) = (&self.staffroom, operator());
        Ok(match act {
            Happening::Give(who) => {
                let given = secret(text(Word::Given));
                staffroom
                    .give_initial_password(&by, self.person(*who), given, ValidDays::default())
                    .await
                    .map_err(broken)?;
                "given".to_owned()
            }
            Happening::Send(who) => match staffroom.send_reset(&by, self.person(*who)).await {
                Ok(()) => "sent".to_owned(),
                Err(UserActError::Disabled) => "disabled".to_owned(),
                Err(error) => return Err(broken(error)),
            },
            Happening::Revoke(who) => self.revoked(InitialOf::User(self.person(*who))).await?,
            Happening::RevokeShared => self.revoked(InitialOf::Batch(self.batch)).await?,
            Happening::Enable(who, enabled) => {
                let edit = if *enabled { UserEdit::Enable } else { UserEdit::Disable };
                let edited = staffroom.edit_user(&by, self.person(*who), edit).await.map_err(broken)?;
                if edited.edited == Edited::Now { "edited" } else { "so already" }.to_owned()
            }
            Happening::Schools(who, schools) => {
                let schools =
                    SCHOOLS.into_iter().zip(schools).filter(|(_, may)| **may).map(|(school, _)| school);
                let schools: IdSet<_> = schools.collect();
                edit_user(&*self.store, NETWORK, self.person(*who), |user| user.set_schools(schools)).await?;
                "edited".to_owned()
            }
            Happening::EndSessions(who) => {
                let ended = staffroom.end_sessions(&by, self.person(*who), EndSessions::All).await;
                format!("ended {}", ended.map_err(broken)?)
            }
            Happening::Sweep => {
                staffroom.sweep(NETWORK).await?;
                "swept".to_owned()
            }
            other => return Err(broken(other)),
        })
    }

    async fn revoked(&self, of: InitialOf) -> Result<String, Violation> {
        let revoked = self.staffroom.revoke_initial_passwords(&operator(), of).await.map_err(broken)?;
        Ok(format!("revoked {}", revoked.users))
    }

    fn people_by_email(&self, given: &str) -> usize {
        (0..PEOPLE).find(|who| typed(Address::Of(*who)) == given).unwrap_or(self.people.len())
    }

    /// As [`Doors::look`](super::Doors::look).
    pub(super) async fn look(&self) -> Result<Vec<String>, Violation> {
        let mut seen = Vec::new();
        let mut uow = self.store.begin(NETWORK, Mode::Read).await?;
        for id in &self.people {
            let user: Option<User> = uow.users().find(*id, staffroom_core::store::RowLock::None).await?;
            let user = user.ok_or_else(|| broken("somebody is gone"))?;
            let password = match user.password() {
                PasswordState::Unset => "unset".to_owned(),
                PasswordState::InitialShared { expires_at, .. } => {
                    format!("shared until {}", self.seconds(expires_at))
                }
                PasswordState::InitialGenerated { expires_at } => {
                    format!("initial until {}", self.seconds(expires_at))
                }
                PasswordState::Chosen { set_at } => format!("chosen at {}", self.seconds(set_at)),
            };
            let signed_in = user.last_sign_in_at().map(|at| self.seconds(at));
            let reset = uow.resets().find_by_user(*id).await?;
            let token =
                reset.map(|reset| (self.seconds(reset.expires_at), reset.origin == ResetOrigin::Mail));
            let sessions = uow.sessions().find_by_user(*id).await?;
            let sessions: Vec<_> = sessions
                .iter()
                .map(|open| (usize::from(open.school == OTHER_SCHOOL), self.seconds(open.expires_at)))
                .collect();
            let enabled = user.status() == UserStatus::Enabled;
            seen.push(format!(
                "{enabled} {password}, in at {signed_in:?}, token {token:?}, sessions {sessions:?}"
            ));
        }
        drop(uow);
        seen.extend(self.mails.iter().cloned());
        seen.extend(self.log().await?.into_iter().skip(self.records));
        Ok(seen)
    }

    async fn log(&self) -> Result<Vec<String>, Violation> {
        let mut records = Vec::new();
        let mut uow = self.store.begin(NETWORK, Mode::Read).await?;
        uow.audit().visit(&mut |record| records.push(record)).await?;
        let who = |id: UserId| self.people.iter().position(|other| *other == id).unwrap_or(usize::MAX);
        let told = records.into_iter().map(|record| {
            let own = matches!(record.actor, Actor::User(_));
            let about = match record.event {
                AuditEvent::UserEdit { user, .. }
                | AuditEvent::PasswordReset { user }
                | AuditEvent::PasswordGiven { user }
                | AuditEvent::ResetSent { user }
                | AuditEvent::SignInLocked { user }
                | AuditEvent::SessionsEnded { user, .. }
                | AuditEvent::InitialRevoked { user: Some(user), .. } => who(user).to_string(),
                AuditEvent::InitialRevoked { user: None, .. } => "of the batch".to_owned(),
                _ => format!("by themselves: {own}"),
            };
            format!("{} {about}", record.event.code())
        });
        Ok(told.collect())
    }
}

fn in_school(session: &Session) -> String {
    format!("in school {}", usize::from(session.school() == OTHER_SCHOOL))
}

fn from(source: u8) -> Source {
    Source::new(format!("source {source}"))
}

/// The address of a person: of their staff member, or of the user who has none.
fn typed(address: Address) -> String {
    match address {
        Address::Of(4) => "user4@school.example".to_owned(),
        Address::Of(who) => format!("staff{who}@school.example"),
        Address::Shouted(who) => format!(" {}", typed(Address::Of(who)).to_uppercase()),
        Address::Nobodys => "nobody@school.example".to_owned(),
        Address::None => "no address".to_owned(),
    }
}

const fn text(word: Word) -> &'static str {
    match word {
        Word::Shared => "one lantern for all",
        Word::Handed => "handed over by name",
        Word::Given => "given by the office",
        Word::Chosen => "meadow lantern oboe",
        Word::Other => "quiet harbour violin",
        Word::Weak => "weak",
    }
}
