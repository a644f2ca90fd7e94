//! Text in aligned columns, however many rows there are.

use std::io::{self, Write};

use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width};
use unicode_width::UnicodeWidthStr;

use super::screen::Screen;

/// How wide the text is where there is no terminal to ask.
const DEFAULT_WIDTH: u16 = 80;

/// How many rows decide how wide the columns are, and are laid out together.
const BLOCK: usize = 500;

/// The space between two columns.
const GAP: u16 = 2;

/// No column is squeezed below this.
const NARROWEST: u16 = 8;

/// How wide the text may be: as wide as the terminal, else 80. (Some terminals say 0.)
pub(crate) fn text_width() -> u16 {
    Table::new().width().filter(|width| *width >= DEFAULT_WIDTH / 2).unwrap_or(DEFAULT_WIDTH)
}

/// Writes rows in columns: as wide as their content if that fits, else with cells wrapped, at spaces where that is
/// enough. The first rows settle the widths, so that a long list need not be held.
pub(crate) struct Columns<'o, W: Write> {
    out: &'o mut W,
    screen: Screen,
    header: Vec<String>,
    widths: Option<Vec<u16>>,
    waiting: Vec<Vec<String>>,
    rows: u64,
}

impl<'o, W: Write> Columns<'o, W> {
    pub(crate) fn new(out: &'o mut W, screen: Screen, header: &[&str]) -> Self {
        Self {
            out,
            screen,
            header: header.iter().map(|name| (*name).to_owned()).collect(),
            widths: None,
            waiting: Vec::new(),
            rows: 0,
        }
    }

    /// How many rows there have been.
    pub(crate) const fn rows(&self) -> u64 {
        self.rows
    }

    pub(crate) fn row(&mut self, cells: Vec<String>) -> io::Result<()> {
        self.rows = self.rows.saturating_add(1);
        self.waiting.push(cells);
        if self.waiting.len() >= BLOCK {
            self.write_block()?;
        }
        Ok(())
    }

    /// Writes what waits, and gives the writer back. Without any row there is no header either.
    pub(crate) fn finish(mut self) -> io::Result<&'o mut W> {
        if !self.waiting.is_empty() {
            self.write_block()?;
        }
        Ok(self.out)
    }

    fn write_block(&mut self) -> io::Result<()> {
        let mut rows = std::mem::take(&mut self.waiting);
        let is_first = self.widths.is_none();
        let widths = if let Some(widths) = self.widths.take() {
            widths
        } else {
            rows.insert(0, std::mem::take(&mut self.header));
            let columns = rows.first().map_or(0, Vec::len);
            let widths = fitted(&wishes(&rows, columns), self.screen.width);
            let rule = widths.iter().map(|width| "-".repeat(usize::from(*width)));
            rows.insert(1, rule.collect());
            widths
        };
        let last = widths.len().saturating_sub(1);
        let mut table = Table::new();
        table
            .load_style(comfy_table::presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(self.screen.width)
            .add_rows(rows);
        for ((index, column), width) in table.column_iter_mut().enumerate().zip(&widths) {
            let gap = if index == last { 0 } else { GAP };
            column.set_padding((0, gap));
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width.saturating_add(gap))));
        }
        // The header is what stands above the rule.
        let mut is_header = is_first;
        for line in table.lines() {
            let line = line.trim_end();
            is_header = is_header && !line.starts_with("--");
            if is_header {
                writeln!(self.out, "{}", self.screen.heading(line))?;
            } else {
                writeln!(self.out, "{line}")?;
            }
        }
        self.widths = Some(widths);
        Ok(())
    }
}

/// A word of at most this width is not broken for being the only one.
const SHORT: u16 = 16;

/// How wide a column would like to be, and how narrow it can be without breaking words.
#[derive(Debug, Clone, Copy)]
struct Wish {
    cells: u16,
    words: u16,
}

/// What the columns of `rows` wish for. One cell in twenty may be longer: it is wrapped, and only a long word of it is
/// broken.
fn wishes(rows: &[Vec<String>], columns: usize) -> Vec<Wish> {
    let wish = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        let (cells, words): (Vec<u16>, Vec<u16>) = cells
            .map(|cell: &String| {
                let words = cell.split_whitespace().map(width_of);
                (width_of(cell), words.max().unwrap_or(0))
            })
            .unzip();
        let header = rows.first().and_then(|row| row.get(column)).map_or(0, |name| width_of(name));
        let longest_word = words.iter().copied().max().unwrap_or(0);
        let words = usual(words).max(longest_word.min(SHORT)).max(header);
        Wish { cells: usual(cells).max(words), words }
    };
    (0..columns).map(wish).collect()
}

