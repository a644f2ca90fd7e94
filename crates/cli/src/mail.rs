//! Mail, as the settings have it: where it goes, who it comes from, and which pages it links to.

use std::sync::Arc;

use staffroom_core::{Email, EmailError, Mailer, Staffroom};
use staffroom_mail::{
    Composer, MailSettings, MailerError, Pages, PagesError, Sender, SenderError,
    SettingsError as MailSettingsError,
};
use staffroom_system::{SystemClock, TimeOrderedIds};

use crate::settings::Settings;

/// Why no mail can be sent. No message repeats the setting `mail`, which may hold a password.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MailSetupError {
    #[error("it is not set where mail goes: the setting `mail`")]
    Nowhere,
    #[error("the setting `{0}` is needed for mail, and not set")]
    Missing(&'static str),
    #[error("the setting `mail` will not do: {0}")]
    Where(#[from] MailSettingsError),
    #[error("the setting `mail-from` will not do: {0}")]
    NoEmail(#[from] EmailError),
    #[error("the setting `mail-from` will not do: {0}")]
    From(#[from] SenderError),
    #[error("{0}; look at the settings `sign-in-url` and `set-password-url`")]
    Pages(#[from] PagesError),
    #[error(transparent)]
    Mailer(#[from] MailerError),
}

/// The mailer of these settings; `None` if mail goes nowhere.
pub(crate) fn mailer(settings: &Settings) -> Result<Option<Arc<dyn Mailer>>, MailSetupError> {
    let Some(mail) = &settings.mail else {
        return Ok(None);
    };
    let mail = MailSettings::parse(&mail.value)?;
    if matches!(mail, MailSettings::Nowhere) {
        return Ok(None);
    }
    let set = |setting: &Option<crate::settings::Setting<String>>, name| {
        setting.as_ref().map(|setting| setting.value.clone()).ok_or(MailSetupError::Missing(name))
    };
    let from = Email::parse(&set(&settings.mail_from, "mail-from")?)?;
    let sign_in = set(&settings.sign_in_url, "sign-in-url")?;
    let pages = Pages::new(&sign_in, &set(&settings.set_password_url, "set-password-url")?)?;
    let (clock, ids) = (Arc::new(SystemClock), Arc::new(TimeOrderedIds::new()));
    Ok(mail.mailer(Composer::new(Sender::new(&from)?, pages, clock, ids))?)
}

/// `staffroom`, able to send mail, which must be set.
pub(crate) fn with_mail(staffroom: &Staffroom, settings: &Settings) -> Result<Staffroom, MailSetupError> {
    let mailer = mailer(settings)?.ok_or(MailSetupError::Nowhere)?;
    Ok(staffroom.clone().with_mail(mailer))
}

/// Where mail goes, without the password that may be in the setting.
pub(crate) fn shown(setting: &str) -> String {
    match MailSettings::parse(setting) {
        Ok(MailSettings::Nowhere) => "none".to_owned(),
        Ok(MailSettings::Folder(path)) => format!("folder:{}", path.display()),
        Ok(MailSettings::Smtp(smtp)) => {
            let scheme = setting.split_once(':').map_or("smtp", |(scheme, _)| scheme);
            let user = smtp.user().map(|user| format!("{user}@")).unwrap_or_default();
            format!("{scheme}://{user}{}", smtp.server())
        }
        _ => "something that will not do".to_owned(),
    }
}

impl MailSetupError {
    /// What to do, where the message does not say it.
    pub(crate) const fn advice(&self) -> Option<&'static str> {
        match self {
            Self::Nowhere => Some(
                "in the configuration file, `mail = \"smtps://user:password@mail.example.org\"`; for trying out, \
                 `--mail folder:mails` writes mails into a folder",
            ),
            Self::Missing(_) => Some(
                "mail needs `mail-from`, an address, and `sign-in-url` and `set-password-url`, the pages that it links to",
            ),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_shown() {
        for (setting, words) in [
            ("none", "none"),
            ("folder:mails", "folder:mails"),
            ("smtps://me:open%20sesame@mail.example.org", "smtps://me@mail.example.org:465"),
            ("smtp://mail.example.org:25", "smtp://mail.example.org:25"),
            ("smtps://me:open:sesame@mail:x", "something that will not do"),
        ] {
            let shown = shown(setting);
            assert!(!shown.contains("sesame"), "{shown}");
            assert_eq!(shown, words);
        }
    }
}
