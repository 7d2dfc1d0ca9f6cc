//! The way in: first run, sign-in, and the ways to begin.

mod frame;
mod second_step;
mod setup;
mod sign_in;
mod start;

pub use setup::{again_field, password_field, setup_page};
pub use sign_in::sign_in_page;
pub use start::start_page;
