//! Passwords for Staffroom: [`Argon2Passwords`] judges, makes, hashes and verifies them.
//!
//! ```
//! use std::sync::Arc;
//! use staffroom_core::{NoProgress, Passwords, Secret, Strength, Verified};
//! use staffroom_credentials::{Argon2Passwords, Settings};
//! use staffroom_system::SystemRandomness;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> { futures_lite::future::block_on(async {
//! let passwords = Argon2Passwords::start(Settings::default(), Arc::new(SystemRandomness))?;
//! let secret = passwords.generate(&SystemRandomness);
//! let hashes = passwords.hash(std::slice::from_ref(&secret), Strength::Own, &NoProgress).await?;
//! assert_eq!(passwords.verify(&secret, hashes.first()).await?, Verified::Yes);
//! assert_eq!(passwords.verify(&Secret::new("something else".to_owned()), hashes.first()).await?, Verified::No);
//! # Ok(()) }) }
//! ```
//!
//! - **Hashing** is Argon2id (RFC 9106), in threads of its own that keep their memory from hash to hash. It takes at most as
//!   much memory as the threads times the largest [`Parameters`] in use.
//! - **Verifying** does the same work whatever it is given.
//! - **The policy** follows NIST SP 800-63B: long, in any script, no rules about kinds of characters, nothing common, nothing made
//!   of the person's own names.
//!
//! What the numbers are and why: `docs/passwords.md` and the decision records 0029 and 0030 of the repository.

mod batch;
mod engine;
mod fault;
mod generate;
mod normal;
mod parameters;
mod passwords;
mod phc;
mod policy;
mod pool;
mod settings;
mod sync;
mod verifying;

pub use fault::HashingFault;
pub use parameters::{Parameters, ParametersError};
pub use passwords::Argon2Passwords;
pub use policy::{Policy, PolicyError};
pub use settings::{Implementation, Settings, SettingsError};

/// The example of `docs/passwords.md` compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/passwords.md")]
struct Page;
