//! The public items of `staffroom-core`, as rustdoc writes them down, and the foreign types among them: whoever links core takes on
//! the versions of those.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{name, read};
use crate::run::{TaskError, cargo, run, target};

/// Whose types may appear.
const ALLOWED: &[&str] = &["std", "core", "alloc", "chrono", "serde", "serde_core", "uuid"];

/// Has rustdoc describe core. Its JSON is not stable, so a stable compiler is told to pretend; apart from all other builds,
/// for which that would be another compiler.
pub(super) fn of_core() -> Result<Value, TaskError> {
    let folder = target().join("api");
    let mut rustdoc =
        cargo(&["rustdoc", "--package", "staffroom-core", "--lib", "--all-features", "--locked"]);
    rustdoc.arg("--target-dir").arg(&folder);
    rustdoc.args(["--quiet", "--", "-Z", "unstable-options", "--output-format", "json"]);
    run(rustdoc.env("RUSTC_BOOTSTRAP", "1"))?;
    let path = folder.join("doc/staffroom_core.json");
    let json = std::fs::read_to_string(&path)
        .map_err(|error| TaskError::Api(format!("  {} cannot be read: {error}", path.display())))?;
    read(&json)
}

/// Foreign types and traits that are not allowed.
pub(super) fn faults(surface: &Value) -> BTreeSet<String> {
    let mut faults = BTreeSet::new();
    for item in items(surface) {
        named(item, &mut |id| {
            let Some(foreign) = foreign(surface, id) else { return };
            if !ALLOWED.contains(&foreign.0) {
                faults.insert(format!("  `{}` shows `{}`", name(item), foreign.1));
            }
        });
    }
    faults
}

/// What is public, but for what the compiler implements by itself.
pub(super) fn items(surface: &Value) -> impl Iterator<Item = &Value> {
    let all = surface["index"].as_object().into_iter().flatten().map(|(_, item)| item);
    all.filter(|item| {
        let by_itself = &item["inner"]["impl"];
        by_itself.is_null() || (by_itself["blanket_impl"].is_null() && by_itself["is_synthetic"] != true)
    })
}

/// Calls `seen` with the id of every type and trait that `item` names.
fn named(item: &Value, seen: &mut impl FnMut(u64)) {
    fn look(value: &Value, seen: &mut impl FnMut(u64)) {
        match value {
            Value::Object(fields) => {
                if let (Some(id), true) =
                    (fields.get("id").and_then(Value::as_u64), fields.contains_key("path"))
                {
                    seen(id);
                }
                fields.values().for_each(|value| look(value, seen));
            }
            Value::Array(values) => values.iter().for_each(|value| look(value, seen)),
            _ => {}
        }
    }
    look(&item["inner"], seen);
}

/// The crate and the path of what has that id, if it is of another crate.
fn foreign(surface: &Value, id: u64) -> Option<(&str, String)> {
    let path = surface["paths"].get(id.to_string())?;
    let of = path["crate_id"].as_u64().filter(|of| *of != 0)?;
    let segments = path["path"].as_array()?.iter().filter_map(Value::as_str);
    Some((name(&surface["external_crates"][of.to_string()]), segments.collect::<Vec<_>>().join("::")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn surface(of: &str) -> Value {
        serde_json::json!({
            "index": { "1": { "name": "hash", "inner": { "function": { "sig": { "inputs": [
                ["engine", { "borrowed_ref": { "type": { "resolved_path": { "path": "Argon2", "id": 7, "args": null } } } }],
            ] } } } } },
            "paths": { "7": { "crate_id": 3, "path": [of, "Argon2"], "kind": "struct" } },
            "external_crates": { "3": { "name": of } },
        })
    }

    #[test]
    fn a_foreign_type_is_a_fault() {
        let faults = faults(&surface("argon2"));
        assert_eq!(faults.into_iter().collect::<Vec<_>>(), ["  `hash` shows `argon2::Argon2`"]);
    }

    #[test]
    fn a_type_of_those_allowed_is_none() {
        assert_eq!(faults(&surface("uuid")), BTreeSet::new());
    }
}
