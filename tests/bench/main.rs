//! `make bench`: the measures of Certdeck beside those of certutil and of JavaScript's parsers, taken in one run on one machine, as one
//! table; also in `target/bench.md`. A part alone: `cargo run --release -p certdeck-tests --bin bench -- parsing`.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "like the tests it starts processes, and stops at the first thing that is not as it should be"
)]

mod parsing;
mod site;
mod size;
mod table;

use table::Table;

#[tokio::main]
async fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let is_wanted = |part: &str| wanted.is_empty() || wanted.iter().any(|name| name == part);
    let mut table = Table::default();
    if is_wanted("parsing") {
        parsing::measure(&mut table).await;
    }
    if is_wanted("size") {
        size::measure(&mut table);
    }
    table.write("target/bench.md");
}
