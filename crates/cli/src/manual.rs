//! The manual and the command agree: what `docs/` lists is what there is.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use staffroom_core::{Reason, Warning};

use crate::args;
use crate::error::Exit;

fn document(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name)).unwrap()
}

/// The first and second cell of each row of the tables under the heading `title`, backticks and all.
fn rows(text: &str, title: &str) -> Vec<(String, String)> {
    let heading = format!("## {title}");
    text.lines()
        .skip_while(|line| *line != heading)
        .skip(1)
        .take_while(|line| !line.starts_with("## "))
        .filter_map(|line| line.strip_prefix("| ")?.split_once(" | "))
        .filter(|(first, _)| !first.starts_with("---"))
        .map(|(first, rest)| (first.to_owned(), rest.trim_end_matches(" |").to_owned()))
        .skip(1)
        .collect()
}

#[test]
fn every_flag_is_in_the_manual_and_none_besides() {
    let text = document("command.md");
    for command in ["bulk-create", "candidates", "migrate"] {
        let there: BTreeSet<String> = args::command()
            .find_subcommand(command)
            .unwrap()
            .get_arguments()
            .map(|flag| {
                let long = format!("--{}", flag.get_long().unwrap());
                let value = flag.get_value_names().filter(|_| flag.get_action().takes_values());
                let value = value.map(|names| format!(" <{}>", names[0])).unwrap_or_default();
                let several = flag.get_num_args().is_some_and(|range| range.max_values() > 1);
                let dots = if several { "..." } else { "" };
                let short = flag.get_short().map(|short| format!(", `-{short}`")).unwrap_or_default();
                format!("`{long}{value}{dots}`{short}")
            })
            .collect();
        let told: BTreeSet<String> =
            rows(&text, &format!("`staffroom {command}`")).into_iter().map(|(flag, _)| flag).collect();
        assert_eq!(told, there, "{command}");
    }
}

#[test]
fn the_exit_codes_are_those_of_the_manual() {
    let there: Vec<(String, String)> =
        Exit::TABLE.iter().map(|(_, code, meaning)| (code.to_string(), (*meaning).to_owned())).collect();
    assert_eq!(rows(&document("command.md"), "Exit codes"), there);
}

#[test]
fn the_codes_are_those_of_the_contract() {
    let text = document("json.md");
    let row = |code: &str, meaning: &str| (format!("`{code}`"), meaning.to_owned());
    assert_eq!(rows(&text, "Reasons"), Reason::TABLE.map(|rule| row(rule.code, rule.meaning)));
    assert_eq!(rows(&text, "Warnings"), Warning::TABLE.map(|rule| row(rule.code, rule.meaning)));
}
