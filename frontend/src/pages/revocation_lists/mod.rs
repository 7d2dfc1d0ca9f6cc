//! `/databases/:db/crls`: the revocation lists that lie in a database, whether NSS heeds them, what they say of a serial number; import and
//! deletion.

mod import;
mod list;
mod page;

pub use page::revocation_lists_page;
