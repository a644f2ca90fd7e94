//! Arguments by the thousand: lists as JSON texts, and rows to be written as `VALUES`.

use serde_json::Value;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::transaction::Statement;

/// How many rows go into one statement. More of them make it no faster, and it has to be parsed as a whole.
const ROWS: usize = 500;

/// Ids as an argument. In a statement: `SELECT unhex(value) FROM json_each(?)`.
pub(crate) fn ids(ids: impl IntoIterator<Item = Uuid>) -> String {
    ids.into_iter().map(|id| id.simple().to_string()).collect::<Value>().to_string()
}

/// Texts as an argument. In a statement: `SELECT value FROM json_each(?)`.
pub(crate) fn texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    texts.into_iter().collect::<Value>().to_string()
}

/// A statement over rows that travel with it. In the text between `before` and `after` they are `v`, with the columns
/// `column1` and so on, beside the network, which is `n.id`. An update compares its key with `+v.column1`: with the sign
/// SQLite looks each row up, and without it reads the whole network to find out which of its rows are among them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OverRows {
    pub(crate) before: &'static str,
    pub(crate) after: &'static str,
    /// How many arguments a row has.
    pub(crate) width: usize,
}

impl OverRows {
    /// The statements that take in all of `rows`, each of which `bind` gives the arguments of a row.
    pub(crate) fn statements<T>(
        self,
        network: Uuid,
        rows: &[T],
        bind: impl Fn(Statement, &T) -> Statement,
    ) -> Vec<Statement> {
        let statement = |rows: &[T]| {
            let begun = sqlx::query(AssertSqlSafe(self.text(rows.len())))
                // The others are of any length: kept, they would push out what is needed again.
                .persistent(rows.len() == ROWS || rows.len() == 1)
                .bind(network);
            rows.iter().fold(begun, &bind)
        };
        rows.chunks(ROWS).map(statement).collect()
    }

    fn text(self, rows: usize) -> String {
        let row = format!("({})", vec!["?"; self.width].join(","));
        let rows = vec![row.as_str(); rows].join(",");
        format!("{}(SELECT ? AS id) AS n, (VALUES {rows}) AS v{}", self.before, self.after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_between_what_comes_before_and_after() {
        let over = OverRows { before: "SELECT v.column1 FROM ", after: " WHERE true", width: 2 };
        let text = "SELECT v.column1 FROM (SELECT ? AS id) AS n, (VALUES (?,?),(?,?)) AS v WHERE true";
        assert_eq!(over.text(2), text);
    }

    #[test]
    fn lists_are_json() {
        assert_eq!(ids([Uuid::from_u128(0xAB)]), r#"["000000000000000000000000000000ab"]"#);
        assert_eq!(texts(["a\"b", "ñ"]), r#"["a\"b","ñ"]"#);
    }
}
