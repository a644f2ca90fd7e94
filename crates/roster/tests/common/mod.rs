//! Writes rosters to a temporary folder and reads them.
#![allow(dead_code, unreachable_pub, reason = "every test file takes what it needs")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

use std::io::Write as _;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use staffroom_core::{RosterRecord, SisId, StaffStatus};
use staffroom_roster::{ReadError, ReadOptions, RosterFile};
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

pub const ORGS: &str = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n\
    d1,,,Green Valley,district,,\n\
    s1,,,North High,school,1,d1\n\
    s2,,,South High,school,2,d1\n\
    s3,tobedeleted,,Old High,school,3,d1\n\
    dep,,,Maths,department,,s1\n";

pub const USERS_11: &str = "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,\
    familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password\n";

pub const USERS_12: &str = "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,\
    middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,resourceSourcedIds,\
    preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns\n";

pub const ROLES_12: &str = "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId\n";

pub const SDS_ORGS: &str = "sourcedId,name,type,parentSourcedId\nd1,Green Valley,district,\ns1,North High,school,d1\n\
    s2,South College,college,d1\n";
pub const SDS_USERS: &str =
    "sourcedId,username,familyName,givenName,password,activeDirectoryMatchId,email,phone,sms\n";
pub const SDS_ROLES: &str =
    "userSourcedId,orgSourcedId,role,sessionSourcedId,grade,isPrimary,roleStartDate,roleEndDate\n";

/// A line of `users.csv` in 1.1.
pub fn user_11(id: &str, orgs: &str, role: &str) -> String {
    format!("{id},,,true,\"{orgs}\",{role},u,,Given {id},Family,,,{id}@school.example,,,,,\n")
}

/// A line of `users.csv` in 1.2.
pub fn user_12(id: &str) -> String {
    format!("{id},,,true,u,,Given {id},Family,,,{id}@school.example,,,,,,,,,,,,\n")
}

/// A line of `roles.csv` in 1.2.
pub fn role_12(user: &str, role: &str, begin: &str, end: &str, org: &str) -> String {
    format!("r-{user}-{role}-{org},,,{user},primary,{role},{begin},{end},{org},\n")
}

/// 24 August 2026.
pub fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 8, 24).unwrap()
}

pub fn options() -> ReadOptions {
    ReadOptions::new(today())
}

/// A folder with these files.
pub fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    folder
}

/// A zip with these files, in a folder.
pub fn zip(files: &[(&str, &[u8])]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("roster.zip");
    let mut writer = ZipWriter::new(std::fs::File::create(&path).unwrap());
    for (name, content) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap();
    (folder, path)
}

/// What reading these files of a folder yields.
pub fn try_read(files: &[(&str, &str)]) -> Result<RosterFile, ReadError> {
    let files: Vec<_> = files.iter().map(|(name, content)| (*name, content.as_bytes())).collect();
    staffroom_roster::read(folder(&files).path(), &options())
}

/// The same, if it can be read.
pub fn read(files: &[(&str, &str)]) -> RosterFile {
    try_read(files).unwrap_or_else(|error| panic!("{error}"))
}

/// A OneRoster 1.1 roster with these lines of `users.csv`.
pub fn read_11(users: &[String]) -> RosterFile {
    read(&[("orgs.csv", ORGS), ("users.csv", &format!("{USERS_11}{}", users.concat()))])
}

/// A OneRoster 1.2 roster with these lines of `users.csv` and `roles.csv`.
pub fn read_12(users: &[String], roles: &[String]) -> RosterFile {
    read(&[
        ("orgs.csv", ORGS),
        ("users.csv", &format!("{USERS_12}{}", users.concat())),
        ("roles.csv", &format!("{ROLES_12}{}", roles.concat())),
    ])
}

/// A plain roster.
pub fn read_plain(content: &str) -> RosterFile {
    read(&[("staff.csv", content)])
}

pub fn record<'a>(file: &'a RosterFile, id: &str) -> Option<&'a RosterRecord> {
    file.roster.staff().iter().find(|record| record.sis_id().as_str() == id)
}

/// `id active school school`, for short assertions.
pub fn sketch(file: &RosterFile) -> Vec<String> {
    let sketch = |record: &RosterRecord| {
        let status = if record.status() == StaffStatus::Active { "active" } else { "inactive" };
        let schools = record.schools().iter().map(|school| format!(" {}", SisId::as_str(school)));
        format!("{} {status}{}", record.sis_id(), schools.collect::<String>())
    };
    file.roster.staff().iter().map(sketch).collect()
}

/// The problems as they are shown.
pub fn problems(file: &RosterFile) -> Vec<String> {
    file.problems.iter().map(ToString::to_string).collect()
}

/// The kinds of the problems with their lines.
pub fn kinds(file: &RosterFile) -> Vec<String> {
    file.problems
        .iter()
        .map(|problem| format!("{}:{} {}", problem.file, problem.line, problem.kind))
        .collect()
}

pub fn error_at(path: &Path) -> ReadError {
    staffroom_roster::read(path, &options()).unwrap_err()
}
