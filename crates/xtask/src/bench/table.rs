//! The table: one line for each figure, and the machine.

use super::figure::{Aim, Figure};

const BEGIN: &str = "<!-- Written by `cargo xtask bench`: begin -->";
const END: &str = "<!-- Written by `cargo xtask bench`: end -->";

/// Everything between the markers.
pub(crate) fn markdown(figures: &[Figure], left_out: &[String], machine: &str) -> String {
    let mut out = format!("On {machine}.\n\n");
    out.push_str("| what | library | spread | peer | peer's time | ratio | to reach | |\n");
    out.push_str("| --- | --- | --- | --- | --- | --- | --- | --- |\n");
    for figure in figures {
        let (peer, theirs) =
            figure.peer.as_ref().map(|(name, time)| (name.as_str(), shown(*time))).unwrap_or_default();
        let ratio = figure.ratio().map(|ratio| format!("{ratio:.2}")).unwrap_or_default();
        let aim = match figure.aim {
            None => String::new(),
            Some(Aim::Ratio(most)) => format!("{most}"),
            Some(Aim::Seconds(most)) => shown(most),
        };
        let reached = match figure.is_reached() {
            None => "",
            Some(true) => "reached",
            Some(false) => "**missed**",
        };
        let line = format!(
            "| {} | {} | {:.0}% | {peer} | {theirs} | {ratio} | {aim} | {reached} |\n",
            figure.what,
            shown(figure.ours),
            figure.spread * 100.0
        );
        out.push_str(&line);
    }
    for line in left_out {
        out.extend(["\n", line, ".\n"]);
    }
    out.push_str("\n![Time of a bulk create by the number of staff members, for each store](docs/charts/bulk-create.svg)\n");
    out
}

/// A time with its unit, in three digits or so.
fn shown(seconds: f64) -> String {
    match seconds {
        s if s >= 1.0 => format!("{s:.2} s"),
        s if s >= 1e-3 => format!("{:.2} ms", s * 1e3),
        s if s >= 1e-6 => format!("{:.2} µs", s * 1e6),
        s => format!("{:.1} ns", s * 1e9),
    }
}

/// `page` with `text` between its markers; `None` if it has none.
pub(crate) fn between_markers(page: &str, text: &str) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{text}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_markers_changes() {
        let page = format!("a\n{BEGIN}\nold\n{END}\nb\n");
        let written = between_markers(&page, "new").unwrap();
        assert_eq!(written, format!("a\n{BEGIN}\nnew\n{END}\nb\n"));
        assert_eq!(between_markers("no markers", "new"), None);
    }

    #[test]
    fn the_page_has_the_markers() {
        let page = std::fs::read_to_string(crate::run::root().join("BENCHMARKS.md")).unwrap();
        assert!(between_markers(&page, "").is_some());
    }

    #[test]
    fn a_figure_is_a_line() {
        let figure = Figure {
            what: "reading".to_owned(),
            ours: 0.003,
            spread: 0.02,
            peer: Some(("csv loop".to_owned(), 0.001)),
            aim: Some(Aim::Ratio(2.0)),
        };
        let text = markdown(&[figure], &["`x` was left out: why".to_owned()], "a machine");
        assert!(
            text.contains("| reading | 3.00 ms | 2% | csv loop | 1.00 ms | 3.00 | 2 | **missed** |"),
            "{text}"
        );
        assert!(text.contains("\n`x` was left out: why.\n"));
        let times = [2.5, 2.5e-3, 2.5e-6, 25e-9].map(shown);
        assert_eq!(times, ["2.50 s", "2.50 ms", "2.50 µs", "25.0 ns"]);
    }
}
