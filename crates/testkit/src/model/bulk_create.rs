//! Previews, commits, undos and lists, as the model understands them.

use staffroom_core::{
    Actor, BulkCreate, GroupId, IdSet, InitialPassword, NetworkId, Partial, PasswordState, Reason, ReasonSet,
    SchoolId, Selection, Session, StaffEmail, StaffId, StaffKey, StaffMember, User, UserId, Warning,
    WarningSet,
};

use super::rules::{address, touches};
use super::state::{Model, ModelBatch, ModelNetwork, ModelPlan, ModelRow, PlanLine, batch_id, secret_id};
use super::transition::{HandIn, Transition};
use super::view::{Answer, RowView, arranged, audit_line, reason_codes, warning_codes};
use crate::fixture;

impl Model {
    /// Lets `transition` happen, and answers in words, for a test that asks what histories meet.
    pub fn answer(&mut self, transition: &Transition) -> String {
        format!("{:?}", self.step(transition))
    }

    /// Lets `transition` happen, and answers as the library should.
    pub(super) fn step(&mut self, transition: &Transition) -> Answer {
        match transition {
            Transition::Import(network, roster) => self.import(*network, roster),
            Transition::Edit(network, edit) => Answer::Edited(self.edit(*network, edit)),
            Transition::Preview(by, request) => self.preview(by, request),
            Transition::Commit(plan, by, hand_in) => self.commit(*plan, *by, *hand_in),
            Transition::Undo(plan, by) => self.undo(*plan, *by),
            Transition::List(by, everyone) => self.list(by, *everyone),
            Transition::EditUser(by, place, edit) => self.edit_user(by, *place, *edit),
        }
    }

    fn preview(&mut self, by: &Session, request: &BulkCreate) -> Answer {
        if let Some(refused) = self.refuse(by, by.school(), request.group(), None, "preview") {
            return refused;
        }
        let Some(here) = self.network(by.network()) else { return Answer::Refused("unknown-network") };
        let mut lines = match request.selection() {
            Selection::AllCandidates => here.candidates(by.school(), |_| true),
            Selection::CandidatesHere => here.candidates(by.school(), |member| {
                member.schools().iter().any(|works_in| works_in == by.school())
            }),
            Selection::These(keys) => here.named(by.school(), keys),
        };
        refuse_shared(&mut lines);
        if request.partial() == Partial::Forbidden && lines.iter().any(|line| !line.reasons.is_empty()) {
            for line in lines.iter_mut().filter(|line| line.reasons.is_empty()) {
                line.reasons = ReasonSet::only(Reason::AllOrNothing);
            }
        }
        let ordered = matches!(request.selection(), Selection::These(_));
        let rows = lines.iter().map(PlanLine::view).collect();
        self.plans.push(ModelPlan {
            network: by.network(),
            actor: by.actor(),
            school: by.school(),
            group: request.group(),
            password: request.initial_password(),
            partial: request.partial(),
            lines,
            ordered,
        });
        Answer::Planned(arranged(rows, ordered))
    }

    fn commit(&mut self, number: usize, by: Option<Session>, hand_in: HandIn) -> Answer {
        let Some(plan) = self.plans.get(number).cloned() else { return Answer::Refused("no-such-plan") };
        let by = by.unwrap_or_else(|| plan.session());
        if plan.network != by.network() || plan.actor != by.actor() {
            return Answer::Refused("not-your-plan");
        }
        let shared = matches!(plan.password, InitialPassword::Shared(_));
        let handed_in = match hand_in {
            HandIn::AsAsked => shared,
            HandIn::Otherwise => !shared,
            HandIn::Weak => true,
        };
        // A plan without passwords is not looked up before what is handed in is looked at.
        let without = plan.password == InitialPassword::None;
        if without && handed_in {
            return Answer::Refused("password-mismatch");
        }
        let before =
            self.network(plan.network).and_then(|here| here.batches.iter().find(|b| b.plan == number));
        if let Some(before) = before {
            let rows = before.rows.iter().map(ModelRow::view).collect();
            return Answer::Committed { rows: arranged(rows, plan.ordered), again: true };
        }
        if let Some(refused) = self.refuse(&by, plan.school, plan.group, Some(number), "commit") {
            return refused;
        }
        if shared != handed_in {
            return Answer::Refused("password-mismatch");
        }
        if shared && hand_in == HandIn::Weak {
            return Answer::Refused("weak-password");
        }
        self.carry_out(number, &plan)
    }

