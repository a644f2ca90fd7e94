//! Figures: what the library took, what its peer took in the same run, and what is aimed at.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::measured::Measured;
use crate::run::{TaskError, file_error};

/// One line of the table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Figure {
    /// What was done.
    pub(crate) what: String,
    pub(crate) ours: f64,
    /// The median deviation of our times as a part of their median.
    pub(crate) spread: f64,
    /// Who else did it, and how long it took them.
    pub(crate) peer: Option<(String, f64)>,
    pub(crate) aim: Option<Aim>,
}

/// What is to be reached.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Aim {
    /// At most so many times as long as the peer.
    Ratio(f64),
    /// At most so many seconds.
    Seconds(f64),
}

/// By group, and by peer or what was done; the first that fits. Everything of a group whose name begins so.
const AIMS: &[(&str, &str, Aim)] = &[
    ("canonical email", "", Aim::Seconds(60e-9)),
    ("read a roster", "csv loop", Aim::Ratio(2.0)),
    // The same passwords at two and a half times the rate.
    ("generated passwords", "crate argon2 in a loop", Aim::Ratio(0.4)),
    ("bulk create", "one SQL statement", Aim::Ratio(0.85)),
    ("page of candidates", "start of an email", Aim::Seconds(5e-3)),
    ("page of candidates", "", Aim::Seconds(1e-3)),
];

/// Who stands for the library in groups where nobody is called so, and beside whom.
const PEERED: &[(&str, &str)] = &[("PostgreSQL", "one SQL statement")];
const LIBRARY: &str = "library";

impl Figure {
    /// How many times as long as the peer the library took.
    pub(crate) fn ratio(&self) -> Option<f64> {
        self.peer.as_ref().map(|(_, theirs)| self.ours / theirs)
    }

    /// Whether what is aimed at is reached, if anything is.
    pub(crate) fn is_reached(&self) -> Option<bool> {
        match self.aim? {
            Aim::Ratio(most) => self.ratio().map(|ratio| ratio <= most),
            Aim::Seconds(most) => Some(self.ours <= most),
        }
    }
}

/// The figures of what criterion measured: for each of ours one line, or one for each peer.
pub(crate) fn of(measured: &[Measured]) -> Vec<Figure> {
    let is_peer = |other: &Measured| {
        let in_a_pair = PEERED.iter().any(|(_, peer)| *peer == other.function);
        in_a_pair || (other.function != LIBRARY && has_library(measured, other))
    };
    let mut figures = Vec::new();
    for ours in measured.iter().filter(|ours| !is_peer(ours)) {
        let mut peers = measured
            .iter()
            .filter(|other| {
                (&other.group, other.size) == (&ours.group, ours.size) && stands_beside(ours, other)
            })
            .peekable();
        if peers.peek().is_none() {
            figures.push(figure(ours, None));
        }
        figures.extend(peers.map(|peer| figure(ours, Some(peer))));
    }
    figures
}

fn has_library(measured: &[Measured], one: &Measured) -> bool {
    measured.iter().any(|other| other.group == one.group && other.function == LIBRARY)
}

fn stands_beside(ours: &Measured, other: &Measured) -> bool {
    let is_pair = PEERED.contains(&(ours.function.as_str(), other.function.as_str()));
    is_pair || (ours.function == LIBRARY && other.function != LIBRARY)
}

fn figure(ours: &Measured, peer: Option<&Measured>) -> Figure {
    // Where single things were counted, an aim in seconds is for one of them, and so is the figure.
    let aim = AIMS.iter().find(|(group, name, _)| {
        let is_meant = |one: &Measured| one.function == *name;
        ours.group.starts_with(group) && (name.is_empty() || is_meant(ours) || peer.is_some_and(is_meant))
    });
    let each = match (aim, ours.elements) {
        (Some((_, _, Aim::Seconds(_))), Some(elements)) => elements,
        _ => 1,
    };
    #[expect(clippy::cast_precision_loss, reason = "nobody counts so far")]
    let each = each as f64;
    let who = if ours.function == LIBRARY { String::new() } else { format!(": {}", ours.function) };
    Figure {
        what: format!("{}{who}, {}", ours.group, grouped(ours.size)),
        ours: ours.median / each,
        spread: ours.spread / ours.median,
        peer: peer.map(|peer| (peer.function.clone(), peer.median / each)),
        aim: aim.map(|(_, _, aim)| *aim),
    }
}

/// The digits in groups of three.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The figures that programs wrote down, a line of JSON each. No file is no figures.
pub(crate) fn read_lines(path: &Path) -> Result<Vec<Figure>, TaskError> {
    if !path.is_file() {
        return Ok(Vec::new());
    }
    let text = fs::read_to_string(path).map_err(|source| file_error(path, source))?;
    let figures = text.lines().map(|line| parse(line).ok_or(TaskError::Unreadable { path: path.to_owned() }));
    figures.collect()
}

fn parse(line: &str) -> Option<Figure> {
    let value: Value = serde_json::from_str(line).ok()?;
    let number = |key: &str| value.get(key).and_then(Value::as_f64);
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    Some(Figure {
        what: text("what")?,
        ours: number("ours")?,
        spread: number("spread")?,
        peer: Some((text("peer")?, number("theirs")?)),
        aim: number("at_most").map(Aim::Ratio),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(group: &str, function: &str, size: u64, median: f64) -> Measured {
        let elements = Some(10);
        Measured {
            group: group.to_owned(),
            function: function.to_owned(),
            size,
            median,
            spread: 0.0,
            elements,
        }
    }

    #[test]
    fn the_library_stands_beside_each_peer_of_its_size() {
        let all = [
            measured("read a roster: plain", "csv loop", 1000, 1.0),
            measured("read a roster: plain", "library", 1000, 1.5),
            measured("read a roster: plain", "library", 2000, 5.0),
        ];
        let figures = of(&all);
        assert_eq!(figures.len(), 2);
        assert_eq!(figures[0].what, "read a roster: plain, 1,000");
        assert_eq!((figures[0].ratio(), figures[0].is_reached()), (Some(1.5), Some(true)));
        assert_eq!((figures[1].ratio(), figures[1].is_reached()), (None, None));
    }

    #[test]
    fn a_store_stands_beside_its_own_peer_only() {
        let all = ["PostgreSQL", "SQLite", "memory", "one SQL statement"]
            .map(|function| measured("bulk create", function, 10, 1.0));
        let figures = of(&all);
        let peers: Vec<_> =
            figures.iter().map(|figure| figure.peer.as_ref().map(|(name, _)| name.as_str())).collect();
        assert_eq!(peers, [Some("one SQL statement"), None, None]);
        assert_eq!(figures[0].is_reached(), Some(false));
    }

    #[test]
    fn a_search_may_take_longer_than_a_page() {
        let took =
            |function| of(&[measured("page of candidates, memory", function, 10, 4e-2)])[0].is_reached();
        assert_eq!((took("first page"), took("start of an email")), (Some(false), Some(true)));
    }

    #[test]
    fn an_aim_in_seconds_is_for_one_thing() {
        let figures = of(&[measured("canonical email", "library", 10, 5e-7)]);
        assert_eq!(figures[0].is_reached(), Some(true));
        assert!((figures[0].ours - 5e-8).abs() < 1e-12);
    }

    #[test]
    fn a_line_of_a_program_is_a_figure() {
        let line = r#"{"what":"a","ours":1,"spread":0.1,"peer":"b","theirs":2,"at_most":0.4}"#;
        assert_eq!(parse(line).unwrap().is_reached(), Some(false));
        assert_eq!(parse(r#"{"what":"a"}"#), None);
    }
}
