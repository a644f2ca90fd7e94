//! x
mod capability; mod group; mod network; mod permission; mod roster; mod school; mod session; mod staff; mod user;
mod id; mod id_set; mod timestamp; mod text; mod name; mod email;
pub use id::*; pub use id_set::*; pub use timestamp::*; pub use text::*; pub use name::*; pub use email::*;
pub use capability::*; pub use group::*; pub use network::*; pub use permission::*; pub use roster::*; pub use school::*; pub use session::*; pub use staff::*; pub use user::*;
