//! Canaries: passwords and tokens that go through every flow, and whatever was said on the way. Whoever finds one outside
//! the mails and the hands it was given into has found a leak (R9, R16, R17).

use std::error::Error;
use std::fmt::{Debug, Write as _};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::Serialize;
use staffroom_core::store::Store;
use staffroom_core::{
    BulkCreate, EndSessions, HashingError, InitialOf, InitialPassword, Invite, Mail, PasswordHash, Passwords,
    Progress, Randomness, Secret, Selection, SignIn, SignInError, SignedIn, Source, StaffKey, Strength,
    TokenHash, UserQuery, ValidDays, Verified, WayIn, WeakPassword,
};

use super::Failure;
use super::door::{Door, chosen, people, secret, token_in};
use super::failure::there;
use super::office::{clerk, session_of, teacher};
use super::stage::{audit, read, users};
use crate::fakes::{ForetoldRandomness, ReversedPasswords};
use crate::fixture::{NETWORK, SCHOOL, add_users, email, staff_id, user_id};

/// What must be found in every dump: the address of somebody who is there.
const PLANTED: &str = "planted.on.purpose@school.example";

/// The passwords that fly. Those with a number of their own are told apart.
const SHARED: &str = "canary of a whole batch zq1";
const GIVEN: &str = "canary that was given zq2";
const CHOSEN: &str = "canary that was chosen zq3";
const WRONG: &str = "canary that was wrong zq4";
const WEAK: &str = "canary zq5";
const IN_THE_WRONG_FIELD: &str = "canary in the wrong field zq6";

/// What became of a flight of canaries: everything that was said, and what must not be in it.
pub struct Flight {
    said: String,
    kept: String,
    canaries: Vec<(String, Secret)>,
}

impl Debug for Flight {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Flight").field("canaries", &self.canaries.len()).finish_non_exhaustive()
    }
}

impl Flight {
    /// What was said: every answer and every error of every flow, as `Debug`, `Display` and JSON print them.
    pub fn said(&self) -> &str {
        &self.said
    }

    /// What the store hands out: every user, hash, token and count, with nothing hidden.
    pub fn kept(&self) -> &str {
        &self.kept
    }

