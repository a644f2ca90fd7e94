//! What holds of the rule of eligibility (R1).

use staffroom_core::{EmailSharer, Facts, Reason, SchoolId, StaffEmail, StaffStatus, UserId, assess};

use super::violation::require;
use super::{Verdict, restated};

/// Somebody is a candidate if and only if no rule fires, every rule that fires is reported, and nothing else is.
pub fn a_candidate_is_whom_no_rule_refuses(facts: &Facts, school: SchoolId) -> Verdict {
    let verdict = assess(facts, school);
    let (reasons, warnings) = (restated::reasons(facts), restated::warnings(facts, school));
    require!(
        "R1",
        verdict.reasons.iter().collect::<Vec<_>>() == reasons,
        "{:?} instead of {reasons:?}",
        verdict.reasons
    );
    require!("R1", verdict.is_eligible() == reasons.is_empty(), "{verdict:?} contradicts itself");
    require!(
        "R6",
        verdict.warnings.iter().collect::<Vec<_>>() == warnings,
        "{:?} instead of {warnings:?}",
        verdict.warnings
    );
    Ok(())
}

/// Adding a disqualifying fact never makes anybody eligible, and never hides a reason except that an email that is
/// gone or no address cannot be taken.
pub fn a_fact_against_somebody_never_helps(facts: &Facts, school: SchoolId, user: UserId) -> Verdict {
    type Change = fn(&mut Facts, UserId);
    let before = assess(facts, school).reasons;
    let changed = |change: Change| {
        let mut facts = facts.clone();
        change(&mut facts, user);
        facts
    };
    let against: [(Reason, Change); 5] = [
        (Reason::Inactive, |facts, _| {
            facts.staff_member = facts.staff_member.clone().with_status(StaffStatus::Inactive);
        }),
        (Reason::AlreadyLinked, |facts, user| facts.linked_user = Some(user)),
        (Reason::NoEmail, |facts, _| {
            facts.staff_member = facts.staff_member.clone().with_email(StaffEmail::Missing);
        }),
        (Reason::InvalidEmail, |facts, _| {
            facts.staff_member = facts.staff_member.clone().with_email(StaffEmail::read("n/a"));
        }),
        (Reason::EmailTaken, |facts, user| facts.email_holder = Some(user)),
    ];
    for (reason, change) in against {
        let after = assess(&changed(change), school).reasons;
        let about_email = [Reason::NoEmail, Reason::InvalidEmail, Reason::EmailTaken];
        let kept = before.iter().filter(|old| !about_email.contains(old));
        let applies = reason != Reason::EmailTaken || facts.staff_member.email().valid().is_some();
        require!("R1", !applies || after.contains(reason), "`{reason}` is not reported: {after:?}");
        require!("R1", before.is_empty() || !after.is_empty(), "`{reason}` made somebody eligible");
        for old in kept {
            require!("R1", after.contains(old), "`{reason}` hid `{old}`");
        }
    }
    Ok(())
}

/// People with the same address, and the current school, change warnings and never the verdict (R5, R6).
pub fn warnings_decide_nothing(facts: &Facts, school: SchoolId, other_school: SchoolId) -> Verdict {
    let reasons = assess(facts, school).reasons;
    let mut shared = facts.clone();
    shared.email_sharers.push(EmailSharer::from(&facts.staff_member));
    require!("R5", assess(&shared, school).reasons == reasons, "a shared address changed the verdict");
    require!("R6", assess(facts, other_school).reasons == reasons, "the current school changed the verdict");
    Ok(())
}