    fn carry_out(&mut self, number: usize, plan: &ModelPlan) -> Answer {
        let Some(here) = self.network(plan.network) else { return Answer::Refused("unknown-network") };
        let mut rows: Vec<ModelRow> =
            plan.lines.iter().map(|line| here.last_word(line, plan.school)).collect();
        if plan.partial == Partial::Forbidden && rows.iter().any(|row| !row.reasons.is_empty()) {
            for row in rows.iter_mut().filter(|row| row.reasons.is_empty()) {
                row.reasons = ReasonSet::only(Reason::AllOrNothing);
            }
        }
        let mut users = Vec::new();
        for (line, row) in plan.lines.iter().zip(&mut rows) {
            let member = line.member.filter(|_| row.reasons.is_empty());
            let member = member.and_then(|id| self.network(plan.network)?.member(id)).cloned();
            if let Some(member) = member
                && let StaffEmail::Valid(email) = member.email()
            {
                let id = UserId::from_uuid(self.new_id());
                row.user = Some(id);
                let expires_at = fixture::moment();
                let password = match plan.password {
                    InitialPassword::None => PasswordState::Unset,
                    InitialPassword::Shared(_) => {
                        PasswordState::InitialShared { secret: secret_id(number), expires_at }
                    }
                    InitialPassword::Generated(_) => PasswordState::InitialGenerated { expires_at },
                };
                let user = User::new(id, email.clone(), fixture::moment())
                    .linked_to(member.id())
                    .entering(IdSet::only(plan.school))
                    .in_groups(plan.group.into_iter().collect())
                    .made_by(batch_id(number))
                    .with_password(password);
                users.push(user);
            }
        }
        let views = rows.iter().map(ModelRow::view).collect();
        let event = audit_of(&rows);
        let Some(here) = self.network_mut(plan.network) else { return Answer::Refused("unknown-network") };
        if !users.is_empty() && matches!(plan.password, InitialPassword::Shared(_)) {
            here.secrets.push(number);
        }
        if matches!(plan.password, InitialPassword::Generated(_)) {
            here.hashes.extend(users.iter().map(User::id));
        }
        here.users.extend(users);
        here.batches.push(ModelBatch { plan: number, rows });
        here.audit.push(audit_line(plan.actor, plan.school, plan.group, Some(number), &event));
        Answer::Committed { rows: arranged(views, plan.ordered), again: false }
    }

    fn undo(&mut self, number: usize, by: Option<Session>) -> Answer {
        let Some(plan) = self.plans.get(number).cloned() else { return Answer::Refused("no-such-plan") };
        let by = by.unwrap_or_else(|| plan.session());
        let batch = self.network(by.network()).filter(|here| here.id == plan.network);
        let batch = batch.and_then(|here| here.batches.iter().find(|b| b.plan == number)).cloned();
        let school = if batch.is_some() { plan.school } else { by.school() };
        if let Some(refused) = self.refuse(&by, school, None, Some(number), "undo") {
            return refused;
        }
        let Some(batch) = batch else { return Answer::Refused("unknown-batch") };
        let Some(here) = self.network_mut(by.network()) else { return Answer::Refused("unknown-network") };
        if here.give_beyond(by.actor(), plan.group.as_slice()) {
            let event = "denied undo user-beyond-actor";
            here.audit.push(audit_line(by.actor(), school, plan.group, Some(number), event));
            return Answer::Refused("user-beyond-actor");
        }
        let before = here.users.len();
        let untouched = |user: &User| user.batch() == Some(batch_id(number)) && touches(user).is_empty();
        here.hashes.retain(|id| !here.users.iter().any(|user| user.id() == *id && untouched(user)));
        here.users.retain(|user| !untouched(user));
        let removed = before.saturating_sub(here.users.len());
        let referred = here.users.iter().any(|user| {
            matches!(user.password(), PasswordState::InitialShared { secret, .. } if secret == secret_id(number))
        });
        here.secrets.retain(|secret| *secret != number || referred);
        let mut rows: Vec<(String, Vec<&'static str>)> = Vec::new();
        for row in &batch.rows {
            if let Some(id) = row.user {
                let left = here.user(id).map(touches).unwrap_or_default();
                rows.push((row.who.clone(), left));
            }
        }
        let kept = rows.iter().filter(|(_, touches)| !touches.is_empty()).count();
        let event = format!("undo {removed} {kept}");
        here.audit.push(audit_line(by.actor(), school, plan.group, Some(number), &event));
        Answer::Undone(arranged(rows, plan.ordered))
    }

    fn list(&mut self, by: &Session, everyone: bool) -> Answer {
        if let Some(refused) = self.refuse(by, by.school(), None, None, "list") {
            return refused;
        }
        let Some(here) = self.network(by.network()) else { return Answer::Refused("unknown-network") };
        let listed = here.staff.iter().filter(|member| {
            everyone
                || (here.reasons(member).is_empty()
                    && member.schools().iter().any(|works_in| works_in == by.school()))
        });
        let mut rows: Vec<_> = listed
            .map(|member| {
                let (reasons, warnings) = (here.reasons(member), here.warnings(member, by.school()));
                (member.sis_id().to_string(), reasons, warnings)
            })
            .collect();
        rows.sort_by(|one, other| one.0.cmp(&other.0));
        Answer::Listed(rows)
    }

    /// The refusal of `by`, recorded if it is one of authority; `None` if they may.
    pub(super) fn refuse(
        &mut self,
        by: &Session,
        school: SchoolId,
        group: Option<GroupId>,
        batch: Option<usize>,
        attempt: &str,
    ) -> Option<Answer> {
        let needed = match attempt {
            "edit-user" => "users.manage",
            "link-user" => "users.link",
            "grant-access" => "users.grant-access",
            _ => "users.bulk-create",
        };
        let (code, of_authority) = self.refusal(by.network(), by.actor(), school, group, needed)?;
        if let Some(here) = self.network_mut(by.network())
            && of_authority
        {
            let event = format!("denied {attempt} {code}");
            here.audit.push(audit_line(by.actor(), school, group, batch, &event));
        }
        Some(Answer::Refused(code))
    }
}

impl ModelNetwork {
    fn candidates(&self, school: SchoolId, chosen: impl Fn(&StaffMember) -> bool) -> Vec<PlanLine> {
        let candidates = self.staff.iter().filter(|member| self.reasons(member).is_empty());
        candidates.filter(|member| chosen(member)).map(|member| self.line(member, school)).collect()
    }

