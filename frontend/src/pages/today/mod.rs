//! What needs a hand today.

mod concern;
mod section;

pub use section::today;
