//! Evidence of every kind, and what is said of it.

mod broken;
mod chains;
mod drift;
mod graded;
mod scene;
