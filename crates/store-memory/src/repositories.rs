//! The repositories, one file each, named like the traits in core.

mod audit;
mod batches;
mod groups;
mod network;
mod passwords;
mod schools;
mod staff;
mod users;
