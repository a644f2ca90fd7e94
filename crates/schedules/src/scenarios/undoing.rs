use std::sync::Arc;

use shuttle::future::{block_on, spawn};
use staffroom_core::store::Store;
use staffroom_core::{
    AuditEvent, BulkCreate, Edited, InitialPassword, Outcome, Report, ReportRow, Secret, Selection, SignIn,
    SignInError, SignedIn, Source, UndoOutcome, User, UserEdit, UserEditError, UserId, ValidDays,
};
use staffroom_testkit::fixture::{self, NETWORK, TEACHERS, add_staff, operator, set_up, staff_member};

use super::{coin, draw, events, everybody, secret};

/// The shared password of the batch.
const SHARED: &str = "one lantern for all of us";

/// A batch is undone, perhaps twice at once, while one of its users is edited, another one signs in, and somebody creates users for
/// whoever has none: who was touched stays, who was not is gone, and both is what was told (R15).
pub fn undo(store: &Arc<dyn Store>) {
    block_on(async {
        set_up(&**store).await.unwrap();
        add_staff(&**store, NETWORK, &[1, 2, 3].map(staff_member)).await.unwrap();
        let staffroom = fixture::staffroom(Arc::clone(store), 1);
        let request = BulkCreate::of(Selection::AllCandidates)
            .with_initial_password(InitialPassword::Shared(ValidDays::default()));
        let plan = staffroom.preview(&operator(), &request).await.unwrap();
        let first = staffroom.commit_with_shared_password(&operator(), &plan, secret(SHARED)).await.unwrap();
        let ids: Vec<UserId> = first.report.rows().iter().filter_map(ReportRow::user).collect();

        let undoing: Vec<_> = (0..=draw(2))
            .map(|_| {
                let (staffroom, batch) = (staffroom.clone(), plan.batch());
                spawn(async move { staffroom.undo(&operator(), batch).await.unwrap() })
            })
            .collect();
        let edited = ids[0];
        let edit = if coin() { UserEdit::Disable } else { UserEdit::JoinGroup(TEACHERS) };
        let editing = {
            let staffroom = staffroom.clone();
            spawn(async move { staffroom.edit_user(&operator(), edited, edit).await })
        };
        let signing_in = {
            let staffroom = staffroom.clone();
            let sign_in =
                SignIn::new("staff2@school.example", Secret::new(SHARED.to_owned()), Source::new("home"));
            spawn(async move { staffroom.sign_in(NETWORK, &sign_in).await })
        };
        let creating = coin().then(|| {
            let staffroom = fixture::staffroom(Arc::clone(store), 2);
            spawn(async move {
                let plan =
                    staffroom.preview(&operator(), &BulkCreate::of(Selection::AllCandidates)).await.unwrap();
                staffroom.commit(&operator(), &plan).await.unwrap()
            })
        });

        let mut undone = Vec::new();
        for undoing in undoing {
            undone.push(undoing.await.unwrap());
        }
        let edited_now = match editing.await.unwrap() {
            Ok(answer) => answer.edited == Edited::Now,
            Err(UserEditError::UnknownUser(id)) if id == edited => false,
            Err(error) => panic!("an edit failed: {error:?}"),
        };
        let signed_in = match signing_in.await.unwrap() {
            Ok(SignedIn::MustSetPassword { .. }) => true,
            Err(SignInError::Refused) => false,
            other => panic!("a sign-in ended as {other:?}"),
        };
        let created = match creating {
            Some(creating) => Some(creating.await.unwrap().report),
            None => None,
        };

        let users = everybody(store).await;
        // Whoever was touched is there for good; whoever was not is gone, whichever undo took them.
        assert_eq!(users.contains_key(&edited), edited_now, "the edit was made of whoever stays");
        assert_eq!(users.contains_key(&ids[1]), signed_in, "whoever signed in stays");
        assert!(!users.contains_key(&ids[2]), "whoever nobody touched is gone");
        for report in &undone {
            assert_eq!(report.rows.iter().map(|row| row.user).collect::<Vec<_>>(), ids);
            for row in &report.rows {
                match &row.outcome {
                    UndoOutcome::Removed => {
                        assert!(!users.contains_key(&row.user), "{row:?}, and they are there");
                    }
                    UndoOutcome::Kept(touches) => {
                        assert!(
                            users.contains_key(&row.user) && !touches.is_empty(),
                            "{row:?}, and they are not"
                        );
                    }
                }
            }
        }
        let removals = events(store).await.iter().fold(0, |sum, event| match event {
            AuditEvent::Undo { removed, .. } => sum + removed,
            _ => sum,
        });
        let gone = ids.iter().filter(|id| !users.contains_key(id)).count();
        assert_eq!(removals, gone, "each is removed once, and written down once");
        for row in created.iter().flat_map(Report::rows) {
            if let Outcome::Created(id) = row.outcome() {
                assert_eq!(users.get(&id).and_then(User::staff_member), row.subject().staff_id());
            }
        }
    });
}
