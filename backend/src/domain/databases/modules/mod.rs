//! The PKCS#11 modules of a database: listed, tried, added, changed, removed.

mod change;
mod fips;
mod library;
mod list;
mod open;

pub(super) use list::{ListedModule, uri};
pub(super) use open::OpenModules;
