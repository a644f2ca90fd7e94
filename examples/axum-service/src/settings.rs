//! The settings, from the environment.

use std::net::SocketAddr;
use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;
use staffroom_core::Secret;

/// What the service is told when it starts. Not `Debug`: the options of a connection print their password.
pub struct Settings {
    /// `LISTEN`: where to listen; `127.0.0.1:8080` unless said.
    pub listen: SocketAddr,
    /// `DATABASE_URL`: the database, as a role that owns nothing.
    pub database: PgConnectOptions,
    /// `DATABASE_CONNECTIONS`: the size of the pool; 8 unless said.
    pub connections: u32,
    /// `DATABASE_POOLER`: `yes` if `PgBouncer` in transaction mode is in between.
    pub through_pooler: bool,
    /// `GATEWAY_SECRET`: what the gateway proves itself with; at least 32 characters.
    pub gateway_secret: Secret,
}

/// What is wrong with the settings. Values are not repeated: some are secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// A setting has no default.
    #[error("set {0}")]
    Missing(&'static str),
    /// A setting cannot be understood.
    #[error("{0} cannot be understood; it takes {1}")]
    Bad(&'static str, &'static str),
}

impl Settings {
    /// The settings that `lookup` finds by their names.
    ///
    /// # Errors
    /// [`SettingsError`] names the setting.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let required = |name| lookup(name).ok_or(SettingsError::Missing(name));
        let gateway_secret = required("GATEWAY_SECRET")?;
        if gateway_secret.chars().count() < 32 {
            return Err(SettingsError::Bad("GATEWAY_SECRET", "32 characters or more"));
        }
        Ok(Self {
            listen: parsed(lookup("LISTEN").as_deref().unwrap_or("127.0.0.1:8080"))
                .ok_or(SettingsError::Bad("LISTEN", "an address and a port"))?,
            database: Some(required("DATABASE_URL")?)
                // The driver takes other schemes for its own, too.
                .filter(|url| url.starts_with("postgres://") || url.starts_with("postgresql://"))
                .and_then(|url| parsed(&url))
                .ok_or(SettingsError::Bad("DATABASE_URL", "postgres://role:password@host:5432/database"))?,
            connections: parsed(lookup("DATABASE_CONNECTIONS").as_deref().unwrap_or("8"))
                .filter(|connections| *connections > 0)
                .ok_or(SettingsError::Bad("DATABASE_CONNECTIONS", "a number from 1"))?,
            through_pooler: match lookup("DATABASE_POOLER").as_deref() {
                None | Some("no") => false,
                Some("yes") => true,
                Some(_) => return Err(SettingsError::Bad("DATABASE_POOLER", "yes or no")),
            },
            gateway_secret: Secret::new(gateway_secret),
        })
    }
}

fn parsed<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    fn read(more: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        let given = [("GATEWAY_SECRET", SECRET), ("DATABASE_URL", "postgres://a:b@c/d")];
        Settings::read(|name| {
            let mut all = more.iter().chain(&given);
            all.find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
                .filter(|value| !value.is_empty())
        })
    }

    #[test]
    fn two_settings_have_no_default() {
        let settings = read(&[]).unwrap();
        assert_eq!((settings.connections, settings.through_pooler), (8, false));
        assert_eq!(settings.listen.to_string(), "127.0.0.1:8080");
        for missing in ["GATEWAY_SECRET", "DATABASE_URL"] {
            assert_eq!(read(&[(missing, "")]).err().unwrap(), SettingsError::Missing(missing));
        }
    }

    #[test]
    fn a_bad_setting_is_named_and_not_repeated() {
        for (name, bad) in [
            ("GATEWAY_SECRET", "0123456789"),
            ("DATABASE_URL", "mysql://root:hunter22@c"),
            ("LISTEN", "everywhere"),
            ("DATABASE_CONNECTIONS", "0"),
            ("DATABASE_POOLER", "maybe"),
        ] {
            let told = read(&[(name, bad)]).err().unwrap().to_string();
            assert!(told.starts_with(name) && !told.contains(bad), "{told}");
        }
    }
}
