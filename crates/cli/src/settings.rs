//! Settings: what each is, and where it comes from. A flag goes before a variable, a variable before the configuration
//! file, the file before the default.

mod file;

use std::fmt;
use std::path::{Path, PathBuf};

pub(crate) use file::{ConfigFile, FileError};
use staffroom_store_postgres::migrations::DEFAULT_SCHEMA;

use crate::args::{ColorChoice, CommonArgs, OutputFormat};
use crate::error::Exit;

/// The database that is used if nobody says another: a file in the current folder.
pub(crate) const DEFAULT_DATABASE: &str = "sqlite:staffroom.db";

/// Names the configuration file.
const CONFIG_VARIABLE: &str = "STAFFROOM_CONFIG";

/// What can be set, with its name in the file and its variable. The flag is called like the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    Database,
    Schema,
    Network,
    School,
    As,
    Format,
    Quiet,
    Color,
    SignInUrl,
    SetPasswordUrl,
    Mail,
    MailFrom,
}

impl Key {
    pub(crate) const ALL: [(Self, &'static str, &'static str); 12] = [
        (Self::Database, "database", "STAFFROOM_DATABASE"),
        (Self::Schema, "schema", "STAFFROOM_SCHEMA"),
        (Self::Network, "network", "STAFFROOM_NETWORK"),
        (Self::School, "school", "STAFFROOM_SCHOOL"),
        (Self::As, "as", "STAFFROOM_AS"),
        (Self::Format, "format", "STAFFROOM_FORMAT"),
        (Self::Quiet, "quiet", "STAFFROOM_QUIET"),
        (Self::Color, "color", "STAFFROOM_COLOR"),
        (Self::SignInUrl, "sign-in-url", "STAFFROOM_SIGN_IN_URL"),
        (Self::SetPasswordUrl, "set-password-url", "STAFFROOM_SET_PASSWORD_URL"),
        (Self::Mail, "mail", "STAFFROOM_MAIL"),
        (Self::MailFrom, "mail-from", "STAFFROOM_MAIL_FROM"),
    ];

    fn variable(self) -> &'static str {
        Self::ALL.iter().find(|(key, _, _)| *key == self).map_or("", |(_, _, variable)| variable)
    }

    pub(crate) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(key, _, _)| *key == self).map_or("", |(_, name, _)| name)
    }
}

/// Where a setting comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    Flag(&'static str),
    Variable(&'static str),
    File(PathBuf),
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) => write!(f, "the flag `--{name}`"),
            Self::Variable(name) => write!(f, "the variable `{name}`"),
            Self::File(path) => write!(f, "the file `{}`", path.display()),
            Self::Default => f.write_str("the default"),
        }
    }
}

/// A value and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Setting<T> {
    pub(crate) value: T,
    pub(crate) origin: Origin,
}

/// Everything that can be set, settled.
pub(crate) struct Settings {
    /// The configuration file, if there is one.
    pub(crate) file: Option<PathBuf>,
    /// A URL that may hold a password.
    pub(crate) database: Setting<String>,
    pub(crate) schema: Setting<String>,
    pub(crate) network: Option<Setting<String>>,
    pub(crate) school: Option<Setting<String>>,
    /// The email of the user who acts.
    pub(crate) acting: Option<Setting<String>>,
    pub(crate) format: Setting<OutputFormat>,
    pub(crate) quiet: Setting<bool>,
    pub(crate) color: Setting<ColorChoice>,
    /// Where people sign in, to be told to them.
    pub(crate) sign_in_url: Option<Setting<String>>,
    /// Where they set a password, with the token of a mail.
    pub(crate) set_password_url: Option<Setting<String>>,
    /// Where mail goes: a URL that may hold a password.
    pub(crate) mail: Option<Setting<String>>,
    /// Who it comes from.
    pub(crate) mail_from: Option<Setting<String>>,
}

impl fmt::Debug for Settings {
    /// Without the URL, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("schema", &self.schema).finish_non_exhaustive()
    }
}

/// Why the settings cannot be settled. No message repeats a URL.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("{origin} says `{value}` for `{name}`; write {accepted}")]
    Value { origin: Origin, name: &'static str, value: String, accepted: String },
}

impl SettingsError {
    pub(crate) const fn exit(&self) -> Exit {
        match self {
            Self::File(_) | Self::Value { origin: Origin::File(_), .. } => Exit::BadInput,
            Self::Value { .. } => Exit::WrongCall,
        }
    }
}

/// The environment, as far as settings look at it.
pub(crate) type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The variable `name` of the process. An empty one is none.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

