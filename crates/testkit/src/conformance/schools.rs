//! The schools.

use std::sync::Arc;

use staffroom_core::store::{SchoolWrite, Store};
use staffroom_core::{School, SchoolId, SchoolName};

use super::Verdict;
use super::failure::{holds, same};
use super::samples::{EMOJI, school_id};
use super::stage::{read, write};
use crate::fixture::{OTHER_SCHOOL, SCHOOL, school, set_up, sis_id};

fn named(number: u32, sis: &str, name: &str) -> School {
    School::new(school_id(number), sis_id(sis), school(school_id(number), name).name().clone())
}

/// Schools are read back equal, whatever script their names are in.
pub async fn schools_are_read_back(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    let schools = [
        named(1, "1", &format!("École {EMOJI}")),
        named(2, &"é".repeat(255), &"Ž".repeat(200)),
        named(3, "it's \\ \"3\" %_", "x'); DROP TABLE schools; --"),
    ];
    let mut uow = write(&*store).await?;
    let written = uow.schools().insert(&schools).await?;
    same("the outcomes", written, [SchoolWrite::Written; 3])?;
    uow.commit().await?;
    let mut uow = read(&*store).await?;
    for school in schools {
        same("a school", uow.schools().find(school.id()).await?, Some(school))?;
    }
    same("a school that is not there", uow.schools().find(school_id(4)).await?, None)
}

/// Schools are listed by folded name, then id.
pub async fn schools_are_listed_by_folded_name(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    let mut uow = write(&*store).await?;
    let schools = [
        named(9, "9", "Zeta"),
        named(3, "3", "same"),
        named(2, "2", "SAME"),
        named(4, "4", "éclair"),
        named(5, "5", "Ebony"),
        named(6, "6", "eden"),
        named(7, "7", "Same"),
    ];
    uow.schools().insert(&schools).await?;
    uow.commit().await?;
    let listed = read(&*store).await?.schools().list().await?;
    let ids: Vec<SchoolId> = listed.iter().map(School::id).collect();
    let expected = [5, 4, 6].map(school_id).into_iter().chain([SCHOOL]);
    let expected = expected.chain([2, 3, 7].map(school_id)).chain([OTHER_SCHOOL, school_id(9)]);
    same("the order of the list", ids, expected.collect::<Vec<_>>())
}

/// No two schools have one id or one SIS id; a row that would is refused alone, also if the other is in the same call.
pub async fn school_ids_and_sis_ids_are_unique(store: Arc<dyn Store>) -> Verdict {
    use SchoolWrite::{Taken, Written};
    set_up(&*store).await?;
    let mut uow = write(&*store).await?;
    uow.schools().insert(&[named(1, "1", "One")]).await?;
    let rows = [
        named(2, "2", "Two"),
        named(3, "1", "The SIS id of one"),
        named(1, "9", "The id of one"),
        named(4, "2", "The SIS id of two"),
        named(5, "5", "Five"),
        named(5, "6", "The id of five"),
    ];
    let expected = [Written, Taken, Taken, Taken, Written, Taken];
    same("the outcomes", uow.schools().insert(&rows).await?, expected)?;
    uow.commit().await?;
    let mut uow = read(&*store).await?;
    same("the first", uow.schools().find(school_id(1)).await?, Some(named(1, "1", "One")))?;
    same("the fifth", uow.schools().find(school_id(5)).await?, Some(named(5, "5", "Five")))?;
    same("how many there are", uow.schools().list().await?.len(), 5)
}

/// Two schools may share a name: only their ids tell them apart.
pub async fn schools_may_share_a_name(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    let mut uow = write(&*store).await?;
    let rows = [named(1, "1", "Central"), named(2, "2", "Central"), named(3, "3", "CENTRAL")];
    same("the outcomes", uow.schools().insert(&rows).await?, [SchoolWrite::Written; 3])
}

/// SIS ids are compared byte for byte: case and composition tell them apart.
pub async fn school_sis_ids_are_compared_as_bytes(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    let rows = [
        named(1, "t-1", "A"),
        named(2, "T-1", "B"),
        named(3, "e\u{301}", "C"),
        named(4, "\u{E9}", "D"),
        named(5, "01", "E"),
        named(6, "1", "F"),
    ];
    let mut uow = write(&*store).await?;
    same("the outcomes", uow.schools().insert(&rows).await?, [SchoolWrite::Written; 6])
}

/// An update overwrites the school with its id, and says so row by row.
pub async fn schools_are_updated(store: Arc<dyn Store>) -> Verdict {
    use SchoolWrite::{Taken, Unknown, Written};
    set_up(&*store).await?;
    let mut uow = write(&*store).await?;
    uow.schools().insert(&[named(1, "1", "One"), named(2, "2", "Two"), named(3, "3", "Three")]).await?;
    uow.commit().await?;
    let mut uow = write(&*store).await?;
    let rows = [
        named(1, "1", "Uno"),
        named(8, "8", "Nobody"),
        named(2, "1", "The SIS id of one"),
        named(3, "4", "Tres"),
    ];
    let outcomes = uow.schools().update(&rows).await?;
    same("the outcomes", outcomes, [Written, Unknown, Taken, Written])?;
    let freed = uow.schools().insert(&[named(4, "3", "The old SIS id of three")]).await?;
    same("the SIS id that was given up", freed, [Written])?;
    uow.commit().await?;
    let mut uow = read(&*store).await?;
    for school in [named(1, "1", "Uno"), named(2, "2", "Two"), named(3, "4", "Tres")] {
        same("a school", uow.schools().find(school.id()).await?, Some(school))?;
    }
    holds("a school that was not there is not there", uow.schools().find(school_id(8)).await?.is_none())?;
    let name = SchoolName::parse("North")?;
    let untouched = uow.schools().find(SCHOOL).await?;
    same("a school not named", untouched.map(|school| school.name().clone()), Some(name))
}