    /// What is in the store, and must be found by whoever looks for canaries in a dump of it: the search is worth
    /// something only if it is.
    pub const fn planted(&self) -> &'static str {
        PLANTED
    }

    /// `Ok` if no canary is in `text`, as it is, backwards (the fakes hash by that), or in hexadecimal digits.
    ///
    /// # Errors
    /// Which one was found, without saying what it is.
    pub fn is_not_in(&self, what: &str, text: &[u8]) -> Result<(), Failure> {
        self.search(what, text, true)
    }

    /// The same for a dump of the store, where the hashes are: the fakes hash a password by turning it round.
    ///
    /// # Errors
    /// Which one was found, or that what was planted was not.
    pub fn is_not_in_dump(&self, what: &str, dump: &[u8]) -> Result<(), Failure> {
        if !has(dump, PLANTED.as_bytes()) {
            return Err(Failure::new(format!("{what} does not hold what was planted: it proves nothing")));
        }
        self.search(what, dump, false)
    }

    fn search(&self, what: &str, text: &[u8], backwards: bool) -> Result<(), Failure> {
        for (name, canary) in &self.canaries {
            let clear = canary.expose().as_bytes();
            let hexadecimal = clear.iter().fold(String::new(), |mut digits, byte| {
                // Writing to a string cannot fail.
                write!(digits, "{byte:02x}").ok();
                digits
            });
            let turned: Vec<u8> = clear.iter().rev().copied().collect();
            if has(text, clear) || has(text, hexadecimal.as_bytes()) || (backwards && has(text, &turned)) {
                return Err(Failure::new(format!("{what} holds {name}")));
            }
        }
        Ok(())
    }

    fn fly(&mut self, name: impl Into<String>, canary: &Secret) {
        self.canaries.push((name.into(), canary.clone()));
    }

    fn note(&mut self, thing: &impl Debug) {
        // Writing to a string cannot fail.
        writeln!(self.said, "{thing:?} {thing:#?}").ok();
    }

    fn note_json(&mut self, thing: &(impl Debug + Serialize)) -> Result<(), Failure> {
        self.note(thing);
        self.said.push_str(&serde_json::to_string(thing)?);
        Ok(())
    }

    /// Notes an answer, and what an error and its causes say.
    fn note_answer<T: Debug, E: Error>(&mut self, answer: &Result<T, E>) {
        self.note(answer);
        let mut cause: Option<&dyn Error> = answer.as_ref().err().map(|error| error as &dyn Error);
        while let Some(error) = cause {
            writeln!(self.said, "{error} {error:?}").ok();
            cause = error.source();
        }
    }

    fn note_mails(&mut self, mails: &[Mail]) {
        for mail in mails {
            self.note(mail);
            if let Some(token) = token_in(mail) {
                self.fly("the token of a mail", &token);
            }
        }
    }

    async fn knocked(&mut self, door: &Door, address: &str, password: &str) -> Option<Secret> {
        let answer = door.sign_in(address, password).await;
        self.note_answer(&answer);
        match answer {
            Ok(SignedIn::Session(session)) => {
                self.fly("the token of a session", &session.token);
                Some(session.token)
            }
            Ok(SignedIn::MustSetPassword { token, .. }) => {
                self.fly("the token for an initial password", &token);
                Some(token)
            }
            Err(_) => None,
        }
    }

    async fn forgotten(&mut self, door: &Door, address: &str) -> Result<Option<Secret>, Failure> {
        door.clock.pass(Duration::from_hours(2));
        let source = Source::new(IN_THE_WRONG_FIELD);
        let errand = door.staffroom.ask_for_reset(NETWORK, address, &source).await;
        self.note_answer(&errand);
        self.note_answer(&errand?.run().await);
        let mails = door.outbox.empty();
        self.note_mails(&mails);
        Ok(mails.iter().find_map(token_in))
    }

    async fn set(&mut self, door: &Door, token: &Secret, password: &str) {
        self.note_answer(&door.staffroom.set_password(NETWORK, token, secret(password)).await);
        self.note_mails(&door.outbox.empty());
    }
}

