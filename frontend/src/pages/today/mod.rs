//! What needs a hand today.

mod concern;
mod section;
mod weak;

pub use section::today;
