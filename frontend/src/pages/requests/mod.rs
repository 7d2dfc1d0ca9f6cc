//! Requests: what waits for a CA, a new one, and the answer to one.

mod answer;
mod checks;
mod detail;
mod draft;
mod list;
mod new;
mod preview;

pub use detail::RequestPage;
pub use list::RequestsPage;
pub use new::NewRequestPage;
