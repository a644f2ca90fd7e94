//! The settings, from the environment.

use std::net::SocketAddr;
use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;
use staffroom_core::{Email, NetworkId, Secret};
use staffroom_mail::{MailSettings, Pages, Sender};

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
    /// `NETWORK` and what belongs to it; without, nobody signs in here but through the gateway.
    pub sign_in: Option<SignInSettings>,
}

/// What signing in needs.
pub struct SignInSettings {
    /// `NETWORK`: the id of the network whose people sign in.
    pub network: NetworkId,
    /// `PUBLIC_URL`: where browsers find this service; links in mails begin with it. Never taken from a request.
    pub pages: Pages,
    /// `MAIL`: where mail goes.
    pub mail: MailSettings,
    /// `MAIL_FROM`: the address that mail comes from.
    pub sender: Sender,
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
            sign_in: lookup("NETWORK")
                .map(|network| SignInSettings::read(&network, &required))
                .transpose()?,
        })
    }
}

impl SignInSettings {
    fn read(
        network: &str,
        required: &impl Fn(&'static str) -> Result<String, SettingsError>,
    ) -> Result<Self, SettingsError> {
        let url = required("PUBLIC_URL")?;
        let page = |path: &str| format!("{}{path}", url.trim_end_matches('/'));
        let sender = Email::parse(&required("MAIL_FROM")?).ok();
        Ok(Self {
            network: parsed(network).ok_or(SettingsError::Bad("NETWORK", "the id of a network"))?,
            pages: Pages::new(&page("/sign-in"), &page("/set-password"))
                .map_err(|_| SettingsError::Bad("PUBLIC_URL", "`https://` and a host"))?,
            mail: parsed(&required("MAIL")?).ok_or(SettingsError::Bad(
                "MAIL",
                "`smtps://user:password@host:port`, `folder:PATH` or `none`",
            ))?,
            sender: sender
                .and_then(|email| Sender::new(&email).ok())
                .ok_or(SettingsError::Bad("MAIL_FROM", "an email address"))?,
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

    const SIGN_IN: [(&str, &str); 4] = [
        ("NETWORK", "01950000-0000-7000-8000-000000000001"),
        ("PUBLIC_URL", "https://school.example/"),
        ("MAIL", "folder:mails"),
        ("MAIL_FROM", "accounts@school.example"),
    ];

    #[test]
    fn signing_in_takes_all_of_its_settings() {
        assert!(read(&[]).unwrap().sign_in.is_none());
        let with = |name: &str, value: &str| {
            let mut more = SIGN_IN;
            more.iter_mut().filter(|(known, _)| *known == name).for_each(|one| one.1 = value);
            read(&more).map(|settings| settings.sign_in.is_some())
        };
        assert_eq!(with("", ""), Ok(true));
        for missing in ["PUBLIC_URL", "MAIL", "MAIL_FROM"] {
            assert_eq!(with(missing, ""), Err(SettingsError::Missing(missing)));
        }
        for (name, bad) in [
            ("NETWORK", "lakeside"),
            ("PUBLIC_URL", "http://school.example"),
            ("MAIL", "smtps://u:hunter22@h?tls=x"),
            ("MAIL_FROM", "Accounts <a@b.example>"),
        ] {
            let told = with(name, bad).unwrap_err().to_string();
            assert!(told.starts_with(name) && !told.contains(bad), "{told}");
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
