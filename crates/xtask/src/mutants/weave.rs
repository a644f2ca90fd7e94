//! Weaves the changes of a file into its text, each behind a switch.

use std::ops::Range;

use super::change::Change;
use super::known::Known;
use super::places::{Kind, Place};

/// What a file is woven from.
pub(super) struct Weaver<'a> {
    pub(super) source: &'a str,
    pub(super) places: &'a [Place],
    /// All changes, by their numbers.
    pub(super) changes: &'a [Change],
    /// Which of them are left out.
    pub(super) known: &'a Known,
}

impl Weaver<'_> {
    /// The whole file.
    pub(super) fn file(&self) -> String {
        self.text(0..self.source.len(), 0)
    }

    /// A part of the file with what is woven into it. The places in it are `from` that one on.
    fn text(&self, range: Range<usize>, from: usize) -> String {
        let (mut text, mut at) = (String::new(), range.start);
        for (index, place) in self.places.iter().enumerate().skip(from) {
            if place.range.start >= range.end {
                break;
            }
            if place.range.start >= at && place.range.end <= range.end {
                text.push_str(self.plain(at..place.range.start));
                text.push_str(&self.place(place, index));
                at = place.range.end;
            }
        }
        text.push_str(self.plain(at..range.end));
        text
    }

    fn plain(&self, range: Range<usize>) -> &str {
        self.source.get(range).unwrap_or_default()
    }

    fn place(&self, place: &Place, index: usize) -> String {
        let inside = |range: &Range<usize>| self.text(range.clone(), index + 1);
        let known = self.known;
        if matches!(place.kind, Kind::Const(_)) {
            let switched = place.changes.iter().any(|change| !known.fixed.contains(change));
            return if switched { String::new() } else { inside(&place.range) };
        }
        let made: Vec<usize> = place.changes.iter().copied().filter(|change| known.makes(*change)).collect();
        if made.is_empty() {
            return inside(&place.range);
        }
        let replacement = |change: usize| self.changes.get(change).map_or("", |change| &change.replacement);
        let woven = match &place.kind {
            Kind::Body => {
                let answer = |&change: &usize| {
                    let returned = marked(change, &format!("return {};", replacement(change)));
                    format!("if {} {{ {returned} }} ", on(change))
                };
                made.iter().map(answer).collect::<String>() + &inside(&place.range)
            }
            Kind::Binary { left, operator, right } => {
                let (left, right) = (inside(left), inside(right));
                let with = |operator: &str| format!("({left}) {operator} ({right})");
                chosen(&made, |change| with(replacement(change)), &with(self.plain(operator.clone())))
            }
            // The right operand is there once: chains of these would grow without end.
            Kind::Lazy { left, and, right } => {
                let (left, right) = (inside(left), inside(right));
                let changed = made.iter().map(|change| on(*change)).collect::<Vec<_>>().join(" || ");
                if *and {
                    format!("(if ({left}) != ({changed}) {{ {right} }} else {{ {changed} }})")
                } else {
                    format!("(if ({left}) != ({changed}) {{ !({changed}) }} else {{ {right} }})")
                }
            }
            Kind::Unary { operator, operand } => {
                let operand = inside(operand);
                chosen(
                    &made,
                    |_| format!("({operand})"),
                    &format!("{}({operand})", self.plain(operator.clone())),
                )
            }
            Kind::Guard(Some(guard)) => {
                let guard = inside(guard);
                format!(" if {} ", chosen(&made, |change| replacement(change).to_owned(), &guard))
            }
            Kind::Guard(None) => {
                let kept = made.iter().map(|change| format!("!{}", on(*change))).collect::<Vec<_>>();
                format!(" if {} ", kept.join(" && "))
            }
            Kind::Const(_) => String::new(),
            Kind::Fields(fields) => {
                let field = |change: usize| {
                    place
                        .changes
                        .iter()
                        .zip(fields)
                        .find(|(other, _)| **other == change)
                        .map(|(_, field)| field)
                };
                let without = |change: usize| {
                    field(change).map_or_else(String::new, |field| {
                        inside(&(place.range.start..field.start)) + &inside(&(field.end..place.range.end))
                    })
                };
                chosen(&made, without, &inside(&place.range))
            }
        };
        format!("/*[{index}*/{woven}/*]*/")
    }
}

