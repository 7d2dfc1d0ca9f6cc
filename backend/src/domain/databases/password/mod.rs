//! The password of a database, and the files beside it that hold it.

mod change;
pub(super) mod files;
mod quality;
mod report;
mod settle;
mod token;
mod token_line;

pub use change::{Resumed, carry_out, resume};
pub(super) use quality::check as check_quality;
pub(super) use settle::is_of_token;
