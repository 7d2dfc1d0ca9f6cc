//! The only door to files, owners, processes, clock and randomness.

pub mod process;
