//! The way in: first run, sign-in, and the ways to begin.

mod frame;
mod setup;
mod sign_in;
mod start;

pub use setup::{SetupPage, again_field, password_field};
pub use sign_in::SignInPage;
pub use start::StartPage;
