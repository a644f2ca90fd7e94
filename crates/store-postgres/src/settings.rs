//! What a host can set.

use std::time::Duration;

use crate::migrations::DEFAULT_SCHEMA;

/// How the store uses its database. The defaults fit most hosts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    schema: String,
    statement_timeout: Duration,
    lock_timeout: Duration,
    idle_timeout: Duration,
    patience: Duration,
    through_pooler: bool,
    few: u32,
}

/// Why a setting will not do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The name of the schema would need quoting everywhere it is typed, or is PostgreSQL's own.
    #[error(
        "`{0}` cannot be the name of the schema: use up to 63 lower-case letters, digits and `_`, not starting with a \
         digit or `pg_`"
    )]
    Schema(String),
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            schema: DEFAULT_SCHEMA.to_owned(),
            statement_timeout: Duration::from_mins(5),
            lock_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_mins(1),
            patience: Duration::from_secs(10),
            through_pooler: false,
            few: 10_000,
        }
    }
}

impl Settings {
    /// The schema in which the tables are; `staffroom` unless said.
    ///
    /// # Errors
    /// [`SettingsError::Schema`] if it is not a plain lower-case name.
    pub fn in_schema(mut self, schema: &str) -> Result<Self, SettingsError> {
        checked_schema(schema)?.clone_into(&mut self.schema);
        Ok(self)
    }

    /// How long one statement may take before it is given up; five minutes unless said. Zero: as long as it likes. If
    /// the server has not answered a few seconds later, its connection is given up, too: a network can fall silent
    /// without a word to either end. With zero, only TCP notices that.
    #[must_use]
    pub const fn with_statement_timeout(mut self, timeout: Duration) -> Self {
        self.statement_timeout = timeout;
        self
    }

    /// How long a statement may wait for another unit of work before it answers that it is contended; ten seconds
    /// unless said. Zero: as long as it takes.
    #[must_use]
    pub const fn with_lock_timeout(mut self, timeout: Duration) -> Self {
        self.lock_timeout = timeout;
        self
    }

    /// How long a unit of work may think between two statements before the database ends it, so that a host which
    /// hangs does not keep locks for ever; a minute unless said. Zero: as long as it likes.
    #[must_use]
    pub const fn with_idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// How long `begin` goes on trying while the server is restarting or cannot be reached; ten seconds unless said.
    #[must_use]
    pub const fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// For a pool that connects through a pooler in transaction mode, such as `PgBouncer`: prepares no statement that
    /// would have to outlive its transaction. Costs some parsing; leave it off otherwise.
    #[must_use]
    pub const fn through_pooler(mut self, yes: bool) -> Self {
        self.through_pooler = yes;
        self
    }

    /// Up to how many people a search finds, they are looked up one by one for a list and put in order then; if there are
    /// more, the list is walked in its order until enough are found. 10,000 unless said.
    #[must_use]
    pub const fn with_look_up_limit(mut self, people: u32) -> Self {
        self.few = people;
        self
    }

    pub(crate) const fn few(&self) -> u32 {
        self.few
    }

    /// The schema in which the tables are.
    pub fn schema(&self) -> &str {
        &self.schema
    }

    /// How long the server may work on a statement; `None`: as long as it likes.
    pub(crate) fn statement_timeout(&self) -> Option<Duration> {
        Some(self.statement_timeout).filter(|timeout| !timeout.is_zero())
    }

    pub(crate) const fn patience(&self) -> Duration {
        self.patience
    }

    /// Whether prepared statements may be kept for the next transaction.
    pub(crate) const fn keeps_statements(&self) -> bool {
        !self.through_pooler
    }

    /// The settings of a transaction, as statements to run at its beginning. `SET LOCAL` only: nothing of them is left
    /// on the connection. What a network's statements read is in memory or on flash: the planner's default, four times the
    /// price for a page out of order, makes it read whole tables for a few thousand rows. And no workers: to start them takes ten
    /// milliseconds, which is more than a page may take.
    pub(crate) fn set_local(&self) -> String {
        let Self { schema, statement_timeout, lock_timeout, idle_timeout, .. } = self;
        format!(
            "SET LOCAL search_path = {schema}, pg_temp; SET LOCAL statement_timeout = {}; \
             SET LOCAL lock_timeout = {}; SET LOCAL idle_in_transaction_session_timeout = {}; \
             SET LOCAL client_connection_check_interval = 1000; SET LOCAL random_page_cost = 1.1; \
             SET LOCAL max_parallel_workers_per_gather = 0",
            millis(*statement_timeout),
            millis(*lock_timeout),
            millis(*idle_timeout),
        )
    }
}

/// Milliseconds as PostgreSQL takes them. Zero is "none" there; what is shorter than a millisecond is one.
fn millis(duration: Duration) -> i32 {
    if duration.is_zero() { 0 } else { i32::try_from(duration.as_millis()).unwrap_or(i32::MAX).max(1) }
}

/// `schema`, if it needs no quoting and is not PostgreSQL's own. What this lets through may stand in a statement.
pub(crate) fn checked_schema(schema: &str) -> Result<&str, SettingsError> {
    let mut bytes = schema.bytes();
    let begins_well = bytes.next().is_some_and(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let goes_on_well = bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if begins_well && goes_on_well && schema.len() <= 63 && !schema.starts_with("pg_") {
        Ok(schema)
    } else {
        Err(SettingsError::Schema(schema.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_is_a_plain_name() {
        for good in ["staffroom", "_x", "tenant_7"] {
            assert_eq!(checked_schema(good), Ok(good));
        }
        for bad in ["", "Staffroom", "a b", "a;b", "\"a\"", "7a", "pg_catalog", "ä", &"a".repeat(64)] {
            assert_eq!(checked_schema(bad), Err(SettingsError::Schema(bad.to_owned())));
        }
    }

    #[test]
    fn no_duration_becomes_none_by_rounding() {
        assert_eq!(millis(Duration::ZERO), 0);
        assert_eq!(millis(Duration::from_nanos(1)), 1);
        assert_eq!(millis(Duration::MAX), i32::MAX);
    }
}
