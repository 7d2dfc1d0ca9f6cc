//! Endpoints that are watched: the matrix of all, and one with its verdict, its four fingerprints, and how far a client gets.

mod acting;
mod add;
mod chosen;
mod decide;
mod expecting;
mod filter;
mod handshakes;
mod head;
mod items;
mod ladder;
mod naming;
mod page;
mod prints;
mod sockets;
mod spark;
mod table;
mod watch;
mod words;

pub use expecting::Expecting;
pub use page::endpoints_page;
