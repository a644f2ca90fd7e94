//! Whom a bulk create is for, from what was typed.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use staffroom_core::{Selection, SisId, StaffKey};

use crate::error::Error;
use crate::verbs::bulk_create::WhomArgs;

/// The selection that the flags name; reads the file of ids, if there is one.
pub(crate) fn selection(args: &WhomArgs) -> Result<Selection, Error> {
    if args.all {
        Ok(Selection::AllCandidates)
    } else if args.works_here {
        Ok(Selection::CandidatesHere)
    } else if let Some(path) = &args.staff_file {
        ids_of_file(path).map(Selection::These)
    } else {
        ids_typed(&args.staff).map(Selection::These)
    }
}

fn ids_typed(texts: &[String]) -> Result<Vec<StaffKey>, Error> {
    let key = |text: &String| {
        let sis_id = SisId::parse(text).map_err(|why| Error::StaffId { text: text.clone(), why })?;
        Ok(StaffKey::SisId(sis_id))
    };
    texts.iter().map(key).collect()
}

fn ids_of_file(path: &Path) -> Result<Vec<StaffKey>, Error> {
    let (file, text) = if path == Path::new("-") {
        ("standard input".to_owned(), read_stdin())
    } else {
        (format!("`{}`", path.display()), fs::read_to_string(path))
    };
    let text = text.map_err(|source| Error::StaffFile { file: file.clone(), source })?;
    let keys = ids_on_lines(&file, &text)?;
    if keys.is_empty() {
        return Err(Error::StaffFileEmpty { file });
    }
    Ok(keys)
}

fn read_stdin() -> io::Result<String> {
    let mut text = String::new();
    io::stdin().lock().read_to_string(&mut text)?;
    Ok(text)
}

/// One id on each line; empty lines count for nothing. Spreadsheets put a mark at the start of what they save.
fn ids_on_lines(file: &str, text: &str) -> Result<Vec<StaffKey>, Error> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let key = |(index, line): (usize, &str)| {
        let sis_id = SisId::parse(line).map_err(|why| Error::StaffFileLine {
            file: file.to_owned(),
            line: index.saturating_add(1),
            text: line.trim().to_owned(),
            why,
        })?;
        Ok(StaffKey::SisId(sis_id))
    };
    text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_stand_on_lines_of_their_own() {
        let keys = ids_on_lines("ids.txt", "\u{FEFF}1001\r\n\n  T 1002 \n").unwrap();
        let expected = ["1001", "T 1002"].map(|id| StaffKey::SisId(SisId::parse(id).unwrap()));
        assert_eq!(keys, expected);
    }

    #[test]
    fn a_bad_id_is_told_with_its_line() {
        let error = ids_on_lines("ids.txt", &format!("1001\n\n{}\n", "9".repeat(300))).unwrap_err();
        assert!(error.to_string().starts_with("ids.txt, line 3: `999"), "{error}");
    }
}