impl Settings {
    /// Settles everything from what was typed, the environment and the configuration file, which is looked for from
    /// `folder`.
    ///
    /// # Errors
    /// [`SettingsError`] if the file is named and not there, or something in it or in a variable will not do.
    pub(crate) fn settle(
        typed: &CommonArgs,
        environment: Environment<'_>,
        folder: &Path,
    ) -> Result<Self, SettingsError> {
        let named = typed.config.clone().or_else(|| environment(CONFIG_VARIABLE).map(PathBuf::from));
        let file = ConfigFile::find(named.as_deref(), environment, folder)?;
        let layers = Layers { environment, file: file.as_ref() };
        let flag = |value: &Option<String>| value.clone();
        let or_default = |found: Option<Setting<String>>, default: &str| {
            found.unwrap_or_else(|| Setting { value: default.to_owned(), origin: Origin::Default })
        };
        Ok(Self {
            database: or_default(layers.text(Key::Database, flag(&typed.database)), DEFAULT_DATABASE),
            schema: or_default(layers.text(Key::Schema, flag(&typed.schema)), DEFAULT_SCHEMA),
            network: layers.text(Key::Network, flag(&typed.network)),
            school: layers.text(Key::School, flag(&typed.school)),
            acting: layers.text(Key::As, flag(&typed.acting)),
            format: layers.choice(Key::Format, typed.format, OutputFormat::default())?,
            quiet: layers.switch(Key::Quiet, typed.quiet)?,
            color: layers.choice(Key::Color, typed.color, ColorChoice::default())?,
            sign_in_url: layers.web_address(Key::SignInUrl, flag(&typed.sign_in_url))?,
            set_password_url: layers.web_address(Key::SetPasswordUrl, flag(&typed.set_password_url))?,
            mail: layers.text(Key::Mail, flag(&typed.mail)),
            mail_from: layers.text(Key::MailFrom, flag(&typed.mail_from)),
            file: file.map(|file| file.path().to_owned()),
        })
    }
}

struct Layers<'a> {
    environment: Environment<'a>,
    file: Option<&'a ConfigFile>,
}

impl Layers<'_> {
    fn text(&self, key: Key, flag: Option<String>) -> Option<Setting<String>> {
        if let Some(value) = flag {
            return Some(Setting { value, origin: Origin::Flag(key.name()) });
        }
        if let Some(value) = (self.environment)(key.variable()) {
            return Some(Setting { value, origin: Origin::Variable(key.variable()) });
        }
        let file = self.file?;
        let value = file.value(key)?.to_owned();
        Some(Setting { value, origin: Origin::File(file.path().to_owned()) })
    }

    /// An address of the web, as a person can type it: it is printed for many.
    fn web_address(&self, key: Key, flag: Option<String>) -> Result<Option<Setting<String>>, SettingsError> {
        let Some(setting) = self.text(key, flag) else {
            return Ok(None);
        };
        if is_web_address(&setting.value) {
            return Ok(Some(setting));
        }
        let Setting { value, origin } = setting;
        let accepted = "an address like `https://accounts.example.org/sign-in`".to_owned();
        Err(SettingsError::Value { origin, name: key.name(), value, accepted })
    }

    fn choice<T: clap::ValueEnum>(
        &self,
        key: Key,
        flag: Option<T>,
        default: T,
    ) -> Result<Setting<T>, SettingsError> {
        if let Some(value) = flag {
            return Ok(Setting { value, origin: Origin::Flag(key.name()) });
        }
        let Some(Setting { value, origin }) = self.text(key, None) else {
            return Ok(Setting { value: default, origin: Origin::Default });
        };
        if let Ok(value) = T::from_str(&value, false) {
            return Ok(Setting { value, origin });
        }
        let names = T::value_variants().iter().filter_map(T::to_possible_value);
        let names: Vec<String> = names.map(|name| format!("`{}`", name.get_name())).collect();
        Err(SettingsError::Value { origin, name: key.name(), value, accepted: names.join(" or ") })
    }

    fn switch(&self, key: Key, is_set: bool) -> Result<Setting<bool>, SettingsError> {
        if is_set {
            return Ok(Setting { value: true, origin: Origin::Flag(key.name()) });
        }
        let Some(Setting { value, origin }) = self.text(key, None) else {
            return Ok(Setting { value: false, origin: Origin::Default });
        };
        match value.as_str() {
            "true" | "1" | "yes" => Ok(Setting { value: true, origin }),
            "false" | "0" | "no" => Ok(Setting { value: false, origin }),
            _ => Err(SettingsError::Value {
                origin,
                name: key.name(),
                value,
                accepted: "`true` or `false`".to_owned(),
            }),
        }
    }
}

/// True for `https://host/...` or `http://host/...` without a name or password in it, and without anything that breaks a line.
fn is_web_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>\"\\`".contains(c);
    !host.is_empty() && !host.contains('@') && text.len() <= 500 && text.chars().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_typed_into_a_browser_is_a_web_address() {
        for good in
            ["https://a.example", "http://localhost:8080/sign-in?x=1", "https://schule.example/anmelden/ä"]
        {
            assert!(is_web_address(good), "{good}");
        }
        for bad in [
            "",
            "a.example",
            "ftp://a.example",
            "https://",
            "https:///x",
            "https://a b.example",
            "https://me:pw@a.example",
            "https://a.example/\n",
        ] {
            assert!(!is_web_address(bad), "{bad}");
        }
    }
}
