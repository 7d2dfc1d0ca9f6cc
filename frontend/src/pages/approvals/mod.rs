//! What waits for a second person, and what became of it; and the dialog of whoever asks for one.

mod chosen;
mod deciding;
mod form;
mod list;
mod words;

pub use form::approval_form;
pub use list::approvals_page;
