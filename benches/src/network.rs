//! A network as large as one likes: the same one every time.

use staffroom_core::store::{Mode, StaffWrite, Store, UserInsert};
use staffroom_core::{
    Email, GroupId, IdSet, IdSource, NetworkId, PersonName, Roster, RosterRecord, RosterSchool, School,
    SchoolId, SchoolName, SisId, StaffEmail, StaffId, StaffMember, StaffStatus, Timestamp, User, UserId,
};
use staffroom_system::TimeOrderedIds;
use staffroom_testkit::fixture;

use crate::Failure;

/// The network that contestants work in.
pub const NETWORK: NetworkId = fixture::NETWORK;
/// The school that the administrator is logged into.
pub const SCHOOL: SchoolId = fixture::SCHOOL;
/// The group that the new users are to belong to.
pub const GROUP: GroupId = fixture::TEACHERS;

const CHUNK: u64 = 5_000;
const SCHOOLS: u64 = 40;

/// Of ten staff members, who is a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Candidates {
    /// Eight; the others are inactive, linked to a user, without an email, or share one.
    MostAreCandidates,
    /// None, but for ten people in all: the others have their users already.
    TenAreLeft,
}

/// Writes a network with `staff` staff members.
///
/// # Errors
/// If the store fails.
pub async fn fill(store: &dyn Store, staff: u64, candidates: Candidates) -> Result<(), Failure> {
    fixture::set_up(store).await?;
    let ids = TimeOrderedIds::new();
    let schools: Vec<SchoolId> = (0..SCHOOLS).map(|number| school_id(number, &ids)).collect();
    let mut uow = store.begin(NETWORK, Mode::Write).await?;
    let records = schools.iter().skip(1).zip(1_u64..).map(|(id, number)| {
        let (sis_id, name) = (format!("bench-{number}"), format!("School {number}"));
        Ok(School::new(*id, SisId::parse(&sis_id)?, SchoolName::parse(&name)?))
    });
    let records = records.collect::<Result<Vec<_>, Failure>>()?;
    uow.schools().insert(&records).await?;
    uow.commit().await?;
    let mut from = 0;
    while from < staff {
        let to = staff.min(from.saturating_add(CHUNK));
        let members: Vec<StaffMember> =
            (from..to).map(|number| member(number, &schools, candidates, &ids)).collect::<Result<_, _>>()?;
        let users: Vec<User> = (from..to)
            .zip(&members)
            .filter(|(number, _)| has_user(*number, staff, candidates))
            .filter_map(|(_, member)| user_of(member, &ids))
            .collect();
        let mut uow = store.begin(NETWORK, Mode::Write).await?;
        let written = uow.staff().insert(&members).await?;
        let inserted = uow.users().insert(&users).await?;
        if written.iter().any(|write| *write != StaffWrite::Written)
            || inserted.iter().any(|insert| *insert != UserInsert::Inserted)
        {
            return Err("the network could not be written".into());
        }
        uow.commit().await?;
        from = to;
    }
    Ok(())
}

fn school_id(number: u64, ids: &TimeOrderedIds) -> SchoolId {
    if number == 0 { SCHOOL } else { SchoolId::from_uuid(ids.next_id()) }
}

/// Mixes the bits of a number: the same everywhere, and in no order.
const fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

fn has_user(number: u64, staff: u64, candidates: Candidates) -> bool {
    match candidates {
        Candidates::MostAreCandidates => number % 20 == 7,
        // Ten of them, spread over the list.
        Candidates::TenAreLeft => !number.is_multiple_of(staff.div_ceil(10).max(1)),
    }
}

fn member(
    number: u64,
    schools: &[SchoolId],
    candidates: Candidates,
    ids: &TimeOrderedIds,
) -> Result<StaffMember, Failure> {
    let Person { sis_id, name, status, mut email, place } = person(number, schools.len())?;
    if candidates == Candidates::TenAreLeft && email.valid().is_some_and(is_shared) {
        // Two who share an address cannot both have a user: they would be candidates still.
        email = StaffEmail::read(&format!("person{number}@lakeside.example"));
    }
    let works_in: IdSet<SchoolId> = schools.get(place).copied().into_iter().collect();
    Ok(StaffMember::new(StaffId::from_uuid(ids.next_id()), sis_id, name, status, email, works_in))
}

