//! Settings: one's own password and sessions, the accounts, the API tokens, the keys of the page.

mod grants;
mod own;
mod page;
mod passkeys;
mod second_factor;
mod sessions;
mod tokens;
mod users;

pub use page::settings_page;
