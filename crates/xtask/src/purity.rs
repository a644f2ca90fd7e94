//! Core stays pure by absence: what it may depend on is listed here, and anything else fails the check.
//!
//! A runtime, a database driver, randomness, a clock, a hash function or a file would have to be on the list, be a
//! feature that is switched off, or be one of the standard library's modules that core's sources may not name.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::run::{TaskError, cargo, output_of, root, run, say};

/// Every crate that `staffroom-core` may be built from. The macros at the end run at build time only.
const ALLOWED_CRATES: &[&str] = &[
    "staffroom-core",
    "chrono",
    "idna",
    "num-traits",
    "serde",
    "serde_core",
    "thiserror",
    "unicode-normalization",
    "uuid",
    "zeroize",
    // What `idna` and `unicode-normalization` are made of: Unicode's tables and the code that reads them.
    "icu_collections",
    "icu_locale_core",
    "icu_normalizer",
    "icu_normalizer_data",
    "icu_properties",
    "icu_properties_data",
    "icu_provider",
    "idna_adapter",
    "litemap",
    "potential_utf",
    "smallvec",
    "stable_deref_trait",
    "tinystr",
    "tinyvec",
    "tinyvec_macros",
    "utf8_iter",
    "utf_types",
    "writeable",
    "yoke",
    "zerofrom",
    "zerotrie",
    "zerovec",
    // Macros.
    "async-trait",
    "displaydoc",
    "proc-macro2",
    "quote",
    "serde_derive",
    "syn",
    "synstructure",
    "thiserror-impl",
    "unicode-ident",
    "yoke-derive",
    "zerofrom-derive",
    "zerovec-derive",
];

/// Features that would give an allowed crate a clock, randomness or a hash function.
const FORBIDDEN_FEATURES: &[(&str, &[&str])] = &[
    ("chrono", &["clock", "now", "iana-time-zone"]),
    ("uuid", &["v1", "v3", "v4", "v5", "v6", "v7", "rng", "md5", "sha1", "fast-rng"]),
];

/// Modules of the standard library that core's sources may not name.
const FORBIDDEN_MODULES: &[&str] = &[
    // Named one by one, so that this list sees them.
    "std::{",
    "std::env",
    "std::fs",
    "std::net",
    "std::os",
    "std::process",
    "std::thread",
    "std::time",
    "SystemTime",
    "Instant",
];

/// Checks the dependency tree and the sources, and builds for wasm32 where the target is at hand.
pub(crate) fn check() -> Result<(), TaskError> {
    let tree = output_of(&mut cargo(&[
        "tree",
        "--package",
        "staffroom-core",
        "--all-features",
        "--target",
        "all",
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--format",
        "{p}\t{f}",
        "--locked",
    ]))?;
    let mut faults = faults_of_tree(&tree);
    faults.extend(faults_of_sources(&root().join("crates/core/src")));
    if !faults.is_empty() {
        return Err(TaskError::Impure(faults.into_iter().collect::<Vec<_>>().join("\n")));
    }
    build_for_wasm()?;
    say("staffroom-core is pure");
    Ok(())
}

/// What is wrong with a tree of lines `name version ...<tab>features`.
fn faults_of_tree(tree: &str) -> BTreeSet<String> {
    let mut faults = BTreeSet::new();
    for line in tree.lines().filter(|line| !line.trim().is_empty()) {
        let (package, features) = line.split_once('\t').unwrap_or((line, ""));
        let name = package.split_whitespace().next().unwrap_or_default();
        if !ALLOWED_CRATES.contains(&name) {
            faults.insert(format!(
                "  it depends on `{name}`, which is not on the list in crates/xtask/src/purity.rs"
            ));
        }
        let features: Vec<&str> = features.split([',', ' ']).collect();
        for (crate_name, forbidden) in FORBIDDEN_FEATURES {
            for feature in
                forbidden.iter().filter(|feature| *crate_name == name && features.contains(feature))
            {
                faults.insert(format!("  it switches on the feature `{feature}` of `{name}`"));
            }
        }
    }
    faults
}

/// What is wrong with the sources below `folder`.
fn faults_of_sources(folder: &Path) -> BTreeSet<String> {
    let mut faults = BTreeSet::new();
    let Ok(entries) = std::fs::read_dir(folder) else {
        return BTreeSet::from([format!("  its sources cannot be read from {}", folder.display())]);
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            faults.extend(faults_of_sources(&path));
        } else {
            let Ok(source) = std::fs::read_to_string(&path) else {
                faults.insert(format!("  {} cannot be read", path.display()));
                continue;
            };
            let code = source
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .collect::<Vec<_>>()
                .join("\n");
            let named = FORBIDDEN_MODULES.iter().filter(|module| code.contains(**module));
            faults.extend(named.map(|module| format!("  {} names `{module}`", path.display())));
        }
    }
    faults
}

fn build_for_wasm() -> Result<(), TaskError> {
    let installed =
        Command::new("rustup").args(["target", "list", "--installed"]).stderr(Stdio::null()).output();
    let at_hand =
        installed.is_ok_and(|list| String::from_utf8_lossy(&list.stdout).contains("wasm32-unknown-unknown"));
    if at_hand {
        return run(&mut cargo(&[
            "build",
            "--package",
            "staffroom-core",
            "--target",
            "wasm32-unknown-unknown",
            "--locked",
        ]));
    }
    say("the target wasm32-unknown-unknown is not installed here: the build for it was left out");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PURE: &str = "staffroom-core v0.1.0 (/somewhere)\tdefault,serde\nchrono v0.4.45\talloc,serde\n";

    #[test]
    fn a_pure_tree_has_no_faults() {
        assert_eq!(faults_of_tree(PURE), BTreeSet::new());
    }

    #[test]
    fn a_crate_that_is_not_listed_is_a_fault() {
        for added in ["tokio v1.50.0\tdefault", "rand v0.10.4\t", "argon2 v0.6.0\t", "sqlx v0.9.0\t"] {
            assert_eq!(faults_of_tree(&format!("{PURE}{added}\n")).len(), 1, "{added}");
        }
    }

    #[test]
    fn a_clock_or_randomness_behind_a_feature_is_a_fault() {
        assert_eq!(faults_of_tree("chrono v0.4.45\talloc,clock,now\n").len(), 2);
        assert_eq!(faults_of_tree("uuid v1.29.3\tserde,v4\n").len(), 1);
    }

    #[test]
    fn core_as_it_is_names_no_forbidden_module() {
        assert_eq!(faults_of_sources(&root().join("crates/core/src")), BTreeSet::new());
    }

    #[test]
    fn a_source_that_names_what_is_forbidden_is_a_fault_in_any_folder() {
        // This file names them all.
        let faults = faults_of_sources(&root().join("crates/xtask"));
        for named in ["std::{", "std::env", "std::fs", "std::process", "std::time", "SystemTime", "Instant"] {
            let fault = format!("purity.rs names `{named}`");
            assert!(faults.iter().any(|one| one.ends_with(&fault)), "{fault}");
        }
    }
}
