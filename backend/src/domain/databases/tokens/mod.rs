//! The tokens of a database: the internal one, and those of other modules.

mod certificates;
mod keys;
mod list;

pub(super) use list::sentence;
