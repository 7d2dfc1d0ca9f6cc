//! Databases: the list, one of them, and the three ways to add one.

mod actions;
mod detail;
mod list;
mod new;
mod register;

pub use list::DatabasesPage;
pub use new::NewDatabasePage;
pub use register::RegisterDatabasePage;
