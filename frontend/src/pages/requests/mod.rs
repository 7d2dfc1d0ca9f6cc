//! Requests: what waits for a CA, a new one, and the answer to one.

mod answer;
mod checks;
mod detail;
mod draft;
mod list;
mod new;
mod preview;

pub use detail::request_page;
pub use list::requests_page;
pub use new::new_request_page;
