//! Parts of forms: one field, one way to send, one way to show what the server refused.

pub mod faults;
pub mod field;
pub mod search;
pub mod submission;
