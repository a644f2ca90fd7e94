//! Hand-off sheets as tables (R10).

use staffroom_core::{Email, HandOff, HandOffEntry, PersonName, Secret, Timestamp, WayIn};
use staffroom_testkit::fixture::{moment, staff_id, user_id};
use staffroom_testkit::properties::{Verdict, Violation};

use crate::{require, table};

/// Each line is somebody: given name, family name, email, password, with a NUL between them. The first line is the page
/// where they sign in, if there is anything in it.
pub(crate) fn laws(bytes: &[u8]) -> Verdict {
    let text = &*String::from_utf8_lossy(bytes);
    let (url, people) = text.split_once('\n').unwrap_or_default();
    let url = (!url.is_empty()).then_some(url);
    let entries: Vec<HandOffEntry> = people.split('\n').filter_map(entry).collect();
    let hand_off = HandOff { entries };
    let mut file = Vec::new();
    table::write(&mut file, url, &hand_off, |entry| way_in(entry).to_owned())
        .map_err(|error| Violation::of("R10", error.to_string()))?;

    let sheet = file.strip_prefix("\u{FEFF}".as_bytes());
    let sheet = sheet.ok_or_else(|| Violation::of("R10", "the sheet does not say that it is in UTF-8"))?;
    let read = csv::ReaderBuilder::new().from_reader(sheet).into_records().collect::<Result<Vec<_>, _>>();
    let read = read.map_err(|error| Violation::of("R10", error.to_string()))?;
    require!("R10", read.len() == hand_off.entries.len(), "{} lines of {hand_off:?}", read.len());
    let has_passwords = hand_off.entries.iter().any(|entry| table::password(entry).is_some());
    for (line, entry) in read.iter().zip(&hand_off.entries) {
        let (name, email) = (entry.name.to_string(), entry.email.to_string());
        let password = has_passwords.then(|| table::password(entry).unwrap_or_default());
        let cells = [Some(&*name), Some(&*email), password, Some(way_in(entry)), url];
        let cells: Vec<&str> = cells.into_iter().flatten().collect();
        require!("R10", line.len() == cells.len(), "{line:?} instead of {cells:?}");
        for (found, cell) in line.iter().zip(cells) {
            let same = if runs(cell) { found.strip_prefix('\'') == Some(cell) } else { found == cell };
            require!("R10", same, "{cell:?} is read back as {found:?}");
            require!("R10", !runs(found), "a spreadsheet runs {found:?}");
        }
    }
    Ok(())
}

fn entry(line: &str) -> Option<HandOffEntry> {
    let mut texts = line.split('\0');
    let name = PersonName::parse(texts.next()?, texts.next()?).ok()?;
    let email = Email::parse(texts.next()?).ok()?;
    let expires_at: Timestamp = moment().plus_days(30);
    let way_in = match texts.next() {
        None => WayIn::ForgotPassword,
        Some("") => WayIn::SharedPassword { expires_at },
        Some(password) => WayIn::GeneratedPassword { password: Secret::new(password.to_owned()), expires_at },
    };
    Some(HandOffEntry { staff_member: staff_id(1), user: user_id(1), name, email, way_in })
}

/// Any text will do to say how to get in: that of the given name is at hand.
fn way_in(entry: &HandOffEntry) -> &str {
    entry.name.given()
}

/// What a spreadsheet takes for a formula, said in other words than those of the guard: the first character that is no
/// white space is an operator or an at sign, in either width; or the very first one is a tab or a line break.
fn runs(cell: &str) -> bool {
    let first = cell.chars().find(|c| !c.is_whitespace());
    first.is_some_and(|c| "=+-@\u{FF1D}\u{FF0B}\u{FF0D}\u{FF20}".contains(c))
        || matches!(cell.as_bytes().first(), Some(b'\t' | b'\r' | b'\n'))
}