fn has(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// Sends canaries through every flow there is for passwords and tokens, over `store`, which must be empty: initial
/// passwords of all kinds, sign-ins that succeed and fail, resets asked for by anybody and sent by an administrator,
/// passwords that are too weak, mailers and hashers that fail, sessions, revocations, invitations, undos and sweeps.
/// Everybody's last doings are left as they are, so that hashes, sessions and resets of every kind are there to be dumped.
///
/// # Errors
/// If a flow could not be gone through.
pub async fn fly_canaries(store: Arc<dyn Store>) -> Result<Flight, Failure> {
    people(&*store, &[chosen(teacher(1)), teacher(2), teacher(3)]).await?;
    let planted = staffroom_core::User::new(user_id(50), email(PLANTED), crate::fixture::moment());
    add_users(&*store, NETWORK, &[planted]).await?;
    let mut flight = Flight { said: String::new(), kept: String::new(), canaries: Vec::new() };
    for (name, canary) in [
        ("the shared password", SHARED),
        ("the password that was given", GIVEN),
        ("the password that was chosen", CHOSEN),
        ("the wrong password", WRONG),
        ("the weak password", WEAK),
        ("the password in the wrong field", IN_THE_WRONG_FIELD),
    ] {
        flight.fly(name, &secret(canary));
    }
    let door = Door::to(&store);
    initial_passwords(&mut flight, &door).await?;
    resets(&mut flight, &door).await?;
    administrators(&mut flight, &door).await?;
    broken_capabilities(&mut flight, &door).await;
    let mut uow = read(&*store).await?;
    let (users, log) = (users(&mut *uow).await?, audit(&mut *uow).await?);
    flight.note_json(&users)?;
    flight.note_json(&log)?;
    flight.kept = serde_json::to_string(&(&users, &log))?;
    for user in &users {
        let hash = uow.passwords().find_by_email(user.email()).await?;
        let sessions = uow.sessions().find_by_user(user.id()).await?;
        let reset = uow.resets().find_by_user(user.id()).await?;
        flight.note(&(&hash, &sessions, &reset));
        flight.kept.extend(hash.as_ref().map(|hash| hash.hash.as_phc()));
        let tokens = sessions.iter().map(|session| session.token).chain(reset.map(|reset| reset.token));
        for token in tokens {
            // Writing to a string cannot fail.
            write!(flight.kept, "{:?}", token.as_bytes()).ok();
        }
    }
    Ok(flight)
}

async fn initial_passwords(flight: &mut Flight, door: &Door) -> Result<(), Failure> {
    let shared = InitialPassword::Shared(ValidDays::default());
    let generated = InitialPassword::Generated(ValidDays::default());
    for (number, password) in
        [(1, shared), (2, shared), (3, generated), (4, generated), (5, InitialPassword::None)]
    {
        let request = BulkCreate::of(Selection::These(vec![StaffKey::Id(staff_id(number))]));
        let plan = door.staffroom.preview(&clerk(), &request.with_initial_password(password)).await?;
        flight.note_json(&plan)?;
        let committed = if password == shared {
            let weak = door.staffroom.commit_with_shared_password(&clerk(), &plan, secret(WEAK)).await;
            flight.note_answer(&weak);
            door.staffroom.commit_with_shared_password(&clerk(), &plan, secret(SHARED)).await
        } else {
            door.staffroom.commit(&clerk(), &plan).await
        };
        flight.note_answer(&committed);
        let committed = committed?;
        flight.note_json(&committed.report)?;
        let mut initial = secret(SHARED);
        for entry in &committed.hand_off().entries {
            flight.note(entry);
            if let WayIn::GeneratedPassword { password, .. } = &entry.way_in {
                flight.fly("a generated password", password);
                initial = password.clone();
            }
        }
        flight.note_answer(&door.staffroom.hand_off(&clerk(), plan.batch()).await);
        let address = format!("staff{number}@school.example");
        flight.knocked(door, &address, WRONG).await;
        let token = flight.knocked(door, &address, initial.expose()).await;
        // Of each kind one sets a password with what they got, and one is left as they are.
        if let Some(token) = token.filter(|_| number % 2 == 1) {
            flight.set(door, &token, WEAK).await;
            flight.set(door, &token, initial.expose()).await;
            flight.set(door, &token, CHOSEN).await;
            flight.set(door, &token, CHOSEN).await;
            flight.knocked(door, &address, CHOSEN).await;
        } else {
            let of = InitialOf::Batch(plan.batch());
            flight.note_answer(&door.staffroom.revoke_initial_passwords(&clerk(), of).await);
            flight.knocked(door, &address, initial.expose()).await;
        }
        flight.note_answer(&door.staffroom.undo(&clerk(), plan.batch()).await);
    }
    Ok(())
}

async fn resets(flight: &mut Flight, door: &Door) -> Result<(), Failure> {
    let ann = "user1@school.example";
    for address in [ann, "nobody@school.example", IN_THE_WRONG_FIELD, "user2@school.example"] {
        let token = flight.forgotten(door, address).await?;
        flight.knocked(door, address, WRONG).await;
        if let Some(token) = token {
            flight.set(door, &token, WEAK).await;
            flight.set(door, &token, CHOSEN).await;
        }
    }
    // One that nobody uses.
    flight.forgotten(door, "user2@school.example").await?;
    flight.set(door, &secret(IN_THE_WRONG_FIELD), CHOSEN).await;
    for _ in 0..12 {
        flight.knocked(door, "user2@school.example", WRONG).await;
        flight.knocked(door, WRONG, IN_THE_WRONG_FIELD).await;
        door.clock.pass(Duration::from_hours(1));
    }
    let token = there("a session", flight.knocked(door, ann, CHOSEN).await)?;
    flight.note_answer(&door.staffroom.authenticate(NETWORK, &token).await);
    flight.note_answer(&door.staffroom.authenticate(NETWORK, &secret(IN_THE_WRONG_FIELD)).await);
    flight.note_answer(&door.staffroom.enter_school(NETWORK, &token, SCHOOL).await);
    let other = there("a session", flight.knocked(door, ann, CHOSEN).await)?;
    flight.note_answer(&door.staffroom.sign_out(NETWORK, &other).await);
    let own = door.staffroom.sessions(&session_of(user_id(1), SCHOOL), user_id(1)).await;
    flight.note_answer(&own);
    flight.note_json(&own?)
}

async fn administrators(flight: &mut Flight, door: &Door) -> Result<(), Failure> {
    let (session, ben, cat) = (clerk(), user_id(2), user_id(3));
    for password in [WEAK, GIVEN] {
        let given =
            door.staffroom.give_initial_password(&session, cat, secret(password), ValidDays::default());
        flight.note_answer(&given.await);
    }
    flight.knocked(door, "user3@school.example", GIVEN).await;
    let given = door
        .staffroom
        .give_initial_password(&session, user_id(77), secret(GIVEN), ValidDays::default())
        .await;
    flight.note_answer(&given);
    let denied = door.given(&session_of(cat, SCHOOL), ben, GIVEN).await;
    flight.note_answer(&denied);
    flight.note_answer(&door.staffroom.send_reset(&session, ben).await);
    door.outbox.fail(true);
    flight.note_answer(&door.staffroom.send_reset(&session, cat).await);
    door.outbox.fail(false);
    flight.note_mails(&door.outbox.empty());
    flight.note_answer(&door.staffroom.sessions(&session, user_id(1)).await);
    flight.note_answer(&door.staffroom.end_sessions(&session, ben, EndSessions::All).await);
    let invited = door.staffroom.invite(&session, &Invite::AllNeverSignedIn).await;
    flight.note_answer(&invited);
    flight.note_json(&invited?)?;
    flight.note_mails(&door.outbox.empty());
    flight.note_answer(&door.staffroom.users(&session, &UserQuery::default(), None, 50).await);
    flight.note_answer(&door.staffroom.sweep(NETWORK).await);
    flight.note(&door.staffroom);
    Ok(())
}

/// Passwords of which every hash fails.
#[derive(Debug)]
struct Failing;

#[async_trait]
impl Passwords for Failing {
    fn check(&self, secret: &Secret, about: &[&str]) -> Result<(), WeakPassword> {
        ReversedPasswords.check(secret, about)
    }

    fn generate(&self, randomness: &dyn Randomness) -> Secret {
        ReversedPasswords.generate(randomness)
    }

    async fn hash(
        &self,
        _: &[Secret],
        _: Strength,
        _: &dyn Progress,
    ) -> Result<Vec<PasswordHash>, HashingError> {
        Err(HashingError("out of memory".into()))
    }

    async fn verify(&self, _: &Secret, _: Option<&PasswordHash>) -> Result<Verified, HashingError> {
        Err(HashingError("out of memory".into()))
    }

    fn token_hash(&self, token: &Secret) -> TokenHash {
        ReversedPasswords.token_hash(token)
    }
}

async fn broken_capabilities(flight: &mut Flight, door: &Door) {
    let broken =
        door.staffroom.clone().with_passwords(Arc::new(Failing), Arc::new(ForetoldRandomness::default()));
    let sign_in = SignIn::new("user1@school.example", secret(CHOSEN), Source::new(IN_THE_WRONG_FIELD));
    flight.note(&sign_in);
    let answer: Result<SignedIn, SignInError> = broken.sign_in(NETWORK, &sign_in).await;
    flight.note_answer(&answer);
    let given = broken.give_initial_password(&clerk(), user_id(1), secret(GIVEN), ValidDays::default()).await;
    flight.note_answer(&given);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canary_is_found_however_it_is_written() {
        let mut flight = Flight { said: String::new(), kept: String::new(), canaries: Vec::new() };
        flight.fly("the one", &secret("canary zq1"));
        flight.is_not_in("nothing", b"a crow").unwrap();
        flight.is_not_in_dump("a store", b"planted.on.purpose@school.example 1qz yranac").unwrap();
        for text in ["a canary zq1!", "63616e617279207a7131", "1qz yranac"] {
            flight.is_not_in("this", text.as_bytes()).unwrap_err();
        }
        for dump in ["nothing at all", "planted.on.purpose@school.example canary zq1"] {
            flight.is_not_in_dump("a store", dump.as_bytes()).unwrap_err();
        }
    }
}
