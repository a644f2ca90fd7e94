//! The example network in the repository is what its generator makes.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::network;
use crate::support::{candidates, repository, run};

const FILES: [&str; 5] = [
    "oneroster/manifest.csv",
    "oneroster/orgs.csv",
    "oneroster/roles.csv",
    "oneroster/users.csv",
    "staff.csv",
];

#[test]
fn it_is_made_by_the_generator() {
    let folder = tempfile::tempdir().unwrap();
    network::write(folder.path(), network::STAFF, network::SEED).unwrap();
    let kept = repository().join("examples/lakeside");
    for file in FILES {
        assert!(
            fs::read(folder.path().join(file)).unwrap() == fs::read(kept.join(file)).unwrap(),
            "{file} differs; run `cargo run -p staffroom --example make_lakeside -- examples/lakeside`"
        );
    }
}

#[test]
fn every_address_is_an_example() {
    let text = |file: &str| fs::read_to_string(Path::new(&repository()).join("examples/lakeside").join(file));
    for file in ["oneroster/users.csv", "staff.csv"] {
        let text = text(file).unwrap();
        let domains: BTreeSet<&str> = text
            .split([',', '\n', '\r', ' '])
            .filter_map(|cell| cell.split_once('@').map(|(_, domain)| domain))
            .collect();
        for domain in domains {
            // One address is broken on purpose.
            assert!(domain.to_lowercase().ends_with(".example") || domain == "lakeside", "{domain}");
        }
    }
}

#[test]
fn both_forms_hold_the_same_people() {
    let people = |ran: crate::support::Ran| -> Vec<Vec<String>> {
        ran.ending(0).csv().into_iter().map(|row| row[1..].to_vec()).collect()
    };
    let args = ["--why", "--format", "csv"];
    let oneroster = people(candidates(&args));
    let school = ["--school", "Lakeside High"];
    let plain =
        people(run(&[&["candidates", "--from", "examples/lakeside/staff.csv"], &school[..], &args].concat()));
    assert_eq!(oneroster.len(), 121);
    assert_eq!(oneroster, plain);
}

#[test]
fn a_network_of_any_size_can_be_made() {
    for staff in [0, 1, 5, 1_000] {
        let folder = tempfile::tempdir().unwrap();
        network::write(folder.path(), staff, 7).unwrap();
        let lines = fs::read_to_string(folder.path().join("staff.csv")).unwrap().lines().count();
        assert_eq!(lines, staff as usize + 1);
    }
}
