//! The sheet as a table for spreadsheets.

use std::borrow::Cow;
use std::io::Write;

use staffroom_core::{HandOff, HandOffEntry, WayIn};

use crate::output::formula::guarded;

/// Writes the table. `url` is the page where people sign in, if it is known; `way_in` says of a user how they get in.
pub(crate) fn write(
    file: &mut dyn Write,
    url: Option<&str>,
    hand_off: &HandOff,
    way_in: impl Fn(&HandOffEntry) -> String,
) -> csv::Result<()> {
    // The mark by which spreadsheets know that the names are in UTF-8.
    file.write_all("\u{FEFF}".as_bytes())?;
    let mut sheet = csv::Writer::from_writer(file);
    let has_passwords = hand_off.entries.iter().any(|entry| password(entry).is_some());
    let mut header = vec!["Name", "Email"];
    header.extend(has_passwords.then_some("Password"));
    header.push("How to get in");
    header.extend(url.map(|_| "Sign in at"));
    sheet.write_record(header)?;
    for entry in &hand_off.entries {
        let (name, email, way_in) = (entry.name.to_string(), entry.email.to_string(), way_in(entry));
        let mut cells = vec![name.as_str(), email.as_str()];
        cells.extend(has_passwords.then(|| password(entry).unwrap_or_default()));
        cells.push(&way_in);
        cells.extend(url);
        sheet.write_record(cells.into_iter().map(guarded).map(Cow::into_owned))?;
    }
    Ok(sheet.flush()?)
}

/// The password that was generated for them.
pub(crate) fn password(entry: &HandOffEntry) -> Option<&str> {
    match &entry.way_in {
        WayIn::GeneratedPassword { password, .. } => Some(password.expose()),
        _ => None,
    }
}
