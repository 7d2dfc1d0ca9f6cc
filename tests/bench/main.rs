//! `make bench`: the measures of Certdeck beside those of certutil, shell scripts and JavaScript's parsers, taken in one run on one machine, as one
//! table; also in `target/bench.md`. A part alone: `cargo run --release -p certdeck-tests --bin bench -- parsing`.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "like the tests it starts processes, and stops at the first thing that is not as it should be"
)]

mod bare;
mod clones;
mod crowd;
mod deploying;
mod importing;
mod inventory;
mod listing;
mod page;
mod parsing;
mod probing;
mod requesting;
mod serving;
mod site;
mod size;
mod table;
mod validation;
mod watching;

use support::deck::Deck;
use table::{Aim, Table};

#[tokio::main]
async fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    if wanted == [bare::ARGUMENT] {
        return bare::serve().await;
    }
    let is_wanted = |part: &str| wanted.is_empty() || wanted.iter().any(|name| name == part);
    let mut table = Table::default();
    if is_wanted("listing") {
        listing::measure(&mut table, &Deck::registered(clones::database(1_000)).await, 1_000, Aim::None).await;
    }
    if is_wanted("listing") || is_wanted("page") {
        let deck = Deck::registered(clones::database(10_000)).await;
        if is_wanted("listing") {
            // A hundredth of certutil's time.
            listing::measure(&mut table, &deck, 10_000, Aim::AtLeast(100.0)).await;
        }
        if is_wanted("page") {
            page::measure(&mut table, &deck, 10_000).await;
        }
    }
    if is_wanted("serving") {
        serving::measure(&mut table).await;
    }
    if is_wanted("crowd") {
        crowd::measure(&mut table).await;
    }
    if is_wanted("importing") {
        importing::measure(&mut table).await;
    }
    if is_wanted("validation") {
        validation::measure(&mut table).await;
    }
    if is_wanted("requesting") {
        requesting::measure(&mut table).await;
    }
    if is_wanted("probing") {
        probing::measure(&mut table).await;
    }
    if is_wanted("watching") {
        watching::measure(&mut table).await;
    }
    if is_wanted("deploying") {
        deploying::measure(&mut table).await;
    }
    if is_wanted("inventory") {
        inventory::measure(&mut table).await;
    }
    if is_wanted("parsing") {
        parsing::measure(&mut table).await;
    }
    if is_wanted("size") {
        size::measure(&mut table);
    }
    table.write("target/bench.md");
}
