//! The properties that need no store: of the rule of eligibility, of emails, names, ids and moments.

use proptest::prelude::*;
use staffroom_testkit::fixture::{OTHER_SCHOOL, SCHOOL, user_id};
use staffroom_testkit::properties::{self, for_all};
use staffroom_testkit::strategies::{Preset, facts, instant, raw_email, raw_name, raw_text};

/// How many cases of each preset a plain run tries.
const CASES: u32 = 1_000;

/// Runs `property` over texts that are, or nearly are, email addresses.
fn for_all_emails(property: impl Fn(&str) -> properties::Verdict) {
    for preset in Preset::ALL {
        for_all(CASES, raw_email(preset), |text| property(&text));
    }
}

#[test]
fn a_candidate_is_whom_no_rule_refuses() {
    for preset in Preset::ALL {
        for_all(CASES, facts(preset), |facts| {
            properties::a_candidate_is_whom_no_rule_refuses(&facts, SCHOOL)
        });
    }
}

#[test]
fn a_fact_against_somebody_never_helps() {
    for preset in Preset::ALL {
        for_all(CASES, facts(preset), |facts| {
            properties::a_fact_against_somebody_never_helps(&facts, SCHOOL, user_id(1))
        });
    }
}

#[test]
fn warnings_decide_nothing() {
    for preset in Preset::ALL {
        for_all(CASES, facts(preset), |facts| {
            properties::warnings_decide_nothing(&facts, SCHOOL, OTHER_SCHOOL)
        });
    }
}

#[test]
fn a_search_finds_people_by_what_is_on_their_record() {
    for preset in Preset::ALL {
        for_all(CASES, facts(preset), |facts| {
            properties::a_search_finds_people_by_what_is_on_their_record(&facts)
        });
    }
}

#[test]
fn a_canonical_email_is_its_own_canonical_form() {
    for_all_emails(properties::a_canonical_email_is_its_own_canonical_form);
}

#[test]
fn a_canonical_email_agrees_with_the_slow_rule() {
    for_all_emails(properties::a_canonical_email_agrees_with_the_slow_rule);
}

#[test]
fn spelling_does_not_matter() {
    for_all_emails(properties::spelling_does_not_matter);
}

#[test]
fn a_kept_email_is_read_back() {
    for_all_emails(properties::a_kept_email_is_read_back);
}

#[test]
fn a_kept_name_is_read_back() {
    for preset in Preset::ALL {
        for_all(CASES, raw_name(preset), |(given, family)| {
            properties::a_kept_name_is_read_back(&given, &family)
        });
    }
    for_all(CASES, (raw_text(), raw_text()), |(one, other)| {
        properties::a_kept_name_is_read_back(&one, &other)
    });
}

#[test]
fn folding_twice_changes_nothing() {
    for_all(CASES, raw_text(), |text| properties::folding_twice_changes_nothing(&text));
    for_all(CASES, any::<char>(), |c| properties::folding_twice_changes_nothing(&c.to_string()));
}

#[test]
fn a_moment_survives_a_store() {
    for preset in Preset::ALL {
        for_all(CASES, instant(preset), properties::a_moment_survives_a_store);
    }
}
