//! The examples in the manual are what the command prints.

use std::fs;

use crate::support::{Ran, repository, run};

/// A command in a `console` block, and what stands below it.
#[derive(Debug)]
struct Example {
    document: &'static str,
    command: String,
    printed: Vec<String>,
}

fn examples(document: &'static str) -> Vec<Example> {
    let text = fs::read_to_string(repository().join(document)).unwrap();
    let mut examples: Vec<Example> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if let Some(command) = line.strip_prefix("$ ").filter(|_| inside) {
            examples.push(Example { document, command: command.to_owned(), printed: Vec::new() });
        } else if inside {
            examples.last_mut().unwrap().printed.push(line.to_owned());
        }
    }
    examples
}

/// The words of a command line, with double quotes.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            c => words.last_mut().unwrap().push(c),
        }
    }
    words
}

/// True if `lines` are `expected`, in which a line `...` stands for any number of lines.
fn matches(lines: &[&str], expected: &[String]) -> bool {
    match expected.split_first() {
        None => lines.is_empty(),
        Some((first, rest)) if first.trim() == "..." => {
            (0..=lines.len()).any(|skipped| matches(&lines[skipped..], rest))
        }
        Some((first, rest)) => {
            lines.split_first().is_some_and(|(line, lines)| line == first && matches(lines, rest))
        }
    }
}

#[test]
fn every_example_prints_what_the_manual_says() {
    let mut tried = 0;
    for document in ["docs/command.md", "docs/json.md", "examples/lakeside/README.md"] {
        let mut last: Option<Ran> = None;
        for example in examples(document) {
            if example.command == "echo $?" {
                let code = last.as_ref().unwrap().code.to_string();
                assert_eq!(example.printed, [code], "{example:?}");
                continue;
            }
            let words = words(&example.command);
            let (program, args) = words.split_first().unwrap();
            assert_eq!(program, "staffroom", "{example:?}");
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            let ran = run(&args);
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
    assert!(tried >= 6, "only {tried} examples were found");
}
