//! The files of a database on disk: whose they are, who may read them, who has them open, and putting that right.

mod change;
mod report;
mod standing;

pub(super) use change::{directory_mode, group_named, user_named};
