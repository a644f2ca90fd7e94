//! What cargo says while it builds.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::run::{TaskError, complain, show};

/// A program with tests.
#[derive(Debug, Clone)]
pub(super) struct Program {
    pub(super) package: String,
    /// `lib` for the tests among the sources, otherwise the name of a file in `tests`.
    pub(super) name: String,
    pub(super) path: PathBuf,
    /// Where its tests expect to be run.
    pub(super) folder: PathBuf,
}

/// What the compiler has against the woven copy.
pub(super) struct CompileError {
    /// Where, the main place first.
    pub(super) spans: Vec<(PathBuf, Range<usize>)>,
    code: String,
    text: String,
    /// As it is shown to people.
    pub(super) rendered: String,
}

impl CompileError {
    /// The function that has to be constant: "cannot call non-const method `a::B::name` in constants".
    pub(super) fn called_by_the_compiler(&self) -> Option<&str> {
        let path = self.text.split('`').nth(1).filter(|_| self.code == "E0015")?;
        path.rsplit("::").find(|part| !part.starts_with('<'))
    }
}

/// What cargo says, a document a line. An error of the compiler is no error here.
pub(super) fn messages(command: &mut Command) -> Result<Vec<Value>, TaskError> {
    complain(&format!("\n$ {}", show(command)));
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.map_err(|source| TaskError::Start { command: show(command), source })?;
    let text = String::from_utf8_lossy(&output.stdout);
    let messages: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    if output.status.success() || !errors(&messages).is_empty() {
        Ok(messages)
    } else {
        Err(TaskError::Failed(show(command)))
    }
}

/// The errors that are somewhere in the sources.
pub(super) fn errors(messages: &[Value]) -> Vec<CompileError> {
    let said = messages.iter().filter_map(|message| message.get("message"));
    let errors = said.filter(|message| message.get("level").and_then(Value::as_str) == Some("error"));
    errors.map(compile_error).filter(|error| !error.spans.is_empty()).collect()
}

fn compile_error(message: &Value) -> CompileError {
    let spans = message.get("spans").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let text = |of: &Value, key: &str| of.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let is_main = |span: &&Value| span.get("is_primary").and_then(Value::as_bool) == Some(true);
    let main = spans.iter().filter(is_main);
    let others = spans.iter().filter(|span| !is_main(span));
    CompileError {
        spans: main.chain(others).filter_map(place_of).collect(),
        code: message.get("code").map(|code| text(code, "code")).unwrap_or_default(),
        text: text(message, "message"),
        rendered: text(message, "rendered"),
    }
}

fn place_of(span: &Value) -> Option<(PathBuf, Range<usize>)> {
    // What a macro makes is where the macro is called.
    if let Some(call) = span.get("expansion").and_then(|expansion| expansion.get("span")) {
        return place_of(call);
    }
    let byte = |key: &str| usize::try_from(span.get(key)?.as_u64()?).ok();
    Some((PathBuf::from(span.get("file_name")?.as_str()?), byte("byte_start")?..byte("byte_end")?))
}

/// The program with tests that a message is about.
pub(super) fn program(message: &Value) -> Option<Program> {
    if message.get("profile")?.get("test")?.as_bool() != Some(true) {
        return None;
    }
    let path = message.get("executable")?.as_str()?;
    let target = message.get("target")?;
    let kinds = target.get("kind")?.as_array()?;
    let folder = Path::new(message.get("manifest_path")?.as_str()?).parent()?.to_owned();
    let is_library = kinds.iter().any(|kind| kind == "lib");
    let package = message.get("package_id")?.as_str()?;
    Some(Program {
        package: name_of(package, &folder),
        name: if is_library { "lib".to_owned() } else { target.get("name")?.as_str()?.to_owned() },
        path: path.into(),
        folder,
    })
}

/// The name in the id of a package: `path+file:///folder#name@version`, without the name where the folder bears it.
fn name_of(id: &str, folder: &Path) -> String {
    let named =
        id.rsplit_once('#').and_then(|(_, rest)| rest.split_once('@')).map(|(name, _)| name.to_owned());
    named.unwrap_or_else(|| folder.file_name().unwrap_or_default().to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_error_in_what_a_macro_makes_is_where_the_macro_is_called_and_the_main_place_comes_first() {
        let place = |start: usize| json!({"file_name": "a.rs", "byte_start": start, "byte_end": start + 1});
        let (mut first, mut main) = (place(1), place(2));
        first["is_primary"] = json!(false);
        main["is_primary"] = json!(true);
        main["expansion"] = json!({"span": place(3)});
        let said = json!({"level": "error", "message": "m", "rendered": "r", "spans": [first, main]});
        let errors = errors(&[json!({"message": said}), json!({"message": {"level": "warning"}})]);
        let places: Vec<_> = errors.iter().flat_map(|error| error.spans.iter().cloned()).collect();
        assert_eq!(places, [(PathBuf::from("a.rs"), 3..4), (PathBuf::from("a.rs"), 1..2)]);
    }

    #[test]
    fn a_function_that_has_to_be_constant_is_named() {
        let name = |code: &str, path: &str| {
            let text = format!("cannot call non-const method `{path}` in constants");
            let error =
                CompileError { spans: Vec::new(), code: code.to_owned(), text, rendered: String::new() };
            error.called_by_the_compiler().map(str::to_owned)
        };
        assert_eq!(name("E0015", "a::B::<u8>::number").as_deref(), Some("number"));
        assert_eq!(name("E0015", "number::<u8>").as_deref(), Some("number"));
        assert_eq!(name("E0308", "a::number"), None);
    }

    #[test]
    fn a_program_is_known_by_its_package_and_its_file() {
        let built = json!({"profile": {"test": true}, "executable": "/t/deps/kept-1", "manifest_path": "/w/crates/core/Cargo.toml",
            "package_id": "path+file:///w/crates/core#staffroom-core@0.1.0", "target": {"kind": ["test"], "name": "kept"}});
        let found = program(&built).map(|program| (program.package, program.name, program.folder));
        let expected = ("staffroom-core".to_owned(), "kept".to_owned(), PathBuf::from("/w/crates/core"));
        assert_eq!(found, Some(expected));
        assert_eq!(name_of("path+file:///w/crates/xtask#0.1.0", Path::new("/w/crates/xtask")), "xtask");
    }
}
