//! The library over a store, driven by transitions.

use std::sync::Arc;

use staffroom_core::store::{Mode, Store};
use staffroom_core::{
    AccessError, CommitError, Decision, Edited, ImportError, InitialPassword, ListQuery, Outcome, Plan,
    Repeat, Secret, Session, StaffKey, Staffroom, Subject, Touch, UndoError, UndoOutcome, User, UserEdit,
    UserEditError, Where, Who,
};

use super::super::state::Model;
use super::super::transition::{HandIn, Transition};
use super::super::view::{Answer, RowView, arranged, reason_codes, warning_codes};
use crate::fixture;
use crate::properties::Violation;
use crate::strategies::{World, apply_edit};

/// The library, and the plans it has made.
pub(super) struct Real {
    pub(super) store: Arc<dyn Store>,
    pub(super) staffroom: Staffroom,
    pub(super) plans: Vec<Plan>,
}

impl Real {
    pub(super) async fn begin(store: &Arc<dyn Store>, world: &World) -> Result<Self, Violation> {
        world.write_to(&**store).await?;
        let staffroom = fixture::staffroom(Arc::clone(store), 1);
        Ok(Self { store: Arc::clone(store), staffroom, plans: Vec::new() })
    }

    /// Lets `transition` happen. `model` has lived through it already.
    pub(super) async fn step(&mut self, transition: &Transition, model: &Model) -> Result<Answer, Violation> {
        match transition {
            Transition::Import(network, roster) => Ok(match self.staffroom.import(*network, roster).await {
                Ok(report) => Answer::Imported([
                    report.schools_added,
                    report.schools_updated,
                    report.schools_unchanged,
                    report.staff_added,
                    report.staff_updated,
                    report.staff_unchanged,
                    report.staff_departed,
                ]),
                Err(ImportError::NobodyListed) => Answer::Refused("nobody-listed"),
                Err(error) => return Err(Violation::of("L1", format!("{error:?}"))),
            }),
            Transition::Edit(network, edit) => {
                Ok(Answer::Edited(apply_edit(&*self.store, *network, edit).await?))
            }
            Transition::Preview(by, request) => {
                let plan = match self.staffroom.preview(by, request).await {
                    Ok(plan) => plan,
                    Err(error) => return refusal(error),
                };
                let rows = plan.rows().iter().map(|row| {
                    let outcome = match row.decision() {
                        Decision::Create(user) => Outcome::Created(user),
                        Decision::Refuse(reasons) => Outcome::Refused(reasons),
                    };
                    view(row.subject(), outcome, row.warnings(), row.email_sharers())
                });
                let rows = rows.collect();
                self.plans.push(plan);
                Ok(Answer::Planned(arranged(rows, is_ordered(model, self.plans.len().saturating_sub(1)))))
            }
            Transition::Commit(number, by, hand_in) => self.commit(*number, *by, *hand_in, model).await,
            Transition::Undo(number, by) => self.undo(*number, *by, model).await,
            Transition::List(by, everyone) => self.list(by, *everyone).await,
            Transition::EditUser(by, place, edit) => self.edit_user(by, *place, *edit).await,
        }
    }

    async fn edit_user(&self, by: &Session, place: usize, edit: UserEdit) -> Result<Answer, Violation> {
        let mut users = Vec::new();
        let mut uow = self.store.begin(by.network(), Mode::Read).await?;
        uow.users().visit(&mut |user| users.push(user)).await?;
        drop(uow);
        users.sort_by(|one, other| one.email().canonical().cmp(other.email().canonical()));
        let target = place.checked_rem(users.len()).and_then(|place| users.get(place)).map(User::id);
        let outcome = self.staffroom.edit_user(by, target.unwrap_or(fixture::user_id(7_777)), edit).await;
        Ok(match outcome {
            Ok(done) => Answer::UserEdited { now: done.edited == Edited::Now, revoked: done.initial_revoked },
            Err(UserEditError::Access(error)) => return refusal(error),
            Err(UserEditError::UnknownUser(_)) => Answer::Refused("unknown-user"),
            Err(UserEditError::UnknownStaffMember(_)) => Answer::Refused("unknown-staff-member"),
            Err(UserEditError::LocksOut) => Answer::Refused("locks-out"),
            Err(UserEditError::NotLinked(refused)) => Answer::Refused(refused.code()),
            Err(error) => return Err(Violation::of("R8", format!("{error:?}"))),
        })
    }

    fn plan(&self, number: usize, by: Option<Session>) -> Result<(&Plan, Session), Violation> {
        let missing = || Violation::of("the model", format!("plan {number} was never made"));
        let plan = self.plans.get(number).ok_or_else(missing)?;
        Ok((plan, by.unwrap_or_else(|| Session::new(plan.network(), plan.actor(), plan.school()))))
    }

