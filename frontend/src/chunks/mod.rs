//! Parts of the page that are loaded when their place is visited, so that the first load stays small (README, "Limits").
//!
//! What the certificates of a database need is the main module; every other area is a chunk. `.ci/split.mjs` takes the compiled module apart at
//! the functions in `points`. What several chunks need and the main module does not becomes two more files: one for what makes and
//! takes in certificates, one that every chunk is loaded with.
//!
//! A new page gets a function in `points` and is drawn by `lazily` in `app::page_of`. What the main module mentions anywhere else stays in it:
//! nothing outside of `pages::certificates` and the frame should call into the pages of a chunk.

mod drawing;
mod points;

use std::pin::Pin;

pub use drawing::{lazily, lazy_part};
pub use points::*;
pub use wasm_split_helpers::SplitLoaderError;

use crate::view::View;

/// A page of a chunk that is there.
pub type Page = Box<dyn FnOnce() -> View>;

/// A page whose chunk is on its way.
pub type Coming = Pin<Box<dyn Future<Output = Result<Page, SplitLoaderError>>>>;
