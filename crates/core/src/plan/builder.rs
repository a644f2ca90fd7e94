//! Drawing up a plan: pure, from facts alone.

use std::collections::HashSet;

use super::{Decision, Head, Plan, PlanRow, PlannedPassword, Subject};
use crate::sharers::Sharers;
use crate::{
    Assessment, BatchId, BulkCreate, Email, EmailKey, Facts, IdSource, InitialPassword, Partial, PersonName,
    Reason, ReasonSet, SchoolId, Session, SharedPasswordId, StaffEmail, StaffId, StaffKey, Timestamp, UserId,
    Warning, WarningSet, assess,
};

/// Draws up a [`Plan`] from the facts about everybody asked for, in the order of the request. Decides everything;
/// touches no store.
#[derive(Debug)]
pub struct PlanBuilder {
    session: Session,
    request: Terms,
    made_at: Timestamp,
    rows: Vec<PlanRow>,
    asked: HashSet<StaffKey>,
    /// The batch it will become, if that is settled.
    batch: Option<BatchId>,
    /// Whether its people come from a list: then they are put in the order of lists.
    from_a_list: bool,
}

/// What a request says besides whom it is for.
#[derive(Debug)]
struct Terms {
    group: Option<crate::GroupId>,
    initial_password: InitialPassword,
    partial: Partial,
}

impl PlanBuilder {
    /// A plan for nobody yet, by the terms of `request`. Its selection is the caller's to look up.
    pub fn new(session: &Session, request: &BulkCreate, made_at: Timestamp) -> Self {
        let terms = Terms {
            group: request.group(),
            initial_password: request.initial_password(),
            partial: request.partial(),
        };
        Self {
            session: *session,
            request: terms,
            made_at,
            rows: Vec::new(),
            asked: HashSet::new(),
            batch: None,
            from_a_list: false,
        }
    }

    /// The plan of a batch whose id is settled already; otherwise [`finish`](Self::finish) makes one.
    #[must_use]
    pub const fn under(mut self, batch: BatchId) -> Self {
        self.batch = Some(batch);
        self
    }

    /// The school that the plan is for.
    pub const fn school(&self) -> SchoolId {
        self.session.school()
    }

    /// How many staff members it has so far.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True if it has none so far.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Somebody who was asked for by name: they get a row whatever the verdict, once.
    pub fn add(&mut self, facts: Facts) {
        if self.asked.insert(StaffKey::Id(facts.staff_member.id())) {
            let assessment = assess(&facts, self.school());
            self.push(facts, assessment);
        }
    }

    /// Somebody whom the network does not have.
    pub fn add_unknown(&mut self, key: StaffKey) {
        if self.asked.insert(key.clone()) {
            self.rows.push(PlanRow {
                subject: Subject::Unknown(key),
                decision: Decision::Refuse(ReasonSet::only(Reason::Unknown)),
                warnings: WarningSet::empty(),
                email_sharers: Sharers::NONE,
                basis: None,
            });
        }
    }

    /// Somebody out of a list of candidates: they get a row if they are one. The list holds nobody twice, and may come in
    /// any order: in the plan they are ordered by [`NameKey`](crate::NameKey), then id.
    pub fn add_candidate(&mut self, facts: Facts) {
        self.from_a_list = true;
        let assessment = assess(&facts, self.school());
        if assessment.is_eligible() {
            self.push(facts, assessment);
        }
    }

    fn push(&mut self, facts: Facts, assessment: Assessment) {
        let basis = Some(facts.fingerprint());
        let Facts { staff_member, email_sharers, .. } = facts;
        self.rows.push(PlanRow {
            subject: Subject::of(&staff_member),
            // The candidates' user ids are made at the end, when it is known who is chosen.
            decision: Decision::Refuse(assessment.reasons),
            warnings: assessment.warnings,
            email_sharers: email_sharers.into(),
            basis,
        });
    }

