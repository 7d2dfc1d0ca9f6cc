//! Services: those of this host and those that are registered, and what their configurations say about TLS.

mod bindings;
mod control;
mod described;
mod detail;
mod endpoints;
mod expected;
mod files;
mod held;
mod list;
mod register;
mod terms;

pub use detail::service_page;
pub use expected::expected_certificate;
pub use list::services_page;
