//! Certificates made here, renewed, and revoked.

mod advanced;
mod draft;
mod duration;
mod fields;
mod issuers;
mod made;
mod make;
mod prospect;
mod renewal;
mod revocation;
mod summary;

pub use make::make_page;
pub use renewal::renewal_page;
pub use revocation::revocation_page;
