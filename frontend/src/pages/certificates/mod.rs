//! The certificates of a database: list and detail.

pub mod actions;
pub mod aside;
pub mod axis;
pub mod detail;
pub mod export;
pub mod head;
pub mod index;
pub mod list;
pub mod scale;
pub mod selection;
pub mod table;
