//! Certificates made here, renewed, and revoked.

mod draft;
mod made;
mod make;
mod renewal;
mod revocation;

pub use make::make_page;
pub use renewal::renewal_page;
pub use revocation::revocation_page;
