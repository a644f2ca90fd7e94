//! The examples in the documents are what the command prints: those of one document one after the other, over the file
//! that they fill.

use std::fs;

use crate::postgres::{Place, make_role, run_over, shared};
use crate::support::{Home, Ran, repository};

/// A command in a `console` block, and what stands below it.
#[derive(Debug)]
struct Example {
    document: &'static str,
    command: String,
    /// Whether it is about a database: the block says so.
    over_database: bool,
    printed: Vec<String>,
}

fn examples(document: &'static str) -> Vec<Example> {
    let text = fs::read_to_string(repository().join(document)).unwrap();
    let mut examples: Vec<Example> = Vec::new();
    let (mut inside, mut over_database) = (false, false);
    for line in text.lines() {
        if line.starts_with("```") {
            over_database = line == "```console database";
            inside = line == "```console" || over_database;
        } else if let Some(command) = line.strip_prefix("$ ").filter(|_| inside) {
            examples.push(Example {
                document,
                command: command.to_owned(),
                over_database,
                printed: Vec::new(),
            });
        } else if inside {
            examples.last_mut().unwrap().printed.push(line.to_owned());
        }
    }
    examples
}

/// The words of a command line, with quotes of either kind.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for c in line.chars() {
        match c {
            '"' | '\'' if quote.is_none() => quote = Some(c),
            c if quote == Some(c) => quote = None,
            ' ' if quote.is_none() => words.push(String::new()),
            c => words.last_mut().unwrap().push(c),
        }
    }
    words
}

/// True if `lines` are `expected`, in which a line `...` stands for any number of lines, and ` ...` at the end of a
/// line for its rest.
fn matches(lines: &[&str], expected: &[String]) -> bool {
    match expected.split_first() {
        None => lines.is_empty(),
        Some((first, rest)) if first.trim() == "..." => {
            (0..=lines.len()).any(|skipped| matches(&lines[skipped..], rest))
        }
        Some((first, rest)) => {
            let same = |line: &str| match first.strip_suffix(" ...") {
                Some(start) => line.starts_with(start),
                None => line == first,
            };
            lines.split_first().is_some_and(|(line, lines)| same(line) && matches(lines, rest))
        }
    }
}

/// The database of a document, empty at its beginning, and whom its examples are.
struct Examined {
    place: Place,
    url: Option<String>,
}

impl Examined {
    /// The manual's role.
    const ROLE: &str = "staffroom";

    fn new() -> Self {
        make_role(shared(), Self::ROLE);
        Self { place: Place::empty(shared()), url: None }
    }

    /// `export STAFFROOM_DATABASE=...`: the manual's server is that of the tests.
    fn export(&mut self, url: &str) {
        self.url = Some(match url {
            "postgres://owner@db.example/accounts" => self.place.owner_url(),
            "postgres://staffroom@db.example/accounts" => self.place.url(Self::ROLE, Self::ROLE),
            _ => panic!("the manual has another server: {url}"),
        });
    }

    fn run(&self, args: &[&str]) -> Ran {
        run_over(self.url.as_deref().unwrap(), args)
    }
}

#[test]
fn every_example_prints_what_the_manual_says() {
    let (mut tried, mut tried_over_database) = (0, 0);
    for document in ["README.md", "docs/command.md", "docs/json.md", "examples/lakeside/README.md"] {
        // Where somebody begins who has the examples.
        let home = Home::empty();
        std::os::unix::fs::symlink(repository().join("examples"), home.path("examples")).unwrap();
        let mut last: Option<Ran> = None;
        let mut database: Option<Examined> = None;
        let mut variables: Vec<(String, String)> = Vec::new();
        for example in examples(document) {
            if example.command == "echo $?" {
                let code = last.as_ref().unwrap().code.to_string();
                assert_eq!(example.printed, [code], "{example:?}");
                continue;
            }
            if let Some(url) = example.command.strip_prefix("export STAFFROOM_DATABASE=") {
                database.get_or_insert_with(Examined::new).export(url);
                continue;
            }
            if let Some(set) = example.command.strip_prefix("export ") {
                let set = set.split(' ').map(|one| one.split_once('=').unwrap());
                variables.extend(set.map(|(name, value)| (name.to_owned(), value.to_owned())));
                continue;
            }
            if let Some(path) = example.command.strip_prefix("cat ") {
                let text = fs::read_to_string(home.path(path)).unwrap();
                assert_eq!(text.lines().collect::<Vec<_>>(), example.printed, "{example:?}");
                continue;
            }
            if let Some((text, path)) =
                example.command.strip_prefix("echo ").and_then(|rest| rest.split_once(" > "))
            {
                fs::write(home.path(path), format!("{}\n", text.trim_matches('\''))).unwrap();
                continue;
            }
            let words = words(&example.command);
            let (program, args) = words.split_first().unwrap();
            assert_eq!(program, "staffroom", "{example:?}");
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            let ran = if example.over_database {
                tried_over_database += 1;
                database.as_ref().unwrap().run(&args)
            } else {
                home.command(&args).envs(variables.clone()).output().unwrap().into()
            };
            let lines: Vec<&str> = ran.out.lines().chain(ran.err.lines()).collect();
            assert!(
                matches(&lines, &example.printed),
                "{}: `{}` prints:\n{}",
                example.document,
                example.command,
                lines.join("\n")
            );
            tried += 1;
            last = Some(ran);
        }
    }
    assert!(tried >= 30, "only {tried} examples were found");
    assert!(tried_over_database >= 5, "only {tried_over_database} examples over a database were found");
}
