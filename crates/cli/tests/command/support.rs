//! Running the command, and small rosters to run it on.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// The repository.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The example network, as OneRoster.
pub(crate) const LAKESIDE: &str = "examples/lakeside/oneroster";
/// The school of it that most tests work in.
pub(crate) const HIGH: &str = "Lakeside High";

/// The command, called in the repository. There is no terminal.
pub(crate) fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_staffroom"));
    command.args(args).current_dir(repository()).stdin(Stdio::null());
    // What whoever runs the tests has set is not what they are about.
    for (variable, _) in std::env::vars_os() {
        if variable.to_string_lossy().starts_with("STAFFROOM_") {
            command.env_remove(variable);
        }
    }
    for variable in ["PGPASSWORD", "XDG_CONFIG_HOME", "NO_COLOR"] {
        command.env_remove(variable);
    }
    command.env("PGPASSFILE", "/nowhere").env("HOME", "/nowhere");
    // Nothing is left behind, unless a test says where.
    command.env("STAFFROOM_DATABASE", "memory:");
    command
}

/// The example, from anywhere.
pub(crate) fn lakeside() -> String {
    repository().join(LAKESIDE).to_str().unwrap().to_owned()
}

/// A folder of somebody who has just begun: the command is called there, and keeps its accounts in the file there.
pub(crate) struct Home {
    folder: TempDir,
}

impl Home {
    /// With nothing in it.
    pub(crate) fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// With the example imported.
    pub(crate) fn imported() -> Self {
        let home = Self::empty();
        home.run(&["import", &lakeside()]).ending(0);
        home
    }

    /// With accounts for everybody who works in the elementary school, as teachers.
    pub(crate) fn created() -> Self {
        let home = Self::imported();
        home.run(&["bulk-create", "--school", "LES", "--works-here", "--group", "Teacher"]).ending(0);
        home
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The names of what is in the folder.
    pub(crate) fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = command(args);
        command.current_dir(self.folder.path()).env_remove("STAFFROOM_DATABASE");
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.command(args).output().unwrap().into()
    }

    /// The answer as JSON, of a call that does all it is asked.
    #[track_caller]
    pub(crate) fn json(&self, args: &[&str]) -> Value {
        self.run(&[args, &["--format", "json"]].concat()).ending(0).json()
    }
}

/// What came of a call.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// The same, if it ended with this code.
    #[track_caller]
    pub(crate) fn ending(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }

    /// Standard output as CSV, with the header.
    pub(crate) fn csv(&self) -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(self.out.as_bytes());
        reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// Calls the command.
pub(crate) fn run(args: &[&str]) -> Ran {
    command(args).output().unwrap().into()
}

/// Calls the command with something to read on standard input.
pub(crate) fn run_reading(args: &[&str], input: &str) -> Ran {
    let mut child =
        command(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap().into()
}

/// `bulk-create` on the example, in the high school.
pub(crate) fn bulk_create(more: &[&str]) -> Ran {
    run(&[&["bulk-create", "--from", LAKESIDE, "--school", HIGH], more].concat())
}

/// `candidates` on the example, in the high school.
pub(crate) fn candidates(more: &[&str]) -> Ran {
    run(&[&["candidates", "--from", LAKESIDE, "--school", HIGH], more].concat())
}

/// A folder with one plain CSV file.
pub(crate) struct PlainRoster {
    _folder: TempDir,
    path: PathBuf,
}

impl PlainRoster {
    /// Lines of id, given name, family name, email, school, active.
    pub(crate) fn of(lines: &[[&str; 6]]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("staff.csv");
        let mut writer = csv::Writer::from_path(&path).unwrap();
        writer.write_record(["SIS ID", "First name", "Last name", "Email", "School", "Active"]).unwrap();
        for line in lines {
            writer.write_record(line).unwrap();
        }
        writer.flush().unwrap();
        Self { _folder: folder, path }
    }

    pub(crate) fn path(&self) -> &str {
        self.path.to_str().unwrap()
    }
}

/// The values of one key in every row of an array.
#[track_caller]
pub(crate) fn column<'a>(rows: &'a Value, key: &str) -> Vec<&'a Value> {
    rows.as_array().unwrap().iter().map(|row| &row[key]).collect()
}
