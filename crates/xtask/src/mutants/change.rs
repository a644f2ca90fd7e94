//! The changes that are to be made: cargo-mutants lists them.

use std::process::Command;

use serde_json::Value;

use crate::run::{TaskError, output_of, root};
use crate::tools::CARGO_MUTANTS;

/// One change of the code in one place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Change {
    /// The package that it is in.
    pub(super) package: String,
    /// The file, from the root of the workspace.
    pub(super) file: String,
    /// Where it is and what it does, as cargo-mutants says it.
    pub(super) name: String,
    pub(super) genre: Genre,
    /// Where what is changed begins.
    pub(super) start: Position,
    /// What is written instead; nothing where something is taken out.
    pub(super) replacement: String,
}

/// A line and a column, both counted from 1; columns are characters.
pub(super) type Position = (usize, usize);

/// What a change does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Genre {
    /// A function answers with this at once.
    Body,
    /// An operator between two operands is another.
    Binary,
    /// An operator before its operand is left out.
    Unary,
    /// An arm of a match is left out.
    Arm,
    /// The guard of an arm always holds, or never.
    Guard,
    /// A field of a struct is left to what the others are taken from.
    Field,
}

/// Every change that `arguments` choose, in order of package and file.
pub(super) fn list(packages: &[&str], arguments: &[&str]) -> Result<Vec<Change>, TaskError> {
    let mut command = cargo_mutants()?;
    command.args(["--list", "--json"]);
    command.args(packages.iter().flat_map(|package| ["--package", package])).args(arguments);
    let listed: Value = serde_json::from_str(&output_of(&mut command)?).unwrap_or_default();
    let changes = listed.as_array().map(Vec::as_slice).unwrap_or_default();
    changes.iter().map(|change| read(change).ok_or_else(|| TaskError::Listed(change.to_string()))).collect()
}

/// cargo-mutants, in the root of the workspace.
pub(super) fn cargo_mutants() -> Result<Command, TaskError> {
    let mut command = Command::new(CARGO_MUTANTS.find_or_install()?);
    command.arg("mutants").current_dir(root());
    Ok(command)
}

fn read(change: &Value) -> Option<Change> {
    let text = |key: &str| change.get(key).and_then(Value::as_str).map(str::to_owned);
    let start = change.get("span")?.get("start")?;
    let place = |key: &str| usize::try_from(start.get(key)?.as_u64()?).ok();
    Some(Change {
        package: text("package")?,
        file: text("file")?,
        name: text("name")?,
        genre: match text("genre")?.as_str() {
            "FnValue" => Genre::Body,
            "BinaryOperator" => Genre::Binary,
            "UnaryOperator" => Genre::Unary,
            "MatchArm" => Genre::Arm,
            "MatchArmGuard" => Genre::Guard,
            "StructField" => Genre::Field,
            _ => return None,
        },
        start: (place("line")?, place("column")?),
        replacement: text("replacement")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_change_is_read_as_cargo_mutants_writes_it() {
        let listed = json!({"package": "p", "file": "src/lib.rs", "name": "src/lib.rs:2:5: replace == with !=",
            "genre": "BinaryOperator", "replacement": "!=", "function": null,
            "span": {"start": {"line": 2, "column": 5}, "end": {"line": 2, "column": 7}}});
        let expected = Change {
            package: "p".to_owned(),
            file: "src/lib.rs".to_owned(),
            name: "src/lib.rs:2:5: replace == with !=".to_owned(),
            genre: Genre::Binary,
            start: (2, 5),
            replacement: "!=".to_owned(),
        };
        assert_eq!(read(&listed), Some(expected));
        assert_eq!(read(&json!({})), None);
    }
}
