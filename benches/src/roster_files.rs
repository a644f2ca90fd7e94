//! Roster files in every format, of the people of [`network`](crate::network).

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use staffroom_core::{RosterRecord, SisId, StaffStatus};

use crate::Failure;
use crate::network::roster;

/// A roster on the disk.
#[derive(Debug)]
pub struct RosterFiles {
    /// What it is called in the table.
    pub name: &'static str,
    /// How many staff members are in it.
    pub staff: u64,
    /// What the reader is given.
    pub path: PathBuf,
    /// The files that it reads.
    pub files: Vec<PathBuf>,
}

/// One roster of each format below `folder`, each of the same `staff` people; and one in which nine in ten lines are
/// of students.
///
/// # Errors
/// If a file cannot be written.
pub fn write_all(folder: &Path, staff: u64) -> Result<Vec<RosterFiles>, Failure> {
    Ok(vec![
        one_roster_11(&folder.join("oneroster-1.1"), staff)?,
        one_roster_12(&folder.join("oneroster-1.2"), staff, "OneRoster 1.2", 1)?,
        one_roster_12(&folder.join("mixed"), staff.div_ceil(10), "OneRoster 1.2, one in ten is staff", 10)?,
        school_data_sync(&folder.join("sds"), staff)?,
        plain(&folder.join("plain"), staff)?,
    ])
}

fn one_roster_11(folder: &Path, staff: u64) -> Result<RosterFiles, Failure> {
    let mut set = Set::begin(folder)?;
    set.orgs()?;
    let mut users = set.file(
        "users.csv",
        "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,\
         middleName,identifier,email,sms,phone,agentSourcedIds,grades,password",
    )?;
    for record in roster(staff)?.staff() {
        let Person { id, given, family, email, enabled, school } = Person::of(record);
        writeln!(users, "{id},,,{enabled},{school},teacher,{id},,{given},{family},,,{email},,,,,")?;
    }
    users.flush()?;
    Ok(set.end("OneRoster 1.1", staff))
}

/// With `lines` lines for each staff member: the others are of students.
fn one_roster_12(folder: &Path, staff: u64, name: &'static str, lines: u32) -> Result<RosterFiles, Failure> {
    let mut set = Set::begin(folder)?;
    set.orgs()?;
    let mut users = set.file(
        "users.csv",
        "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,\
         email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,resourceSourcedIds,preferredGivenName,\
         preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns",
    )?;
    let mut roles = set.file(
        "roles.csv",
        "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId",
    )?;
    for record in roster(staff)?.staff() {
        let Person { id, given, family, email, enabled, school } = Person::of(record);
        writeln!(users, "{id},,,{enabled},{id},,{given},{family},,,{email},,,,,,,,,,,{school},")?;
        writeln!(roles, "R-{id},,,{id},primary,teacher,,,{school},")?;
        for student in 1..lines {
            writeln!(
                users,
                "P-{id}-{student},,,true,p-{id},,{given},{family},,,{student}{email},,,,,,,,,,,{school},"
            )?;
            writeln!(roles, "RP-{id}-{student},,,P-{id}-{student},primary,student,,,{school},")?;
        }
    }
    users.flush()?;
    roles.flush()?;
    Ok(set.end(name, staff))
}

fn school_data_sync(folder: &Path, staff: u64) -> Result<RosterFiles, Failure> {
    let mut set = Set::begin(folder)?;
    set.orgs()?;
    let mut users = set.file(
        "users.csv",
        "sourcedId,username,givenName,familyName,password,activeDirectoryMatchId,email,phone,sms",
    )?;
    let mut roles = set.file(
        "roles.csv",
        "userSourcedId,orgSourcedId,role,sessionSourcedId,grade,isPrimary,roleStartDate,roleEndDate",
    )?;
    for record in roster(staff)?.staff() {
        let Person { id, given, family, email, school, .. } = Person::of(record);
        writeln!(users, "{id},{id},{given},{family},,,{email},,")?;
        writeln!(roles, "{id},{school},teacher,,,true,,")?;
    }
    users.flush()?;
    roles.flush()?;
    Ok(set.end("School Data Sync 2.1", staff))
}

fn plain(folder: &Path, staff: u64) -> Result<RosterFiles, Failure> {
    let mut set = Set::begin(folder)?;
    let mut people = set.file("staff.csv", "SIS ID,First name,Last name,Email,School,Active")?;
    for record in roster(staff)?.staff() {
        let Person { id, given, family, email, enabled, school } = Person::of(record);
        writeln!(people, "{id},{given},{family},{email},School {school},{enabled}")?;
    }
    people.flush()?;
    Ok(set.end("plain CSV", staff))
}

/// The columns of a person. None of them needs quotation marks.
struct Person<'a> {
    id: &'a str,
    given: &'a str,
    family: &'a str,
    email: &'a str,
    enabled: bool,
    school: &'a str,
}

impl<'a> Person<'a> {
    fn of(record: &'a RosterRecord) -> Self {
        Self {
            id: record.sis_id().as_str(),
            given: record.name().given(),
            family: record.name().family(),
            email: record.email().as_given().unwrap_or_default(),
            enabled: record.status() == StaffStatus::Active,
            school: record.schools().first().map(SisId::as_str).unwrap_or_default(),
        }
    }
}

/// A folder with files in it.
struct Set {
    folder: PathBuf,
    files: Vec<PathBuf>,
}

impl Set {
    fn begin(folder: &Path) -> Result<Self, Failure> {
        fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.to_owned(), files: Vec::new() })
    }

    fn file(&mut self, name: &str, header: &str) -> Result<BufWriter<File>, Failure> {
        let path = self.folder.join(name);
        let mut file = BufWriter::new(File::create(&path)?);
        writeln!(file, "{header}")?;
        self.files.push(path);
        Ok(file)
    }

    fn orgs(&mut self) -> Result<(), Failure> {
        let mut orgs =
            self.file("orgs.csv", "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId")?;
        for school in roster(0)?.schools() {
            writeln!(orgs, "{},,,{},school,,", school.sis_id().as_str(), school.name().as_str())?;
        }
        Ok(orgs.flush()?)
    }

    fn end(self, name: &'static str, staff: u64) -> RosterFiles {
        RosterFiles { name, staff, path: self.folder, files: self.files }
    }
}
