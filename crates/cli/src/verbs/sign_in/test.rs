//! `staffroom sign-in test`: does this password let somebody in?

use std::io::{self, Write};

use serde::Serialize;
use staffroom_core::{NetworkId, SignIn, SignInError, SignedIn, Timestamp};

use super::source;
use crate::args::help;
use crate::context::Context;
use crate::credentials;
use crate::error::{Error, Exit};
use crate::network::Network;
use crate::output::records::{Answer, Record};
use crate::output::screen::Screen;
use crate::output::words::paragraph;
use crate::output::{self, records};
use crate::secret::PasswordArgs;

/// Try an email and a password, and say what the sign-in page would do.
#[derive(Debug, clap::Args)]
#[command(long_about = LONG, after_help = help::with_exit_codes(EXAMPLES))]
pub(crate) struct Args {
    /// The email that is typed
    #[arg(value_name = "EMAIL")]
    email: String,
    #[command(flatten)]
    password: PasswordArgs,
}

const LONG: &str = "\
Try an email and a password, and say what the sign-in page would do. The session is ended at once. It is a sign-in like any \
other: it counts as the person's, a wrong password counts as a failure, and too many lock the account.";

const EXAMPLES: &str = "\
Examples:
  staffroom sign-in test tom.whitaker@lakeside.example
  staffroom sign-in test tom.whitaker@lakeside.example --password-fd 3 3<password.txt";

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Error> {
    let password =
        args.password.known_password(&context.interrupts, &format!("Password of {}", args.email))?;
    context.run(async {
        let network = Network::there(context).await?;
        let staffroom = credentials::with_passwords(&network.staffroom, credentials::passwords()?);
        let mut sign_in = SignIn::new(&args.email, password, source());
        if context.settings.school.is_some() {
            sign_in = sign_in.into_school(network.school(context)?.id());
        }
        let mut answer = TestAnswer {
            network: network.name.to_string(),
            network_id: network.id,
            outcome: "signed-in",
            schools: Vec::new(),
            try_again_at: None,
            school: None,
        };
        match staffroom.sign_in(network.id, &sign_in).await {
            Ok(SignedIn::Session(new)) => {
                staffroom.sign_out(network.id, &new.token).await?;
                answer.schools = new.schools.iter().map(|school| school.name().to_string()).collect();
                let school = new.authenticated.session.school();
                answer.school = network.school_name(school).map(str::to_owned);
            }
            Ok(SignedIn::MustSetPassword { .. }) => answer.outcome = "must-set-password",
            Err(SignInError::Refused) => answer.outcome = "refused",
            Err(SignInError::InitialExpired) => answer.outcome = "initial-expired",
            Err(SignInError::TooMany { try_again_at }) => {
                answer.outcome = "too-many";
                answer.try_again_at = try_again_at;
            }
            Err(error) => return Err(error.into()),
        }
        let is_in = matches!(answer.outcome, "signed-in" | "must-set-password");
        let mut out = output::stdout();
        output::finished(records::answer(&mut out, context, &answer))?;
        Ok(if is_in { Exit::Done } else { Exit::SomeRefused })
    })
}

/// What the sign-in page would do.
#[derive(Debug, Serialize)]
struct TestAnswer {
    network: String,
    network_id: NetworkId,
    outcome: &'static str,
    /// The school that they would be logged into, and all that they may enter.
    school: Option<String>,
    schools: Vec<String>,
    try_again_at: Option<Timestamp>,
}

impl Record for TestAnswer {
    const COLUMNS: &'static [&'static str] =
        &["network", "network_id", "outcome", "school", "schools", "try_again_at"];
}

impl Answer for TestAnswer {
    fn tell(&self, out: &mut dyn Write, screen: Screen) -> io::Result<()> {
        let words = match (self.outcome, self.try_again_at) {
            ("signed-in", _) => format!(
                "Signed in, into {}; may enter: {}. The session is ended again.",
                self.school.as_deref().unwrap_or_default(),
                self.schools.join(", ")
            ),
            ("must-set-password", _) => {
                "The password is right. It is an initial one: the page would ask for a new one now.".to_owned()
            }
            ("initial-expired", _) => "The password is right, and does not work any more: it was an initial one, which is \
                                       expired or revoked. The way in is \"Forgot your password?\"."
                .to_owned(),
            ("too-many", Some(at)) => {
                format!("Too many failures: the password was not looked at. Try again at {at}.")
            }
            ("too-many", None) => "Too many failures: the account is locked until its password is set anew, with \
                                   \"Forgot your password?\" or `staffroom users set-password`."
                .to_owned(),
            _ => "Refused: the email is not known, the password is wrong, or the user is disabled, has no password or may \
                  enter no school. `staffroom users show EMAIL` tells which."
                .to_owned(),
        };
        paragraph(out, screen.width, &words)
    }
}
