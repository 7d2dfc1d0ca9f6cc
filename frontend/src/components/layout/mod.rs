//! The frame around the pages.

pub mod bar;
pub mod confirmation;
pub mod palette;
pub mod rail;
pub mod shell;
pub mod unlock;