/// An expression that is one of the changed ones if its switch is on, and else what it was.
fn chosen(changes: &[usize], with: impl Fn(usize) -> String, unchanged: &str) -> String {
    let arm = |&change: &usize| format!("if {} {{ {} }} else ", on(change), marked(change, &with(change)));
    format!("({}{{ {unchanged} }})", changes.iter().map(arm).collect::<String>())
}

fn on(change: usize) -> String {
    format!("crate::woven::on({change})")
}

fn marked(change: usize, text: &str) -> String {
    format!("/*[c{change}*/{text}/*]*/")
}

/// What a part of a woven file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// All that was woven into the place of this index.
    Place(usize),
    /// This change.
    Change(usize),
}

/// The parts of a woven file, read from the comments around them; those that end first come first, so that inner parts come before
/// the outer ones.
pub(super) fn marks(woven: &str) -> Vec<(Range<usize>, Mark)> {
    let (mut open, mut found) = (Vec::new(), Vec::new());
    for (at, _) in woven.match_indices("/*") {
        let comment =
            woven.get(at + 2..).and_then(|rest| rest.split_once("*/")).map_or("", |(inside, _)| inside);
        if comment == "]" {
            found.extend(open.pop().map(|(start, mark)| (start..at, mark)));
        } else if let Some(what) = comment.strip_prefix('[') {
            let change = what.strip_prefix('c').and_then(|number| number.parse().ok()).map(Mark::Change);
            let place = || what.parse().ok().map(Mark::Place);
            open.extend(change.or_else(place).map(|mark| (at, mark)));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    use crate::mutants::change::Genre;
    use crate::mutants::places::{Places, find};

    /// Each change is where the text that stands with it is met first.
    fn changes(source: &str, changes: &[(Genre, &str, &str)]) -> Vec<Change> {
        let change = |&(genre, at, replacement): &(Genre, &str, &str)| {
            let before = source.split_once(at).unwrap().0;
            let line = before.rsplit('\n').next().unwrap();
            Change {
                package: String::new(),
                file: String::new(),
                name: String::new(),
                genre,
                start: (before.matches('\n').count() + 1, line.chars().count() + 1),
                replacement: replacement.to_owned(),
            }
        };
        changes.iter().map(change).collect()
    }

    fn found(source: &str, changes: &[Change]) -> Places {
        find(source, changes.iter().enumerate()).unwrap()
    }

    fn woven(source: &str, made: &[(Genre, &str, &str)], dropped: &[usize]) -> String {
        let changes = changes(source, made);
        let places = found(source, &changes).woven;
        let known = &Known { broken: HashSet::new(), fixed: dropped.iter().copied().collect() };
        Weaver { source, places: &places, changes: &changes, known }.file()
    }

    /// Without the marks, and with short names for the switches.
    fn plainly(source: &str, made: &[(Genre, &str, &str)], dropped: &[usize]) -> String {
        let mut text = woven(source, made, dropped);
        while let Some((before, rest)) = text.split_once("/*") {
            text = format!("{before}{}", rest.split_once("*/").unwrap().1);
        }
        text.replace("crate::woven::on", "on")
    }

    #[test]
    fn a_function_answers_at_once() {
        let made = [(Genre::Body, "let", "0"), (Genre::Body, "let", "1")];
        let expected = "fn f() -> u8 { if on(0) { return 0; } if on(1) { return 1; } let a = 2; a }";
        assert_eq!(plainly("fn f() -> u8 { let a = 2; a }", &made, &[]), expected);
    }

    #[test]
    fn a_constant_function_is_none_while_it_can_be_switched() {
        let (source, made) = ("const fn f() -> u8 { 3 }", [(Genre::Body, "3", "0")]);
        assert_eq!(plainly(source, &made, &[]), " fn f() -> u8 { if on(0) { return 0; } 3 }");
        assert_eq!(plainly(source, &made, &[0]), source);
    }

    #[test]
    fn an_operator_is_another_and_keeps_its_operands() {
        let made = [(Genre::Binary, "- b", "+"), (Genre::Binary, "- b", "/"), (Genre::Binary, "* c", "+")];
        let inner = "(if on(2) { (b) + (c) } else { (b) * (c) })";
        let expected = format!(
            "fn f() {{ (if on(0) {{ (a) + ({inner}) }} else if on(1) {{ (a) / ({inner}) }} else {{ (a) - ({inner}) }}) }}"
        );
        assert_eq!(plainly("fn f() { a - b * c }", &made, &[]), expected);
    }

    #[test]
    fn what_is_dropped_is_not_woven() {
        let made = [(Genre::Binary, "- b", "+"), (Genre::Binary, "* c", "+")];
        let expected = "fn f() { a - (if on(1) { (b) + (c) } else { (b) * (c) }) }";
        assert_eq!(plainly("fn f() { a - b * c }", &made, &[0]), expected);
        assert_eq!(woven("fn f() { a - b * c }", &made, &[0, 1]), "fn f() { a - b * c }");
    }

    #[test]
    fn the_operand_on_the_right_of_and_and_or_is_there_once() {
        let and = [(Genre::Binary, "&&", "||")];
        let expected = "fn f() { (if (a) != (on(0)) { b() } else { on(0) }) }";
        assert_eq!(plainly("fn f() { a && b() }", &and, &[]), expected);
        let or = [(Genre::Binary, "||", "&&")];
        let expected = "fn f() { (if (a) != (on(0)) { !(on(0)) } else { b() }) }";
        assert_eq!(plainly("fn f() { a || b() }", &or, &[]), expected);
    }

    #[test]
    fn and_is_or_and_or_is_and_when_switched() {
        for (a, b) in [(false, false), (false, true), (true, false), (true, true)] {
            for on in [false, true] {
                let (and, or) = if a == on { (on, b) } else { (b, !on) };
                assert_eq!((and, or), if on { (a || b, a && b) } else { (a && b, a || b) });
            }
        }
    }

    #[test]
    fn an_operator_before_its_operand_is_left_out() {
        let expected = "fn f() { (if on(0) { (a.b) } else { !(a.b) }) }";
        assert_eq!(plainly("fn f() { !a.b }", &[(Genre::Unary, "!", "")], &[]), expected);
    }

    #[test]
    fn a_guard_always_holds_or_never_and_an_arm_without_one_is_passed_over() {
        let source = "fn f() { match a { x if y => 1, z => 2, _ => 3 } }";
        let made = [(Genre::Guard, "y", "true"), (Genre::Guard, "y", "false"), (Genre::Arm, "z", "")];
        let expected = "fn f() { match a { x if (if on(0) { true } else if on(1) { false } else { y }) => 1, \
                        z if !on(2) => 2, _ => 3 } }";
        assert_eq!(plainly(source, &made, &[]), expected);
    }

    #[test]
    fn a_field_is_left_to_what_the_others_are_taken_from() {
        let made = [(Genre::Field, "b: 2", "")];
        let expected = "fn f() { (if on(0) { S { a: 1, ..c } } else { S { a: 1, b: 2, ..c } }) }";
        assert_eq!(plainly("fn f() { S { a: 1, b: 2, ..c } }", &made, &[]), expected);
    }

    #[test]
    fn what_the_compiler_computes_or_binds_or_holds_to_one_type_cannot_be_switched() {
        for (source, change) in [
            ("const C: u8 = 1 + 2;", (Genre::Binary, "+", "-")),
            ("const fn f() -> u8 { const { 3 + 1 } }", (Genre::Binary, "+", "-")),
            ("fn f() { [0; 1 + 2] }", (Genre::Binary, "+", "-")),
            ("fn f() -> impl Iterator<Item = u8> { a }", (Genre::Body, "a }", "::std::iter::empty()")),
        ] {
            let places = found(source, &changes(source, &[change]));
            assert_eq!((places.fixed, places.woven.len()), (vec![0], 0), "{source}");
        }
    }

    #[test]
    fn what_cannot_compile_and_would_be_told_elsewhere_is_not_woven() {
        for (source, change) in [
            ("fn f() { if let Some(a) = b && c {} }", (Genre::Binary, "&&", "||")),
            ("fn f() { match a { x => 1, _ if b => 2 } }", (Genre::Arm, "x", "")),
        ] {
            let places = found(source, &changes(source, &[change]));
            assert_eq!((places.broken, places.woven.len()), (vec![0], 0), "{source}");
        }
    }

    #[test]
    fn what_a_part_is_for_is_read_from_the_comments_around_it() {
        let text = woven("fn f() { a - b }", &[(Genre::Binary, "-", "+")], &[]);
        let parts: Vec<_> =
            marks(&text).into_iter().map(|(range, mark)| (text.get(range).unwrap(), mark)).collect();
        let (change, place) = (parts[0], parts[1]);
        assert_eq!(change, ("/*[c0*/(a) + (b)", Mark::Change(0)));
        assert_eq!(place.1, Mark::Place(0));
        assert!(place.0.contains(change.0), "the inner part comes first");
    }
}
