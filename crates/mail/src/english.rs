//! The letters in English.

use staffroom_core::{InvitedWayIn, Timestamp};

use crate::letters::{Addressee, Language, Letters, Words};
use crate::pages::Link;

/// The letters in English.
#[derive(Debug, Clone, Copy, Default)]
pub struct English;

impl Letters for English {
    fn reset(&self, to: &Addressee, set_password: &Link, valid_minutes: u32) -> Words {
        let Addressee { email, network, .. } = to;
        Words::new(Language::ENGLISH, format!("Choose a password for {network}"))
            .say(greeting(to))
            .say(format!(
                "Somebody, most likely you, asked to choose a new password for your account with {network}. \
                 You sign in as {email}."
            ))
            .say(format!("To choose a password, open this page within {}:", duration(valid_minutes)))
            .link("Choose a password", set_password)
            .say(
                "The link works once. If you ask for another one, only the newest works. Please do not pass this \
                 mail on: whoever has the link can choose your password.",
            )
            .say(
                "If you did not ask for this, there is nothing to do. Your account stays as it is, and you can \
                 delete this mail.",
            )
            .say(nobody_asks(network))
    }

    fn password_set(&self, to: &Addressee, sign_in: &Link, at: Timestamp) -> Words {
        let Addressee { email, network, .. } = to;
        Words::new(Language::ENGLISH, format!("Your password for {network} was changed"))
            .say(greeting(to))
            .say(format!(
                "A new password was chosen for your account {email} with {network} on {}. Wherever you were signed in, \
                 you are signed out.",
                moment(at)
            ))
            .say("If that was you, there is nothing to do.")
            .say(format!(
                "If it was not you, act now: open the sign-in page, take \"Forgot your password?\" and enter {email}. \
                 Then tell the people who look after accounts at your school."
            ))
            .link("Sign-in page", sign_in)
            .say(nobody_asks(network))
    }

    fn invitation(&self, to: &Addressee, sign_in: &Link, school: &str, way_in: InvitedWayIn) -> Words {
        let Addressee { email, network, .. } = to;
        let first = format!(
            "open the sign-in page, take \"Forgot your password?\" and enter {email}. You get a mail with a link \
             to choose your password."
        );
        let first_time = match way_in {
            InvitedWayIn::InitialPassword { expires_at } => format!(
                "To get in for the first time, sign in with the initial password that your school gives you. It \
                 works until {}, and you choose your own at once. If you have none, or it has expired: {first}",
                moment(expires_at)
            ),
            InvitedWayIn::ForgotPassword => {
                format!("You have no password yet. To get in for the first time: {first}")
            }
        };
        Words::new(Language::ENGLISH, format!("Your account with {network}"))
            .say(greeting(to))
            .say(format!(
                "{network} has made an account for you, for your work at {school}. You sign in as {email}."
            ))
            .say(first_time)
            .link("Sign-in page", sign_in)
            .say(format!(
                "If you do not work for {network}, there is nothing to do, and you can delete this mail. The account stays \
                 unused."
            ))
            .say(nobody_asks(network))
    }
}

fn greeting(to: &Addressee) -> String {
    to.name.as_ref().map_or_else(|| "Hello,".to_owned(), |name| format!("Hello {name},"))
}

fn nobody_asks(network: &str) -> String {
    format!(
        "This mail was sent by {network}. Nobody there will ever ask you for your password, neither by mail nor on the phone."
    )
}

/// "1 minute", "60 minutes", "2 hours".
fn duration(minutes: u32) -> String {
    match minutes {
        1 => "1 minute".to_owned(),
        120.. if minutes.is_multiple_of(60) => format!("{} hours", minutes / 60),
        _ => format!("{minutes} minutes"),
    }
}

/// "25 November 2026, 14:05 UTC".
fn moment(at: Timestamp) -> String {
    at.as_datetime().format("%-d %B %Y, %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_moments_read_well() {
        assert_eq!(
            [1, 2, 60, 90, 120, 121, 1440].map(duration),
            ["1 minute", "2 minutes", "60 minutes", "90 minutes", "2 hours", "121 minutes", "24 hours"]
        );
        let at = Timestamp::from_unix_micros(1_795_000_000_000_000).unwrap();
        assert_eq!(moment(at), "18 November 2026, 11:06 UTC");
    }
}
