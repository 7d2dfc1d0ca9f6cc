//! Activity: who did what, when, and with what outcome.

mod entry;
mod list;
mod search;
mod verification;

pub use list::activity_page;
