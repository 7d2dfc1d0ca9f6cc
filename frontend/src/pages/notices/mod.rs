//! Notices: what is to be told now, when certificates are due, who is told and by which way, what became of each message, and what breaks as
//! lifetimes become shorter.

mod acting;
mod board;
mod calendar;
mod channels;
mod chosen;
mod deliveries;
mod filter;
mod list;
mod notifying;
mod page;
mod policy;
mod tries;
mod words;

pub use page::notices_page;
