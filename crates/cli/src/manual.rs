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
    // A title may bring a mark of its own: it is one of a lower rank then.
    let heading = if title.starts_with("# ") { format!("##{title}") } else { format!("## {title}") };
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

/// What can be typed after a command, as the manual writes it.
fn flags(command: &clap::Command) -> BTreeSet<String> {
    let flags = command.get_arguments().map(|flag| {
        let value = flag.get_value_names().filter(|_| flag.get_action().takes_values());
        let value = value.map(|names| format!("<{}>", names[0])).unwrap_or_default();
        let Some(long) = flag.get_long() else {
            return format!("`{value}`");
        };
        let value = if value.is_empty() { value } else { format!(" {value}") };
        let several = flag.get_num_args().is_some_and(|range| range.max_values() > 1);
        let dots = if several { "..." } else { "" };
        let short = flag.get_short().map(|short| format!(", `-{short}`")).unwrap_or_default();
        format!("`--{long}{value}{dots}`{short}")
    });
    flags.collect()
}

/// Every command that does something, with its whole name.
fn commands(command: &clap::Command, name: &str) -> Vec<(String, clap::Command)> {
    if !command.has_subcommands() {
        return vec![(name.to_owned(), command.clone())];
    }
    let nested = command.get_subcommands();
    nested.flat_map(|inner| commands(inner, &format!("{name} {}", inner.get_name()))).collect()
}

#[test]
fn every_flag_is_in_the_manual_and_none_besides() {
    let text = document("command.md");
    let commands = commands(&args::command(), "staffroom");
    assert!(commands.len() > 25);
    for (name, command) in commands {
        let title = format!("`{name}`");
        assert!(text.contains(&format!("\n## {title}\n")), "{name} has no heading");
        let told: BTreeSet<String> = rows(&text, &title).into_iter().map(|(flag, _)| flag).collect();
        assert_eq!(told, flags(&command), "{name}");
    }
    let told: BTreeSet<String> =
        rows(&text, "# The flags of every verb").into_iter().map(|(flag, _)| flag).collect();
    assert_eq!(told, flags(&args::command()));
}

#[test]
fn the_help_of_every_command_has_examples_that_can_be_typed() {
    for (name, command) in commands(&args::command(), "staffroom") {
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let examples: Vec<&str> = help
            .lines()
            .skip_while(|line| *line != "Examples:")
            .take_while(|line| *line != "Exit codes:")
            .map(str::trim)
            .filter(|line| line.starts_with("staffroom "))
            .collect();
        assert!(examples.iter().any(|line| line.starts_with(&name)), "{name}: {help}");
        for line in examples {
            // As far as a shell would hand it over.
            let line = line.split(['>', '&']).next().unwrap_or_default();
            let line = line.split(" 3<").next().unwrap_or_default().replace("\\\"", "\"");
            let mut quoted = false;
            let words = line.split(|c: char| {
                quoted ^= c == '"';
                c == ' ' && !quoted
            });
            let words = words.filter(|word| !word.is_empty()).map(|word| word.replace('"', ""));
            let parsed = args::command().try_get_matches_from(words);
            assert!(
                parsed.is_ok(),
                "{name}: `{line}`: {}",
                parsed.err().map(|error| error.to_string()).unwrap_or_default()
            );
        }
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
