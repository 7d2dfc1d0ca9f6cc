//! One token: its certificates, its keys, what can be made on it, its password.

mod certificate;
mod certificates;
mod keys;
mod making;
mod page;
mod password;

pub use page::token_page;
