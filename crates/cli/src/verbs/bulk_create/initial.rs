//! Initial passwords of a batch: what was typed about them, and the password itself.

use std::path::Path;
use std::sync::Arc;

use clap::ValueEnum;
use staffroom_core::{InitialPassword, Passwords, Secret, Staffroom, ValidDays};

use super::Args;
use crate::context::Context;
use crate::credentials;
use crate::error::Error;
use crate::network::Network;
use crate::secret::PasswordArgs;

/// How the new users get in the first time.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Initial passwords")]
pub(crate) struct InitialArgs {
    /// How the new users get in the first time
    #[arg(long, value_name = "KIND", value_enum, default_value_t = Kind::None)]
    pub(crate) initial_password: Kind,
    /// For how many days the initial password works [default: 30]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) valid_days: Option<u16>,
    #[command(flatten)]
    pub(crate) password: PasswordArgs,
}

/// A kind of initial password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// With "Forgot your password?", and no password yet
    None,
    /// With one password for all of them, which you type and tell them
    Shared,
    /// With a password for each person, which only the hand-off sheet has
    Generated,
}

/// The initial passwords of one batch, as far as they are known before the network is open.
pub(super) struct Initial {
    pub(super) kind: InitialPassword,
    /// The shared one.
    secret: Option<Secret>,
    /// Not for a dry run, which needs none.
    passwords: Option<Arc<dyn Passwords>>,
}

impl Initial {
    /// What the flags say; asks for the password that is to be shared. One that will not do whatever the network is called is
    /// refused here, before anything is done.
    pub(super) fn settle(args: &Args, context: &Context) -> Result<Self, Error> {
        let InitialArgs { initial_password, valid_days, password } = &args.initial;
        let is_dry = args.how.dry_run;
        let days = valid_days.and_then(ValidDays::new).unwrap_or_default();
        let kind = match initial_password {
            Kind::None if valid_days.is_some() => {
                return Err(Error::FlagAlone("`--valid-days`", "`--initial-password shared` or `generated`"));
            }
            Kind::None => InitialPassword::None,
            Kind::Shared => InitialPassword::Shared(days),
            Kind::Generated => InitialPassword::Generated(days),
        };
        if *initial_password != Kind::Shared && password.password_fd.is_some() {
            return Err(Error::FlagAlone("`--password-fd`", "`--initial-password shared`"));
        }
        if *initial_password == Kind::Generated && !is_dry && args.how.hand_off.is_none() {
            return Err(Error::NoSheetForPasswords);
        }
        let ids_from_stdin = args.whom.staff_file.as_deref() == Some(Path::new("-"));
        if ids_from_stdin && password.password_fd == Some(0) {
            return Err(Error::StdinTwice);
        }
        let passwords = match initial_password {
            Kind::Shared | Kind::Generated if !is_dry => Some(credentials::passwords()?),
            _ => None,
        };
        let secret = match (initial_password, &passwords) {
            (Kind::Shared, Some(passwords)) => {
                let secret =
                    password.new_password(&context.interrupts, "The password that all of them are told")?;
                passwords.check(&secret, &[])?;
                Some(secret)
            }
            _ => None,
        };
        Ok(Self { kind, secret, passwords })
    }

    /// The library, able to give them. A shared one must not be made of what the network or its school is called, either.
    pub(super) fn in_network(&self, network: &Network, school: &str) -> Result<Staffroom, Error> {
        let Some(passwords) = &self.passwords else {
            return Ok(network.staffroom.clone());
        };
        if let Some(secret) = &self.secret {
            passwords.check(secret, &[network.name.as_str(), school])?;
        }
        Ok(credentials::with_passwords(&network.staffroom, Arc::clone(passwords)))
    }

    /// The password that is shared.
    pub(super) const fn shared(&self) -> Option<&Secret> {
        self.secret.as_ref()
    }
}
