//! The network: who works where, and what is unusual about them.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::Path;

use crate::files::{Files, write_manifest, write_orgs};
use crate::people::{self, Name};
use crate::random::Random;

/// How many staff members the example in the repository has.
pub(crate) const STAFF: u32 = 120;
/// Its seed.
pub(crate) const SEED: u64 = 2026;

/// How many staff members one school has, on average, in networks that three schools would not hold.
const STAFF_OF_A_SCHOOL: u32 = 60;
/// Families, each of a student and a parent: people who must never become staff.
const FAMILIES: u32 = 16;
/// Every so many staff members, one of the [`CAST`] comes on.
const STRIDE: u32 = 6;
/// The one of the cast who is a parent as well.
const PARENT: &str = "Daniela";
/// Where the network gets its mail.
const DOMAIN: &str = "lakeside.example";

const SCHOOLS: [(&str, &str); 3] =
    [("LES", "Lakeside Elementary"), ("LMS", "Lakeside Middle"), ("LHS", "Lakeside High")];

/// A school.
#[derive(Debug, Clone)]
pub(crate) struct School {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// Where somebody works.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place {
    /// In the school with this number.
    One(usize),
    /// In two.
    Two(usize, usize),
    /// For the network as a whole.
    District,
}

/// How somebody stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Works,
    /// Their account at the SIS is switched off.
    SwitchedOff,
    /// Their role ended on that day.
    LeftOn(&'static str),
}

/// A staff member.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) given: &'static str,
    pub(crate) family: &'static str,
    pub(crate) email: String,
    pub(crate) place: Place,
    pub(crate) standing: Standing,
    pub(crate) role: &'static str,
    /// They have a child at the school: a second role, of a parent.
    pub(crate) is_parent: bool,
}

/// Somebody with something unusual about them.
#[derive(Debug, Clone, Copy)]
struct Unusual {
    given: &'static str,
    family: &'static str,
    email: &'static str,
    place: Place,
    standing: Standing,
    role: &'static str,
}

const fn unusual(
    given: &'static str,
    family: &'static str,
    email: &'static str,
    place: Place,
    standing: Standing,
    role: &'static str,
) -> Unusual {
    Unusual { given, family, email, place, standing, role }
}

/// The people by whom the example has some of everything.
const CAST: [Unusual; 19] = {
    use Place::{District, One, Two};
    use Standing::{LeftOn, SwitchedOff, Works};
    [
        // Names that break programs.
        unusual("Kaʻiulani", "Kealoha", "kaiulani.kealoha@lakeside.example", Two(1, 2), Works, "teacher"),
        unusual("Suharto", "", "suharto@lakeside.example", One(0), Works, "aide"),
        unusual("Sinéad", "O'Brien", "sinead.o'brien@lakeside.example", One(2), Works, "teacher"),
        unusual(
            "María Guadalupe Inmaculada Concepción",
            "Fernández de Córdoba y Álvarez-Montenegro",
            "maria.guadalupe.fernandez.de.cordoba@lakeside.example",
            One(1),
            Works,
            "teacher",
        ),
        unusual("Ilgın", "Işık", "Ilgin.Isik@Lakeside.Example", One(2), Works, "teacher"),
        unusual("Jörg", "Groß", "jörg.groß@lakeside.example", One(2), Works, "teacher"),
        // Two people with one mailbox, both of whom would get an account.
        unusual("Priya", "Raman", "office.high@lakeside.example", One(2), Works, "siteAdministrator"),
        unusual("Helen", "Marsh", "Office.High@lakeside.example", One(2), Works, "siteAdministrator"),
        // Two people with one mailbox, one of whom has left.
        unusual("Tom", "Whitaker", "whitakers@lakeside.example", One(0), Works, "teacher"),
        unusual("Nora", "Whitaker", "whitakers@lakeside.example", One(0), SwitchedOff, "teacher"),
        // Addresses that are none.
        unusual("Nadia", "Vance", "nadia.vance@lakeside", One(1), Works, "counselor"),
        unusual("Ruth", "Okello", "r.okello at lakeside.example", One(2), SwitchedOff, "teacher"),
        // No address.
        unusual("Fọlákẹ́", "Adéṣínà", "", One(0), Works, "aide"),
        unusual("Dennis", "Crowley", "", One(1), SwitchedOff, "proctor"),
        unusual("Birgit", "Straßer", "", One(2), Works, "aide"),
        // Left.
        unusual(
            "Máire",
            "Ní Dhomhnaill",
            "maire.nidhomhnaill@lakeside.example",
            One(2),
            LeftOn("2026-06-13"),
            "teacher",
        ),
        // Works for the network, in no school.
        unusual(
            "Eleanor",
            "Whitfield",
            "eleanor.whitfield@lakeside.example",
            District,
            Works,
            "districtAdministrator",
        ),
        unusual("Tariq", "Aziz", "tariq.aziz@lakeside.example", District, Works, "districtAdministrator"),
        // A parent as well.
        unusual("Daniela", "Conti", "daniela.conti@lakeside.example", One(0), Works, "teacher"),
    ]
};

