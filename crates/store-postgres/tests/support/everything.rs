//! Everything that the library writes, for those who look it over.

use std::sync::Arc;

use staffroom_core::store::{Mode, RowLock, Store};
use staffroom_core::{
    BatchId, BulkCreate, InitialOf, InitialPassword, Secret, Selection, StaffKey, Staffroom, UserId,
    UserStatus, ValidDays,
};
use staffroom_testkit::fixture::{
    self, NETWORK, OTHER_NETWORK, SCHOOL, TEACHERS, add_staff, admin, edit_user, set_up, set_up_network,
    staff_id, staff_member, user_id,
};

use super::traces::leave_traces;

/// Whom no batch creates a user for.
pub(crate) const FREE: u32 = 9;

async fn batch(staffroom: &Staffroom, people: &[u32], password: InitialPassword) -> BatchId {
    let keys = people.iter().map(|number| StaffKey::Id(staff_id(*number))).collect();
    let request = BulkCreate::of(Selection::These(keys)).in_group(TEACHERS).with_initial_password(password);
    let plan = staffroom.preview(&admin(), &request).await.unwrap();
    let done = match password {
        InitialPassword::Shared(_) => {
            let secret = Secret::new("a password for everybody".to_owned());
            staffroom.commit_with_shared_password(&admin(), &plan, secret).await
        }
        _ => staffroom.commit(&admin(), &plan).await,
    };
    assert_eq!(done.unwrap().report.counts().created, people.len());
    plan.batch()
}

/// Two networks with batches of every kind. The first batch is whole, the second has a shared password, the third generated
/// ones, the fourth is undone but for one user; the shared password of the fifth is revoked, and the sixth, which had one, is undone.
pub(crate) async fn write_everything(store: &Arc<dyn Store>) {
    set_up(&**store).await.unwrap();
    set_up_network(&**store, OTHER_NETWORK).await.unwrap();
    let members: Vec<_> = (1..=FREE).map(staff_member).collect();
    add_staff(&**store, NETWORK, &members).await.unwrap();
    add_staff(&**store, OTHER_NETWORK, &members).await.unwrap();
    let only_there = fixture::user(77).set_email(fixture::email("only@other.example"));
    fixture::add_users(&**store, OTHER_NETWORK, &[only_there]).await.unwrap();
    let staffroom = fixture::staffroom(Arc::clone(store), 1);
    let first = batch(&staffroom, &[1, 2], InitialPassword::None).await;
    batch(&staffroom, &[3, 4], InitialPassword::Shared(ValidDays::default())).await;
    batch(&staffroom, &[5], InitialPassword::Generated(ValidDays::default())).await;
    let undone = batch(&staffroom, &[6, 7], InitialPassword::None).await;
    let disabled = first_user_of(&**store, undone).await;
    edit_user(&**store, NETWORK, disabled, |user| user.set_status(UserStatus::Disabled)).await.unwrap();
    let staffroom = fixture::staffroom(Arc::clone(store), 2);
    assert_eq!(staffroom.undo(&admin(), undone).await.unwrap().removed(), 1);
    // Once more: it has nothing left to remove, and is logged.
    assert_eq!(staffroom.undo(&admin(), undone).await.unwrap().removed(), 1);
    let revoked = batch(&staffroom, &[8], InitialPassword::Shared(ValidDays::default())).await;
    let done = staffroom.revoke_initial_passwords(&admin(), InitialOf::Batch(revoked)).await.unwrap();
    assert_eq!(done.users, 1);
    let gone = batch(&staffroom, &[7], InitialPassword::Shared(ValidDays::default())).await;
    leave_traces(&**store, NETWORK, first_user_of(&**store, gone).await, SCHOOL).await;
    assert_eq!(staffroom.undo(&admin(), gone).await.unwrap().removed(), 1);
    leave_traces(&**store, NETWORK, first_user_of(&**store, first).await, SCHOOL).await;
    leave_traces(&**store, OTHER_NETWORK, user_id(77), SCHOOL).await;
}

async fn first_user_of(store: &dyn Store, batch: BatchId) -> UserId {
    let mut uow = store.begin(NETWORK, Mode::Read).await.unwrap();
    let users = uow.users().find_by_batch(batch, RowLock::None).await.unwrap();
    users.first().unwrap().id()
}