/// A roster of `staff` people, of whom eight in ten are candidates before there are any users, in forty schools.
///
/// # Errors
/// None in practice: everything in it is well-formed.
pub fn roster(staff: u64) -> Result<Roster, Failure> {
    let ids: Vec<SisId> =
        (0..SCHOOLS).map(|number| SisId::parse(&format!("bench-{number}"))).collect::<Result<_, _>>()?;
    let schools = ids.iter().enumerate().map(|(number, id)| {
        Ok(RosterSchool::new(id.clone(), SchoolName::parse(&format!("School {number}"))?))
    });
    let schools = schools.collect::<Result<Vec<_>, Failure>>()?;
    let records = (0..staff).map(|number| {
        let Person { sis_id, name, status, email, place } = person(number, ids.len())?;
        let works_in = ids.get(place).cloned().into_iter().collect();
        Ok(RosterRecord::new(sis_id, name, status, email, works_in))
    });
    let records = records.collect::<Result<Vec<_>, Failure>>()?;
    Ok(Roster::new(None, schools, records)?)
}

/// What is known of somebody, but for their id.
struct Person {
    sis_id: SisId,
    name: PersonName,
    status: StaffStatus,
    email: StaffEmail,
    /// Their school's place in the list.
    place: usize,
}

fn person(number: u64, schools: usize) -> Result<Person, Failure> {
    let mix = mixed(number.wrapping_add(1));
    let (given, family) =
        (name(mix, &GIVEN), format!("{}{}", name(mix >> 16, &FAMILY), name(mix >> 32, &ENDINGS)));
    let email = match number % 20 {
        3 => String::new(),
        // Two have one address.
        11 => format!("office{}@lakeside.example", number / 40),
        _ => format!("{given}.{family}{number}@Lakeside.example"),
    };
    Ok(Person {
        sis_id: SisId::parse(&format!("S-{number}"))?,
        name: PersonName::parse(given, &family)?,
        status: if number % 20 == 5 { StaffStatus::Inactive } else { StaffStatus::Active },
        email: if email.is_empty() { StaffEmail::Missing } else { StaffEmail::read(&email) },
        place: usize::try_from(mix % schools.max(1) as u64).unwrap_or_default(),
    })
}

fn is_shared(email: &Email) -> bool {
    email.canonical().starts_with("office")
}

fn user_of(member: &StaffMember, ids: &TimeOrderedIds) -> Option<User> {
    let email: Email = match member.email().valid() {
        Some(email) if !is_shared(email) => email.clone(),
        _ => return None,
    };
    let at = Timestamp::from_unix_micros(1_780_000_000_000_000)?;
    let user = User::new(UserId::from_uuid(ids.next_id()), email, at);
    Some(user.entering([SCHOOL].into_iter().collect()).linked_to(member.id()))
}

fn name(mix: u64, names: &[&'static str; 32]) -> &'static str {
    let place = usize::try_from(mix % 32).unwrap_or_default();
    names.get(place).copied().unwrap_or_default()
}

const GIVEN: [&str; 32] = [
    "Anna", "Ben", "Carla", "David", "Elena", "Farid", "Grace", "Hugo", "Ines", "Jonas", "Katya", "Liam",
    "Maria", "Noor", "Oskar", "Priya", "Quentin", "Rosa", "Samir", "Tara", "Ulrich", "Vera", "Wim", "Ximena",
    "Yusuf", "Zoe", "Agnes", "Bruno", "Chen", "Dora", "Emil", "Fatima",
];
const FAMILY: [&str; 32] = [
    "Acker", "Berg", "Cohen", "Dahl", "Eder", "Fisch", "Garc", "Holm", "Ito", "Jans", "Koval", "Lind", "Mor",
    "Niel", "Oliv", "Pet", "Quin", "Ross", "Sand", "Tan", "Ueda", "Vald", "Wang", "Xu", "Young", "Zhang",
    "Abel", "Bianch", "Castr", "Duarte", "Esp", "Fern",
];
const ENDINGS: [&str; 32] = [
    "mann", "strom", "son", "sen", "ova", "ini", "ez", "wood", "field", "ton", "ler", "ner", "dal", "vik",
    "berg", "sky", "ov", "as", "is", "ou", "ard", "ell", "ham", "ford", "worth", "land", "stein", "gard",
    "quist", "kamp", "hof", "well",
];