/// Writes the network into `folder`.
pub(crate) fn write(folder: &Path, staff: u32, seed: u64) -> io::Result<()> {
    let one_roster = folder.join("oneroster");
    fs::create_dir_all(&one_roster)?;
    let open = |path: &Path| File::create(path).map(BufWriter::new);
    let schools = schools(staff);
    write_manifest(&mut open(&one_roster.join("manifest.csv"))?)?;
    write_orgs(&mut open(&one_roster.join("orgs.csv"))?, &schools)?;

    let mut files = Files::with_headers(
        open(&one_roster.join("users.csv"))?,
        open(&one_roster.join("roles.csv"))?,
        open(&folder.join("staff.csv"))?,
    )?;
    let mut random = Random::seeded(seed);
    let mut emails = Emails::default();
    for index in 0..staff {
        let member = member(index, schools.len(), &mut random, &mut emails);
        files.write_member(index, &member, &schools)?;
    }
    for index in 0..FAMILIES {
        files.write_family(index, &people::name(&mut random), &schools)?;
    }
    files.finish()
}

/// The three schools; more of them for a network that they would not hold.
fn schools(staff: u32) -> Vec<School> {
    let named = SCHOOLS.map(|(id, name)| School { id: id.to_owned(), name: name.to_owned() });
    let more = (4..=staff / STAFF_OF_A_SCHOOL)
        .map(|number| School { id: format!("L{number:05}"), name: format!("Lakeside School No. {number}") });
    named.into_iter().chain(more).collect()
}

/// Somebody of the cast, if it is their turn, else anybody.
fn member(index: u32, schools: usize, random: &mut Random, emails: &mut Emails) -> Member {
    let turn = usize::try_from(index / STRIDE).unwrap_or(usize::MAX);
    match CAST.get(turn).filter(|_| index % STRIDE == STRIDE - 1) {
        Some(unusual) => Member {
            given: unusual.given,
            family: unusual.family,
            email: unusual.email.to_owned(),
            place: unusual.place,
            standing: unusual.standing,
            role: unusual.role,
            is_parent: unusual.given == PARENT,
        },
        None => anybody(schools, random, emails),
    }
}

fn anybody(schools: usize, random: &mut Random, emails: &mut Emails) -> Member {
    let name = emails.rare_name(random);
    let home = random.below(schools);
    let place = match random.below(100) {
        0..2 => Place::District,
        2..9 => Place::Two(home, (home + 1 + random.below(schools - 1)) % schools),
        _ => Place::One(home),
    };
    let standing = match random.below(100) {
        0..3 => Standing::SwitchedOff,
        3..5 => Standing::LeftOn("2026-06-13"),
        _ => Standing::Works,
    };
    let address = emails.address(&name);
    let email = match random.below(100) {
        0..2 => String::new(),
        _ => address,
    };
    let roles: &[&str] = match place {
        Place::District => &["districtAdministrator"],
        _ => &[
            "teacher",
            "teacher",
            "teacher",
            "teacher",
            "teacher",
            "aide",
            "aide",
            "counselor",
            "siteAdministrator",
        ],
    };
    Member {
        given: name.given.0,
        family: name.family.0,
        email,
        place,
        standing,
        role: random.pick(roles).copied().unwrap_or("teacher"),
        is_parent: random.percent(3),
    }
}

/// The addresses given so far: namesakes get a number.
#[derive(Debug, Default)]
struct Emails {
    given: HashMap<(&'static str, &'static str), u32>,
}

impl Emails {
    /// A name that few people have yet. Large networks run out of them.
    fn rare_name(&self, random: &mut Random) -> Name {
        let mut name = people::name(random);
        for _ in 0..3 {
            if !self.given.contains_key(&(name.given.1, name.family.1)) {
                break;
            }
            name = people::name(random);
        }
        name
    }

    fn address(&mut self, name: &Name) -> String {
        let (given, family) = (name.given.1, name.family.1);
        let namesakes = self.given.entry((given, family)).or_default();
        *namesakes += 1;
        match *namesakes {
            1 => format!("{given}.{family}@{DOMAIN}"),
            number => format!("{given}.{family}{number}@{DOMAIN}"),
        }
    }
}