    /// The plan: settles shared addresses (R5) and all-or-nothing (R13), and gives every chosen candidate a user id.
    pub fn finish(mut self, ids: &dyn IdSource) -> Plan {
        if self.from_a_list {
            self.rows.sort_by_cached_key(place_in_the_list);
        }
        self.refuse_shared_emails();
        if self.request.partial == Partial::Forbidden {
            self.refuse_all_if_any();
        }
        let batch = self.batch.unwrap_or_else(|| BatchId::from_uuid(ids.next_id()));
        self.name_the_users(ids);
        let password = match self.request.initial_password {
            InitialPassword::None => PlannedPassword::None,
            InitialPassword::Generated(valid) => PlannedPassword::Generated { valid },
            InitialPassword::Shared(valid) => {
                PlannedPassword::Shared { secret: SharedPasswordId::from_uuid(ids.next_id()), valid }
            }
        };
        let head = Head {
            batch,
            network: self.session.network(),
            actor: self.session.actor(),
            school: self.session.school(),
            group: self.request.group,
            password,
            partial: self.request.partial,
            made_at: self.made_at,
        };
        Plan::seal(head, self.rows)
    }

    /// Of several selected candidates with one address, none is chosen (R5).
    fn refuse_shared_emails(&mut self) {
        // Whom the facts name is not asked: two answers of a store may be of different moments.
        let mut seen: HashSet<&str> = HashSet::with_capacity(self.rows.len());
        let chosen = self.rows.iter().filter(|row| is_chosen(row)).filter_map(email_of);
        let shared: HashSet<EmailKey> =
            chosen.filter(|email| !seen.insert(email.canonical())).map(Email::key).collect();
        drop(seen);
        if shared.is_empty() {
            return;
        }
        for row in self.rows.iter_mut().filter(|row| is_chosen(row)) {
            if email_of(row).is_some_and(|email| shared.contains(email.canonical())) {
                row.decision = Decision::Refuse(ReasonSet::only(Reason::EmailShared));
                row.warnings = row.warnings.without(Warning::EmailShared);
            }
        }
    }

    fn refuse_all_if_any(&mut self) {
        if self.rows.iter().all(is_chosen) {
            return;
        }
        for row in self.rows.iter_mut().filter(|row| is_chosen(row)) {
            row.decision = Decision::Refuse(ReasonSet::only(Reason::AllOrNothing));
        }
    }

    /// User ids in the order of the staff ids, which is the order in which a commit writes: growing ids written in
    /// their order are the cheapest for a database.
    fn name_the_users(&mut self, ids: &dyn IdSource) {
        let mut chosen: Vec<&mut PlanRow> = self.rows.iter_mut().filter(|row| is_chosen(row)).collect();
        chosen.sort_unstable_by_key(|row| row.subject.staff_id());
        for row in chosen {
            row.decision = Decision::Create(UserId::from_uuid(ids.next_id()));
        }
    }
}

/// What orders lists: the [`NameKey`](crate::NameKey), then the id.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    /// The first letters are numbers, because most names differ in them: to compare texts is dear.
    letters: [u64; 2],
    /// What follows them; nothing, for most names.
    rest: Box<[u8]>,
    id: Option<StaffId>,
}

fn place_in_the_list(row: &PlanRow) -> Place {
    let name = row.subject.name().map(PersonName::sort_key);
    // No name has a byte of zero: it ends the family name here as the end of a text does.
    let mut bytes = name.iter().flat_map(|name| name.family().bytes().chain([0]).chain(name.given().bytes()));
    let mut eight =
        || bytes.by_ref().chain(std::iter::repeat(0)).take(8).fold(0, |all, byte| all << 8 | u64::from(byte));
    let letters = [eight(), eight()];
    Place { letters, rest: bytes.collect(), id: row.subject.staff_id() }
}

/// While the plan is drawn up, a candidate is somebody without a reason against.
fn is_chosen(row: &PlanRow) -> bool {
    matches!(row.decision, Decision::Refuse(reasons) if reasons.is_empty())
}

fn email_of(row: &PlanRow) -> Option<&Email> {
    row.subject.email().and_then(StaffEmail::valid)
}
