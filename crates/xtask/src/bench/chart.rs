//! A chart of time against size, both in powers of ten: a drawing that is readable on white and on black.

use super::measured::Measured;

/// The times of one contestant, by size.
#[derive(Debug, PartialEq)]
pub(crate) struct Line {
    name: String,
    /// Size, and seconds.
    points: Vec<(f64, f64)>,
}

/// Of equal contrast to white and to black.
const COLOURS: [&str; 4] = ["#d1601f", "#2f81c7", "#2a9259", "#a765c9"];
const INK: &str = "#808080";
/// The drawing, and the frame of the plot in it: left, top, right, bottom.
const SIZE: (f64, f64) = (720.0, 420.0);
const FRAME: [f64; 4] = [80.0, 24.0, 520.0, 360.0];

/// The lines of a group, one for each of its functions.
pub(crate) fn lines(measured: &[Measured], group: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for one in measured.iter().filter(|one| one.group == group) {
        #[expect(clippy::cast_precision_loss, reason = "nobody draws so far")]
        let point = (one.size as f64, one.median);
        match lines.iter_mut().find(|line| line.name == one.function) {
            Some(line) => line.points.push(point),
            None => lines.push(Line { name: one.function.clone(), points: vec![point] }),
        }
    }
    // As they lie in the chart, the slowest on top.
    let last = |line: &Line| line.points.last().map(|(_, time)| *time).unwrap_or_default();
    lines.sort_by(|a, b| last(b).total_cmp(&last(a)));
    lines
}

/// The drawing.
pub(crate) fn svg(lines: &[Line]) -> String {
    let all = || lines.iter().flat_map(|line| &line.points);
    let (across, up) = (Scale::of(all().map(|point| point.0)), Scale::of(all().map(|point| point.1)));
    let [left, top, right, bottom] = FRAME;
    let place = |size: f64, time: f64| (across.place(size, left, right), up.place(time, bottom, top));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" font-family=\"sans-serif\" font-size=\"13\" \
         fill=\"{INK}\" role=\"img\">\n<title>How long a bulk create takes, by the number of staff members</title>\n",
        SIZE.0, SIZE.1
    );
    let mut add = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    for size in across.powers() {
        let x = across.place(size, left, right);
        add(rule(x, top, x, bottom));
        add(label(x, bottom + 20.0, "middle", &number(size)));
    }
    for time in up.powers() {
        let y = up.place(time, bottom, top);
        add(rule(left, y, right, y));
        add(label(left - 8.0, y + 4.0, "end", &duration(time)));
    }
    add(label(
        f64::midpoint(left, right),
        SIZE.1 - 12.0,
        "middle",
        "staff members, of whom four in five get a user",
    ));
    let mut free = top;
    for (line, colour) in lines.iter().zip(COLOURS.iter().cycle()) {
        let points: Vec<(f64, f64)> = line.points.iter().map(|(size, time)| place(*size, *time)).collect();
        let path: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        add(format!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
            path.join(" ")
        ));
        for (x, y) in &points {
            add(format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\" fill=\"{colour}\"/>"));
        }
        if let (Some((x, y)), Some((_, time))) = (points.last(), line.points.last()) {
            // Names of lines that end close together stand below each other.
            let beside = y.max(free) + 4.0;
            free = y.max(free) + 17.0;
            let text = format!("{} {}", line.name, duration(*time));
            add(format!("<text x=\"{:.1}\" y=\"{beside:.1}\" fill=\"{colour}\">{text}</text>", x + 10.0));
        }
    }
    out.push_str("</svg>\n");
    out
}

/// Whole powers of ten around all values.
struct Scale {
    from: f64,
    to: f64,
}

impl Scale {
    fn of(values: impl Iterator<Item = f64>) -> Self {
        let (least, most) =
            values.fold((f64::INFINITY, 0.0_f64), |(least, most), value| (least.min(value), most.max(value)));
        // No values: any scale will do.
        let (least, most) = if most > 0.0 && least > 0.0 { (least, most) } else { (1.0, 10.0) };
        let (from, to) = (least.log10().floor(), most.log10().ceil());
        Self { from, to: if to > from { to } else { from + 1.0 } }
    }

    fn place(&self, value: f64, start: f64, end: f64) -> f64 {
        let part = (value.log10() - self.from) / (self.to - self.from);
        part.mul_add(end - start, start)
    }

    fn powers(&self) -> impl Iterator<Item = f64> {
        let to = self.to;
        std::iter::successors(Some(self.from), |power| Some(power + 1.0))
            .take_while(move |power| *power <= to)
            .map(|power| 10_f64.powf(power))
    }
}

fn rule(x1: f64, y1: f64, x2: f64, y2: f64) -> String {
    format!("<path d=\"M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}\" stroke=\"{INK}\" stroke-opacity=\"0.35\"/>")
}

fn label(x: f64, y: f64, anchor: &str, text: &str) -> String {
    format!("<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>")
}

fn number(value: f64) -> String {
    match value {
        v if v >= 1e6 => format!("{:.0} M", v / 1e6),
        v if v >= 1e3 => format!("{:.0},000", v / 1e3),
        v => format!("{v:.0}"),
    }
}

fn duration(seconds: f64) -> String {
    let digits = |value: f64| {
        if value < 9.95 && value.fract().abs() > 0.05 { format!("{value:.1}") } else { format!("{value:.0}") }
    };
    match seconds {
        s if s >= 0.999 => format!("{} s", digits(s)),
        s if s >= 0.999e-3 => format!("{} ms", digits(s * 1e3)),
        s => format!("{} µs", digits(s * 1e6)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_factors_are_equal_lengths() {
        let scale = Scale::of([1_000.0, 100_000.0].into_iter());
        assert_eq!(scale.powers().map(number).collect::<Vec<_>>(), ["1,000", "10,000", "100,000"]);
        let places = [1e3, 1e4, 1e5].map(|value| scale.place(value, 0.0, 100.0));
        assert!(
            (places[0]).abs() < 1e-6 && (places[1] - 50.0).abs() < 1e-6 && (places[2] - 100.0).abs() < 1e-6
        );
    }

    #[test]
    fn every_contestant_has_a_line_and_a_name() {
        let one = |function: &str, size, median| Measured {
            group: "bulk create".to_owned(),
            function: function.to_owned(),
            size,
            median,
            spread: 0.0,
            elements: None,
        };
        let measured = [
            one("memory", 10, 0.1),
            one("memory", 100, 1.5),
            one("SQLite", 10, 2.0),
            one("SQLite", 100, 20.0),
        ];
        let lines = lines(&measured, "bulk create");
        assert_eq!(lines[0].name, "SQLite");
        let drawing = svg(&lines);
        assert_eq!(drawing.matches("<polyline").count(), 2);
        assert!(drawing.contains(">memory 1.5 s<") && drawing.contains(">SQLite 20 s<"), "{drawing}");
    }
}
