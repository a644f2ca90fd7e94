//! The capability to hash passwords, for the verbs that need it: its threads start when the first of them asks.

use std::sync::Arc;

use staffroom_core::{Passwords, Staffroom};
use staffroom_credentials::{Argon2Passwords, Settings};
use staffroom_system::SystemRandomness;

use crate::error::Error;

/// Judges, makes and hashes passwords, with what `staffroom-credentials` takes unless told otherwise.
pub(crate) fn passwords() -> Result<Arc<dyn Passwords>, Error> {
    let passwords = Argon2Passwords::start(Settings::default(), Arc::new(SystemRandomness));
    Ok(Arc::new(passwords.map_err(Error::Runtime)?))
}

/// `staffroom`, able to give passwords.
pub(crate) fn with_passwords(staffroom: &Staffroom, passwords: Arc<dyn Passwords>) -> Staffroom {
    staffroom.clone().with_passwords(passwords, Arc::new(SystemRandomness))
}
