//! The only door to files, owners, processes, clock and randomness, so that everything above it can be tested without them.

pub mod anchored;
pub mod appended;
pub mod as_user;
pub mod authorities;
pub mod beyond;
pub mod clock;
pub mod confinement;
pub mod datagram;
pub mod directory;
pub mod entry;
pub mod fetch;
pub mod files;
pub mod holders;
pub mod labels;
pub mod listening;
pub mod log;
pub mod mail;
pub mod networks;
pub mod owners;
pub mod post;
pub mod process;
pub mod program;
pub mod randomness;
pub mod room;
pub mod scratch;
pub mod signal;
pub mod sockets;
pub mod started;
pub mod supervisor;
pub mod synchronisation;
pub mod terminal;
pub mod threads;
pub mod tree;

pub use clock::{Clock, now};
