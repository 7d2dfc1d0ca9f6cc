//! Databases: the list, one of them, and the three ways to add one.

mod actions;
mod detail;
mod list;
mod new;
mod password;
mod register;

pub use list::databases_page;
pub use new::new_database_page;
pub use password::password_section;
pub use register::register_database_page;