    fn named(&self, school: SchoolId, keys: &[StaffKey]) -> Vec<PlanLine> {
        let mut lines: Vec<PlanLine> = Vec::new();
        for key in keys {
            let member = self.staff.iter().find(|member| match key {
                StaffKey::Id(id) => member.id() == *id,
                StaffKey::SisId(sis_id) => member.sis_id() == sis_id,
            });
            let line = member.map_or_else(|| unknown(key), |member| self.line(member, school));
            if !lines.iter().any(|other| other.who == line.who) {
                lines.push(line);
            }
        }
        lines
    }

    fn line(&self, member: &StaffMember, school: SchoolId) -> PlanLine {
        PlanLine {
            who: member.sis_id().to_string(),
            member: Some(member.id()),
            email: member.email().clone(),
            reasons: self.reasons(member),
            warnings: self.warnings(member, school),
            sharers: self.sharers_named(member),
            basis: Some(self.basis(member)),
        }
    }

    /// R13.
    fn last_word(&self, line: &PlanLine, school: SchoolId) -> ModelRow {
        let mut row = ModelRow {
            who: line.who.clone(),
            user: None,
            reasons: line.reasons,
            warnings: line.warnings,
            sharers: line.sharers.clone(),
        };
        let member: Option<&StaffMember> = line.member.and_then(|id: StaffId| self.member(id));
        let Some(member) = member else { return row };
        row.who = member.sis_id().to_string();
        row.sharers = self.sharers_named(member);
        if !line.reasons.is_empty() {
            return row;
        }
        row.warnings = self.warnings(member, school);
        if line.basis.as_ref() != Some(&self.basis(member)) {
            row.warnings = row.warnings.with(Warning::ChangedSincePreview);
        }
        row.reasons = self.reasons(member);
        let planned = match &line.email {
            StaffEmail::Valid(email) => Some(email.canonical()),
            _ => None,
        };
        if row.reasons.is_empty() && planned != address(member) {
            row.reasons = ReasonSet::only(Reason::EmailChanged);
        }
        row
    }
}

/// R5: of several candidates with one address, nobody is chosen.
fn refuse_shared(lines: &mut [PlanLine]) {
    let candidates: Vec<String> =
        lines.iter().filter(|line| line.reasons.is_empty()).map(|line| line.who.clone()).collect();
    for line in lines.iter_mut().filter(|line| line.reasons.is_empty()) {
        if line.sharers.iter().any(|sharer| candidates.contains(sharer)) {
            line.reasons = ReasonSet::only(Reason::EmailShared);
            line.warnings = line.warnings.without(Warning::EmailShared);
        }
    }
}

fn unknown(key: &StaffKey) -> PlanLine {
    PlanLine {
        who: match key {
            StaffKey::Id(id) => format!("id {id}"),
            StaffKey::SisId(sis_id) => sis_id.to_string(),
        },
        member: None,
        email: StaffEmail::Missing,
        reasons: ReasonSet::only(Reason::Unknown),
        warnings: WarningSet::empty(),
        sharers: Vec::new(),
        basis: None,
    }
}

impl ModelPlan {
    /// The session of whoever made it.
    fn session(&self) -> Session {
        let (network, actor): (NetworkId, Actor) = (self.network, self.actor);
        Session::new(network, actor, self.school)
    }
}

impl PlanLine {
    fn view(&self) -> RowView {
        RowView {
            who: self.who.clone(),
            created: self.reasons.is_empty(),
            reasons: reason_codes(self.reasons),
            warnings: warning_codes(self.warnings),
            sharers: self.sharers.clone(),
        }
    }
}

impl ModelRow {
    fn view(&self) -> RowView {
        RowView {
            who: self.who.clone(),
            created: self.user.is_some(),
            reasons: reason_codes(self.reasons),
            warnings: warning_codes(self.warnings),
            sharers: self.sharers.clone(),
        }
    }
}

fn audit_of(rows: &[ModelRow]) -> String {
    let created = rows.iter().filter(|row| row.user.is_some()).count();
    let mut event = format!("bulk-create {} {created} {}", rows.len(), rows.len().saturating_sub(created));
    for row in Reason::TABLE {
        let times =
            rows.iter().filter(|other| other.user.is_none() && other.reasons.contains(row.fires)).count();
        if times > 0 {
            event = format!("{event} {} {times}", row.code);
        }
    }
    event
}
