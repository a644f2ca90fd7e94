//! The rule of eligibility (R1).

use staffroom_core::{EmailSharer, Facts, IdSet, PersonName, SisId, StaffEmail, StaffMember, StaffStatus};
use staffroom_testkit::fixture::{OTHER_SCHOOL, SCHOOL, staff_id, user_id};
use staffroom_testkit::properties::{self, Verdict};
use staffroom_testkit::strategies::SCHOOLS;

/// The first byte says what is true of somebody, the second where they work, and the rest is the email, the given and the
/// family name on their record, with a NUL between them.
pub(crate) fn laws(bytes: &[u8]) -> Verdict {
    let [flags, places, rest @ ..] = bytes else { return Ok(()) };
    let is = |bit: u8| flags >> bit & 1 == 1;
    let text = String::from_utf8_lossy(rest);
    let mut texts = text.splitn(3, '\0');
    let email = texts.next().unwrap_or_default();
    let (given, family) = (texts.next().unwrap_or_default(), texts.next().unwrap_or_default());
    let (Ok(sis_id), Ok(name)) = (SisId::parse("S-1"), PersonName::parse(given, family)) else {
        return Ok(());
    };
    let status = if is(0) { StaffStatus::Inactive } else { StaffStatus::Active };
    let schools: IdSet<_> = SCHOOLS
        .into_iter()
        .zip(0..)
        .filter_map(|(school, bit)| (places >> bit & 1_u8 == 1).then_some(school))
        .collect();
    let member = StaffMember::new(staff_id(1), sis_id, name, status, StaffEmail::read(email), schools);
    let sharers = usize::from(is(3)) + usize::from(is(4));
    let facts = Facts {
        linked_user: is(1).then(|| user_id(1)),
        email_holder: is(2).then(|| user_id(if is(5) { 1 } else { 2 })),
        email_sharers: vec![EmailSharer::from(&member); sharers],
        staff_member: member,
    };
    properties::a_candidate_is_whom_no_rule_refuses(&facts, SCHOOL)?;
    properties::a_fact_against_somebody_never_helps(&facts, SCHOOL, user_id(3))?;
    properties::warnings_decide_nothing(&facts, SCHOOL, OTHER_SCHOOL)?;
    properties::a_search_finds_people_by_what_is_on_their_record(&facts)
}
