//! Snapshots of a database: what each of them would bring back.

mod difference;
mod list;

pub use list::snapshots_page;
