//! PKCS#11 modules and their tokens.

mod add;
mod module;
mod page;
mod token;

pub use page::tokens_page;
