//! PKCS#11 modules and their tokens.

mod add;
mod mechanisms;
mod module;
mod one;
mod page;
mod pin;
mod slot;

pub use one::token_page;
pub use page::tokens_page;
