//! Rosters as files.

use std::collections::HashSet;
use std::io::Write as _;
use std::path::Path;

use chrono::NaiveDate;
use staffroom_roster::{Format, ReadOptions, RosterFile, read};
use staffroom_testkit::properties::{Verdict, Violation};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::machine::{folder, unfit};
use crate::require;

/// The first line names the format, or leaves it to be recognised; what follows are files, with a NUL between them: one
/// plain file, or `orgs.csv`, `users.csv` and perhaps `roles.csv`. They are read from a folder and from a zip.
pub(crate) fn laws(bytes: &[u8]) -> Verdict {
    let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else { return Ok(()) };
    let (first, rest) = bytes.split_at(end);
    let format = std::str::from_utf8(first).ok().and_then(|code| code.parse::<Format>().ok());
    let contents: Vec<&[u8]> = rest.get(1..).unwrap_or_default().splitn(3, |byte| *byte == 0).collect();
    let names: &[&str] =
        if contents.len() == 1 { &["staff.csv"] } else { &["orgs.csv", "users.csv", "roles.csv"] };
    let files: Vec<(&str, &[u8])> = names.iter().copied().zip(contents).collect();

    let folder = folder()?;
    let set = folder.path().join("set");
    let options = options().with_format(format);
    write_set(&set, &files)
        .and_then(|()| write_zip(&folder.path().join("roster.zip"), &files))
        .map_err(|error| unfit(&error))?;
    let from_folder = read(&set, &options);
    let from_zip = read(&folder.path().join("roster.zip"), &options);
    match (from_folder, from_zip) {
        (Ok(one), Ok(other)) => {
            require!("L1", one == other, "from a folder {one:?}, from a zip {other:?}");
            require!("L1", format.is_none_or(|format| format == one.format), "{:?}", one.format);
            sound(&one)
        }
        (Err(one), Err(other)) => {
            let same = std::mem::discriminant(&one) == std::mem::discriminant(&other);
            require!("L1", same, "from a folder {one:?}, from a zip {other:?}");
            Ok(())
        }
        (one, other) => Err(Violation::of("L1", format!("from a folder {one:?}, from a zip {other:?}"))),
    }
}

/// Read as if it were the 24th of August 2026.
pub(crate) fn options() -> ReadOptions {
    ReadOptions::new(NaiveDate::from_ymd_opt(2026, 8, 24).unwrap_or_default())
}

/// What holds of every roster that was read.
pub(crate) fn sound(file: &RosterFile) -> Verdict {
    let (schools, staff) = (file.roster.schools(), file.roster.staff());
    let known: HashSet<_> = schools.iter().map(staffroom_core::RosterSchool::sis_id).collect();
    require!("L1", known.len() == schools.len(), "a school is there twice: {schools:?}");
    let people: HashSet<_> = staff.iter().map(staffroom_core::RosterRecord::sis_id).collect();
    require!("L1", people.len() == staff.len(), "somebody is there twice: {staff:?}");
    require!("L1", !staff.is_empty(), "a roster without anybody");
    for record in staff {
        let strange = record.schools().iter().find(|school| !known.contains(school));
        require!("L1", strange.is_none(), "{record:?} works in {strange:?}, which is none of {known:?}");
    }
    let lines = u64::try_from(staff.len()).unwrap_or(u64::MAX).saturating_add(file.not_staff);
    require!("L1", lines <= file.rows_read, "{lines} people came out of {} lines", file.rows_read);
    let (count, strict) = (file.problem_count(), file.clone().into_strict());
    require!("L1", strict.is_ok() == (count == 0), "{count} problems, and {strict:?}");
    Ok(())
}

fn write_set(folder: &Path, files: &[(&str, &[u8])]) -> std::io::Result<()> {
    std::fs::create_dir(folder)?;
    files.iter().try_for_each(|(name, content)| std::fs::write(folder.join(name), content))
}

fn write_zip(path: &Path, files: &[(&str, &[u8])]) -> std::io::Result<()> {
    let mut writer = ZipWriter::new(std::fs::File::create(path)?);
    for (name, content) in files {
        writer.start_file(*name, SimpleFileOptions::default())?;
        writer.write_all(content)?;
    }
    writer.finish()?;
    Ok(())
}
