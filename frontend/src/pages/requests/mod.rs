//! Requests: what waits for a CA, a new one, and the answer to one.

mod answer;
mod browser_held;
mod checks;
mod detail;
mod draft;
mod list;
mod make;
mod new;
mod outside;
mod place;
mod preview;
mod subject;
mod tracker;
mod usages;
mod weak;

pub use detail::request_page;
pub use list::requests_page;
pub use new::new_request_page;
