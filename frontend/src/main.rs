//! The page.

mod transport;

fn main() {}
