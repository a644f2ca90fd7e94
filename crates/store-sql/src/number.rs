//! Numbers of rows.

/// A number of rows as a database counts them. More than a database can count is as many as there are.
pub fn rows(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_counted_is_the_most_there_is() {
        assert_eq!((rows(0), rows(5_000), rows(usize::MAX)), (0, 5_000, i64::MAX));
    }
}