fn width_of(text: &str) -> u16 {
    u16::try_from(text.width()).unwrap_or(u16::MAX)
}

/// The width that nineteen of twenty do not exceed.
fn usual(mut widths: Vec<u16>) -> u16 {
    widths.sort_unstable();
    let last = widths.len().saturating_sub(1);
    widths.get(last.saturating_sub(last / 20)).copied().unwrap_or(0)
}

/// Widths that fit into `total`: the widest column is narrowed again and again, first where no word breaks.
fn fitted(wishes: &[Wish], total: u16) -> Vec<u16> {
    let gaps = GAP.saturating_mul(u16::try_from(wishes.len().saturating_sub(1)).unwrap_or(u16::MAX));
    let room = u32::from(total.saturating_sub(gaps));
    let mut widths: Vec<u16> = wishes.iter().map(|wish| wish.cells.max(1)).collect();
    let words: Vec<u16> = wishes.iter().map(|wish| wish.words.max(1)).collect();
    let narrowest = vec![NARROWEST; widths.len()];
    for floors in [words, narrowest] {
        while widths.iter().copied().map(u32::from).sum::<u32>() > room {
            let widest = widths
                .iter_mut()
                .zip(&floors)
                .filter(|(width, floor)| **width > **floor)
                .max_by_key(|(width, _)| **width);
            let Some((widest, _)) = widest else {
                break;
            };
            *widest = widest.saturating_sub(1);
        }
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(width: u16, header: &[&str], rows: &[&[&str]]) -> Vec<String> {
        let mut out = Vec::new();
        let mut columns = Columns::new(&mut out, Screen::plain(width), header);
        for row in rows {
            columns.row(row.iter().map(|cell| (*cell).to_owned()).collect()).unwrap();
        }
        columns.finish().unwrap();
        String::from_utf8(out).unwrap().lines().map(str::to_owned).collect()
    }

    #[test]
    fn columns_line_up_whatever_the_script() {
        let rows: [&[&str]; 4] = [&["Ann", "1"], &["佐藤 健太", "2"], &["Adébáyọ̀", "3"], &["สุดารัตน์", "4"]];
        let lines = written(80, &["Name", "No."], &rows);
        for (line, last) in lines.iter().zip(["No.", "---", "1", "2", "3", "4"]) {
            assert_eq!(line.strip_suffix(last).map(width_of), Some(11), "{line}");
        }
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        let long = "word ".repeat(30);
        let unbroken = "x".repeat(90);
        let lines = written(60, &["A", "B", "C"], &[&[&long, &unbroken, "c"], &["a", "b", &long]]);
        assert!(lines.iter().all(|line| width_of(line) <= 60), "{lines:#?}");
    }

    #[test]
    fn names_wrap_before_emails_break() {
        let email = "maryann.smith-jones@lakeside.example";
        let row: &[&str] = &["1001", "Mary Ann Smith-Jones of Lakeside", email, "works-elsewhere"];
        let lines = written(80, &["SIS id", "Name", "Email", "Warnings"], &[row; 40]);
        assert!(lines.iter().any(|line| line.contains(email)), "{lines:#?}");
    }

    #[test]
    fn a_long_list_keeps_its_columns() {
        let rows = vec![["1", "Ann"].as_slice(); BLOCK * 2 + 1];
        let lines = written(80, &["No.", "Name"], &rows);
        assert_eq!(lines.len(), rows.len() + 2);
        assert!(lines.iter().skip(2).all(|line| line == "1    Ann"));
    }

    #[test]
    fn colours_take_no_room() {
        let write = |screen| {
            let mut out = Vec::new();
            let mut columns = Columns::new(&mut out, screen, &["Name", "No."]);
            columns.row(vec!["佐藤 健太".to_owned(), "1".to_owned()]).unwrap();
            columns.finish().unwrap();
            String::from_utf8(out).unwrap()
        };
        let (plain, colored) = (write(Screen::plain(80)), write(Screen::colored(80)));
        assert!(colored.starts_with("\u{1b}[1mName       No.\u{1b}[0m\n"), "{colored}");
        assert_eq!(colored.replace("\u{1b}[1m", "").replace("\u{1b}[0m", ""), plain);
    }

    #[test]
    fn nobody_needs_no_header() {
        assert!(written(80, &["Name"], &[]).is_empty());
    }
}
