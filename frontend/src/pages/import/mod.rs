//! Import: read here, planned by the server, shown before it happens, followed while it runs.

mod intake;
mod key_file;
mod page;
mod plan;
mod run;
mod table;
mod trial;

pub use page::import_page;