    async fn commit(
        &self,
        number: usize,
        by: Option<Session>,
        hand_in: HandIn,
        model: &Model,
    ) -> Result<Answer, Violation> {
        let (plan, by) = self.plan(number, by)?;
        let asks =
            model.plans.get(number).is_some_and(|plan| matches!(plan.password, InitialPassword::Shared(_)));
        let password = match hand_in {
            HandIn::AsAsked => asks.then_some("a password for the whole batch"),
            HandIn::Otherwise => (!asks).then_some("a password for the whole batch"),
            HandIn::Weak => Some("weak"),
        };
        let outcome = match password {
            Some(password) => {
                let password = Secret::new(password.to_owned());
                self.staffroom.commit_with_shared_password(&by, plan, password).await
            }
            None => self.staffroom.commit(&by, plan).await,
        };
        match outcome {
            Ok(committed) => {
                let rows = committed.report.rows().iter();
                let rows =
                    rows.map(|row| view(row.subject(), row.outcome(), row.warnings(), row.email_sharers()));
                let rows = arranged(rows.collect(), is_ordered(model, number));
                Ok(Answer::Committed { rows, again: committed.repeat == Repeat::Again })
            }
            Err(CommitError::Access(error)) => refusal(error),
            Err(CommitError::NotYourPlan) => Ok(Answer::Refused("not-your-plan")),
            Err(CommitError::PasswordMismatch) => Ok(Answer::Refused("password-mismatch")),
            Err(CommitError::WeakPassword(_)) => Ok(Answer::Refused("weak-password")),
            Err(error) => Err(Violation::of("R13", format!("a commit failed: {error:?}"))),
        }
    }

    async fn undo(&self, number: usize, by: Option<Session>, model: &Model) -> Result<Answer, Violation> {
        let (plan, by) = self.plan(number, by)?;
        match self.staffroom.undo(&by, plan.batch()).await {
            Ok(report) => {
                let rows = report.rows.into_iter().map(|row| match row.outcome {
                    UndoOutcome::Removed => (named(&row.subject), Vec::new()),
                    UndoOutcome::Kept(touches) => {
                        (named(&row.subject), touches.into_iter().map(Touch::code).collect())
                    }
                });
                Ok(Answer::Undone(arranged(rows.collect(), is_ordered(model, number))))
            }
            Err(UndoError::UnknownBatch(_)) => Ok(Answer::Refused("unknown-batch")),
            Err(UndoError::Access(error)) => refusal(error),
            Err(error) => Err(Violation::of("R15", format!("{error:?}"))),
        }
    }

    async fn list(&self, by: &Session, everyone: bool) -> Result<Answer, Violation> {
        let (who, place) =
            if everyone { (Who::Everyone, Where::Anywhere) } else { (Who::Candidates, Where::Here) };
        let query = ListQuery { who, place, search: None };
        let mut rows = Vec::new();
        let mut after = None;
        // In small pages, so that their seams are tried as well.
        loop {
            let page = match self.staffroom.list(by, &query, after.as_ref(), 3).await {
                Ok(page) => page,
                Err(error) => return refusal(error),
            };
            rows.extend(page.rows.into_iter().map(|row| {
                let sis_id = row.facts.staff_member.sis_id().to_string();
                (sis_id, row.assessment.reasons, row.assessment.warnings)
            }));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        rows.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(Answer::Listed(rows))
    }
}

fn is_ordered(model: &Model, number: usize) -> bool {
    model.plans.get(number).is_some_and(|plan| plan.ordered)
}

fn refusal(error: AccessError) -> Result<Answer, Violation> {
    match error {
        AccessError::Denied(denied) => Ok(Answer::Refused(denied.code())),
        AccessError::UnknownGroup(_) => Ok(Answer::Refused("unknown-group")),
        AccessError::InactiveGroup(_) => Ok(Answer::Refused("inactive-group")),
        AccessError::Store(error) => Err(error.into()),
        error => Err(Violation::of("R8", format!("{error:?}"))),
    }
}

fn named(subject: &Subject) -> String {
    match subject {
        Subject::StaffMember { sis_id, .. } | Subject::Unknown(StaffKey::SisId(sis_id)) => sis_id.to_string(),
        Subject::Unknown(StaffKey::Id(id)) => format!("id {id}"),
    }
}

fn view(
    subject: &Subject,
    outcome: Outcome,
    warnings: staffroom_core::WarningSet,
    sharers: &[staffroom_core::EmailSharer],
) -> RowView {
    let (created, reasons) = match outcome {
        Outcome::Created(_) => (true, Vec::new()),
        Outcome::Refused(reasons) => (false, reason_codes(reasons)),
    };
    let mut sharers: Vec<String> = sharers.iter().map(|sharer| sharer.sis_id.to_string()).collect();
    sharers.sort();
    RowView { who: named(subject), created, reasons, warnings: warning_codes(warnings), sharers }
}
