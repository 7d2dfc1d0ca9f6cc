//! Activity: who did what, when, and with what outcome.

mod entry;
mod list;

pub use list::activity_page;
