//! The tokens of a database: the internal one, and those of other modules.

mod addressed;
mod certificates;
mod keys;
mod list;
mod pin;
mod place;
mod reach;

pub(super) use list::sentence;
pub(crate) use place::Place;
pub(crate) use reach::Reach;
