//! The helper at its socket, as root, asked as the console's user, as somebody else, and by what is no console at all.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at the first thing that is not as it should be"
)]

mod changing;
mod frames;
mod links;
mod looking;
mod scene;
