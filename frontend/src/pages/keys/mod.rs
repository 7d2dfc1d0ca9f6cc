//! Private keys of a database: what belongs to them, and which nothing belongs to.

mod list;

pub use list::keys_page;
