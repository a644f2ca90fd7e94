//! Every set of features builds.

use serde_json::Value;

use super::{name, packages};
use crate::run::{TaskError, cargo, run};

/// Checks every published library that has features with each set of them. Warnings are left to clippy, and so are libraries without
/// any: they are built in one way only.
pub(super) fn check(metadata: &Value) -> Result<(), TaskError> {
    for package in published_libraries(metadata) {
        let features: Vec<&str> = features(package);
        for set in sets(&features).iter().filter(|_| !features.is_empty()) {
            let set = set.join(",");
            run(&mut cargo(&[
                "check",
                "--quiet",
                "--locked",
                "--package",
                name(package),
                "--lib",
                "--no-default-features",
                "--features",
                &set,
            ]))?;
        }
    }
    Ok(())
}

/// The libraries of the workspace that are published.
pub(super) fn published_libraries(metadata: &Value) -> impl Iterator<Item = &Value> {
    packages(metadata).filter(|package| is_published_library(package))
}

fn is_published_library(package: &Value) -> bool {
    // `publish = false` is a list of no registries.
    let is_library =
        |target: &Value| target["kind"].as_array().is_some_and(|kinds| kinds.contains(&"lib".into()));
    package["publish"].is_null()
        && package["targets"].as_array().is_some_and(|targets| targets.iter().any(is_library))
}

/// The features by name; what is on by default is made of them.
fn features(package: &Value) -> Vec<&str> {
    let features = package["features"].as_object().into_iter().flatten();
    features.map(|(feature, _)| feature.as_str()).filter(|feature| *feature != "default").collect()
}

/// All sets of `features`, from none to all.
fn sets<'a>(features: &[&'a str]) -> Vec<Vec<&'a str>> {
    features.iter().fold(vec![Vec::new()], |mut sets, feature| {
        let with: Vec<Vec<&str>> =
            sets.iter().map(|set| set.iter().copied().chain([*feature]).collect()).collect();
        sets.extend(with);
        sets
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_set_is_there_once() {
        assert_eq!(sets(&[]), [[""; 0]]);
        assert_eq!(sets(&["a", "b"]), [vec![], vec!["a"], vec!["b"], vec!["a", "b"]]);
        assert_eq!(sets(&["a", "b", "c"]).len(), 8);
    }

    #[test]
    fn what_is_published_is_told_apart() {
        let library = serde_json::json!([{ "kind": ["lib"] }]);
        let program = serde_json::json!([{ "kind": ["bin"] }]);
        let package =
            |publish: Value, targets: &Value| serde_json::json!({ "publish": publish, "targets": targets });
        assert!(is_published_library(&package(Value::Null, &library)));
        assert!(!is_published_library(&package(serde_json::json!([]), &library)));
        assert!(!is_published_library(&package(Value::Null, &program)));
    }
}
