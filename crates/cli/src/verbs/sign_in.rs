//! `staffroom sign-in`: what people do on the sign-in page, from the command, to try it out or to help somebody.

mod forgot;
mod set_password;
mod test;

use clap::Subcommand;
use staffroom_core::Source;

use crate::context::Context;
use crate::error::{Error, Exit};

/// Try what people do to sign in: the password, "Forgot your password?", and the link in the mail.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Test(test::Args),
    Forgot(forgot::Args),
    SetPassword(set_password::Args),
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Error> {
    // People do this themselves: there is nobody else to act as.
    context.only_operator("`sign-in`")?;
    match &args.verb {
        Verb::Test(args) => test::run(args, context),
        Verb::Forgot(args) => forgot::run(args, context),
        Verb::SetPassword(args) => set_password::run(args, context),
    }
}

/// Where attempts come from, for the throttle.
fn source() -> Source {
    Source::new("the command staffroom")
}
