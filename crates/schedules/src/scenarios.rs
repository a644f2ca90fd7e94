//! What happens at once, over any store that can be had anew. Each scenario draws what is asked for from
//! [`shuttle::rand`], starts a task for everybody, waits for all of them, and then looks at the store and at every answer.

mod creating;
mod guessing;
mod undoing;
mod ways_in;

use std::collections::BTreeMap;
use std::sync::Arc;

use shuttle::rand::Rng as _;
use staffroom_core::store::{Mode, Store, UnitOfWork};
use staffroom_core::{
    Actor, AuditEvent, Clock, IdSet, IdSource, PasswordState, Passwords as _, Session, Staffroom,
};
use staffroom_core::{NoProgress, Secret, StaffId, Strength, User, UserId};
use staffroom_testkit::fakes::{CountingIds, ForetoldRandomness, HandClock, Outbox, ReversedPasswords};
use staffroom_testkit::fixture::{ADMINS, NETWORK, SCHOOL, add_users, user};

pub use creating::create;
pub use guessing::guess;
pub use undoing::undo;
pub use ways_in::get_in;

fn coin() -> bool {
    shuttle::rand::thread_rng().r#gen()
}

/// One of `0..below`.
fn draw(below: u32) -> u32 {
    shuttle::rand::thread_rng().gen_range(0..below)
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

/// An administrator, known by number, and their session.
fn administrator(number: u32) -> (User, Session) {
    let user = user(100 + number).entering(IdSet::only(SCHOOL)).in_groups(IdSet::only(ADMINS));
    let session = Session::new(NETWORK, Actor::User(user.id()), SCHOOL);
    (user, session)
}

/// The library, its mail and its clock. Its clock stands still: what is counted per minute is counted in one.
struct Library {
    staffroom: Staffroom,
    outbox: Arc<Outbox>,
    clock: Arc<HandClock>,
}

impl Library {
    fn over(store: &Arc<dyn Store>) -> Self {
        let (clock, outbox) = (Arc::new(HandClock::new()), Arc::new(Outbox::default()));
        let ids: Arc<dyn IdSource> = Arc::new(CountingIds::new(1));
        let staffroom =
            Staffroom::new(Arc::clone(store), Arc::<HandClock>::clone(&clock) as Arc<dyn Clock>, ids)
                .with_passwords(Arc::new(ReversedPasswords), Arc::new(ForetoldRandomness::default()))
                .with_mail(Arc::<Outbox>::clone(&outbox));
        Self { staffroom, outbox, clock }
    }
}

/// Adds a user who has chosen `password`.
async fn add_user_with_password(
    store: &Arc<dyn Store>,
    number: u32,
    password: &Secret,
    clock: &HandClock,
) -> UserId {
    let chosen = user(number).entering(IdSet::only(SCHOOL));
    let chosen = chosen.with_password(PasswordState::Chosen { set_at: clock.now() });
    add_users(&**store, NETWORK, std::slice::from_ref(&chosen)).await.unwrap();
    let hashes =
        ReversedPasswords.hash(std::slice::from_ref(password), Strength::Own, &NoProgress).await.unwrap();
    let mut uow = store.begin(NETWORK, Mode::Write).await.unwrap();
    uow.passwords().set(&[(chosen.id(), hashes[0].clone())]).await.unwrap();
    uow.commit().await.unwrap();
    chosen.id()
}

async fn reading(store: &Arc<dyn Store>) -> Box<dyn UnitOfWork> {
    store.begin(NETWORK, Mode::Read).await.unwrap()
}

/// Everybody who is there when all is over, and that they are there once (R13): one user for each email and for each
/// staff member.
async fn everybody(store: &Arc<dyn Store>) -> BTreeMap<UserId, User> {
    let mut users = BTreeMap::new();
    let (mut by_email, mut by_staff) =
        (BTreeMap::<String, UserId>::new(), BTreeMap::<StaffId, UserId>::new());
    reading(store).await.users().visit(&mut |user| drop(users.insert(user.id(), user))).await.unwrap();
    for user in users.values() {
        let other = by_email.insert(user.email().canonical().to_owned(), user.id());
        assert_eq!(other, None, "two users have the email of {user:?}");
        let other = user.staff_member().and_then(|member| by_staff.insert(member, user.id()));
        assert_eq!(other, None, "two users are linked to the staff member of {user:?}");
    }
    users
}

/// The audit log.
async fn events(store: &Arc<dyn Store>) -> Vec<AuditEvent> {
    let mut events = Vec::new();
    reading(store).await.audit().visit(&mut |record| events.push(record.event)).await.unwrap();
    events
}
