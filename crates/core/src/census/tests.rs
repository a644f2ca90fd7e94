use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::{Email, IdSet, PersonName, SisId, StaffId, StaffStatus, Timestamp, UserId, assess};

const HERE: SchoolId = SchoolId::from_uuid(Uuid::from_u128(1));

fn emails() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("not an address".to_owned()),
        "[aA][.]?[a-c]{0,2}@[sS]chool[.]example",
        "[éßK]{1,2}@(bücher|xn--bcher-kva)[.]example",
    ]
}

fn staff() -> impl Strategy<Value = Vec<StaffMember>> {
    let one = (emails(), any::<bool>(), 0_u128..3);
    prop::collection::vec(one, 0..40).prop_map(|people| {
        // In no order of their ids.
        let numbered = people.into_iter().zip(1_u128..).map(|((email, active, school), number)| {
            StaffMember::new(
                StaffId::from_uuid(Uuid::from_u128(number * 7 % 41)),
                SisId::parse(&format!("s-{number}")).unwrap(),
                PersonName::parse("Ann", "Ode").unwrap(),
                if active { StaffStatus::Active } else { StaffStatus::Inactive },
                StaffEmail::read(&email),
                IdSet::only(SchoolId::from_uuid(Uuid::from_u128(school))),
            )
        });
        numbered.collect()
    })
}

fn users() -> impl Strategy<Value = Vec<User>> {
    prop::collection::vec((emails(), prop::option::of(0_u128..60)), 0..40).prop_map(|people| {
        let at = Timestamp::from_unix_micros(0).unwrap();
        let made = people.into_iter().zip(1_u128..).filter_map(|((email, link), number)| {
            let user = User::new(UserId::from_uuid(Uuid::from_u128(number)), Email::parse(&email).ok()?, at);
            Some(link.map_or(user.clone(), |link| user.linked_to(StaffId::from_uuid(Uuid::from_u128(link)))))
        });
        made.collect()
    })
}

/// The facts, looked for one by one.
fn restated(member: &StaffMember, staff: &[StaffMember], users: &[User]) -> Facts {
    let email = member.email().valid().map(Email::canonical);
    let has = |other: &Email| Some(other.canonical()) == email;
    let mut sharers: Vec<EmailSharer> = staff
        .iter()
        .filter(|other| other.id() != member.id() && other.email().valid().is_some_and(has))
        .map(EmailSharer::from)
        .collect();
    sharers.sort_unstable_by_key(|sharer| sharer.id);
    sharers.truncate(Facts::MAX_SHARERS);
    Facts {
        staff_member: member.clone(),
        linked_user: users.iter().find(|user| user.staff_member() == Some(member.id())).map(User::id),
        email_holder: users.iter().find(|user| has(user.email())).map(User::id),
        email_sharers: sharers,
    }
}

fn agrees(staff: &[StaffMember], users: &[User], hashed: Hashed) -> Result<(), TestCaseError> {
    let census = Census::take_by(staff, users, hashed);
    prop_assert_eq!(census.assess(HERE).len(), staff.len());
    for ((place, member), verdict) in staff.iter().enumerate().zip(census.assess(HERE)) {
        let facts = restated(member, staff, users);
        prop_assert_eq!(verdict, assess(&facts, HERE));
        prop_assert_eq!(census.facts(place), Some(facts));
    }
    prop_assert_eq!(census.facts(staff.len()), None);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn a_census_says_what_looking_one_by_one_says(staff in staff(), users in users()) {
        agrees(&staff, &users, Hashed::FULL)?;
    }

    /// Hashes that say next to nothing: everything is told apart by looking closer.
    #[test]
    fn hashes_decide_nothing(staff in staff(), users in users(), bits in 0_u32..4) {
        agrees(&staff, &users, Hashed::by_bits(bits))?;
    }
}

/// More than are sorted by comparing.
#[test]
fn many_are_sorted_as_few_are() {
    let numbers: Vec<u64> = (0..20_000).map(|number: u64| number * number % 7_001).collect();
    for hashed in [Hashed::FULL, Hashed::by_bits(5)] {
        let hash = |number: &u64| (!number.is_multiple_of(3)).then(|| hashed.text(&number.to_string()));
        let sorted = Hashed::sorted(&numbers, hash);
        assert!(sorted.len() > hashes::FEW);
        assert!(sorted.is_sorted_by_key(|entry| (entry.hash(), entry.place())));
        assert!(sorted.iter().all(|entry| hash(&numbers[at(entry.place())]) == Some(entry.hash())));
    }
}
