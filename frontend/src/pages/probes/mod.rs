//! One connection to a port, asked for by hand: what is served there, and what a client would make of it.

mod asked;
mod page;
mod report;

pub use page::probe_page;
