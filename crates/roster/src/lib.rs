//! Reads school rosters into the [`Roster`](staffroom_core::Roster) that Staffroom imports.
//!
//! A roster is a folder or a zip of CSV files in [OneRoster 1.1](https://www.imsglobal.org/oneroster-v11-final-csv-tables),
//! [OneRoster 1.2](https://www.imsglobal.org/spec/oneroster/v1p2/bind/csv/) or
//! [School Data Sync v2.1](https://learn.microsoft.com/schooldatasync/sds-v2.1-csv-file-format), or one plain CSV file
//! with a line for each staff member. The format is recognised from the files, or named.
//!
//! ```
//! use staffroom_core::StaffStatus;
//! use staffroom_roster::{Format, ReadOptions};
//!
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("staff.csv");
//! std::fs::write(&path, "Staff ID,First name,Last name,Work email,School,Active\n\
//!                        T1,Ana,Ruiz,ana.ruiz@school.example,North High,yes\n\
//!                        T2,Bo,Lind,,North High|South High,no\n\
//!                        T3,Cem,Ak,cem.ak@school.example,South High,perhaps\n")?;
//!
//! let today = chrono::NaiveDate::from_ymd_opt(2026, 8, 24).ok_or("no such day")?;
//! let file = staffroom_roster::read(&path, &ReadOptions::new(today))?;
//! assert_eq!(file.format, Format::PlainCsv);
//! assert_eq!(file.roster.schools().len(), 2);
//! assert_eq!(file.roster.staff()[0].status(), StaffStatus::Active);
//! assert_eq!(
//!     file.problems[0].to_string(),
//!     "staff.csv:4: column `Active`: `perhaps` is not a status; the person counts as inactive; \
//!      write `active` or `inactive`",
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is read
//!
//! * **Staff only.** Nobody becomes staff who has no staff role, or who is a student at the same time.
//! * **Active or not** follows from the status of the person, from `enabledUser`, and from the terms of their roles on
//!   the [day given](ReadOptions::today): this crate reads no clock. What cannot be read makes nobody active.
//! * **A missing email is a fact**, and so is one that is no address: the rules say what follows.
//! * **A `password` column is never read.** Only columns that have a use are taken out of a line.
//! * **A bad line is a [`Problem`]** with file, line, column and remedy, and the good lines go on;
//!   [`RosterFile::into_strict`] is for who wants none. What spoils a whole file is a [`ReadError`].
//! * **[`Limits`]** bound the bytes, the lines and the expansion of a zip while it is read; nothing is unpacked to disk.
//!
//! The page `docs/rosters.md` says all this to administrators, column by column.

mod date;
mod error;
mod format;
mod index;
mod key;
mod meter;
mod options;
mod org;
mod plain;
mod problem;
mod read;
mod recognise;
mod role;
mod roles;
mod roster_file;
mod shown;
mod source;
mod status;
mod table;
mod term;
mod users;

pub use error::ReadError;
pub use format::{Format, UnknownFormat};
pub use options::{Limit, Limits, ReadOptions};
pub use problem::{Effect, Problem, ProblemKind};
pub use read::{read, read_with_progress};
pub use roster_file::{RosterFile, StrictError};
