//! A port that is asked by hand: one handshake, and what a client would make of it; or everything that it takes.

mod asked;
mod inventory;
mod page;
mod report;

pub use page::probe_page;
