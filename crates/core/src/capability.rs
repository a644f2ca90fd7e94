//! What core cannot do itself, handed in by the host: time, ids, randomness, hashing, mail, and somebody to
//! tell about progress. Each is a small object-safe trait; `staffroom-system` implements the first three.

mod clock;
mod ids;
mod mail;
mod passwords;
mod progress;
mod randomness;

pub use clock::Clock;
pub use ids::IdSource;
pub use mail::{InvitedWayIn, Letter, Mail, MailError, Mailer};
pub use passwords::{
    HashingError, PasswordHash, Passwords, Secret, Strength, TokenHash, Verified, WeakPassword,
};
pub use progress::{NoProgress, Progress, Step};
pub use randomness::Randomness;
