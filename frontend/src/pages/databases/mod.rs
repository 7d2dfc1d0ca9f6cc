//! Databases: the list, one of them, the ways to add one, and taking over what is in another.

mod actions;
mod conversion;
mod detail;
mod files;
mod list;
mod merge;
mod merge_report;
mod new;
mod open_files;
mod password;
mod register;

pub use conversion::conversion_page;
pub use files::files_section;
pub use list::databases_page;
pub use merge::merge_page;
pub use new::new_database_page;
pub use password::password_section;
pub use register::register_database_page;
