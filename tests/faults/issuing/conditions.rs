//! A full disk, a database that another program holds: what makes something says so, makes nothing, and can be done afterwards.

use std::time::{Duration, Instant};

use certdeck_shared::api::problem::ProblemCode;
use support::database::{Database, PASSWORD};
use support::deck::{Deck, create, empty, refusal, unchanged};
use support::mounts::Mount;

use super::{Ledger, STEPS, Step};

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_makes_nothing_and_room_is_all_that_is_needed() {
    let mount = Mount::tmpfs(2 << 20);
    let (room, console, client) = empty().await;
    let directory = mount.path().join("nss");
    let created = client.add_database(&create(&directory)).await.unwrap();
    let deck = Deck { database: Database::at(&directory, PASSWORD, room.path()), id: created.id, console, client, room };
    deck.unlock().await;
    let mut ledger = Ledger::begin(&deck).await;
    let filler = mount.fill();
    for (place, step) in STEPS.into_iter().enumerate() {
        let refused = unchanged(&deck.database, async { refusal(ledger.write(&deck, step, place as u32).await) }).await;
        assert_eq!(refused, ProblemCode::DiskFull, "{step:?}");
    }
    std::fs::remove_file(filler).unwrap();
    ledger.holds(&deck, 0).await;
    for (place, step) in STEPS.into_iter().enumerate() {
        ledger.write(&deck, step, place as u32).await.unwrap();
    }
    ledger.holds(&deck, 1).await;
    ledger.list_is_good(&deck).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_console_without_room_for_its_records_signs_nothing() {
    // The log of the state (WAL) alone may take four before it is taken in.
    let mount = Mount::tmpfs(16 << 20);
    let room = tempfile::tempdir().unwrap();
    let console = support::console::Console::start(&support::console::Options::new(mount.path().join("data")));
    let client = console.set_up().await;
    let directory = room.path().join("nss");
    let created = client.add_database(&create(&directory)).await.unwrap();
    let deck = Deck { database: Database::at(&directory, PASSWORD, room.path()), id: created.id, console, client, room };
    deck.unlock().await;
    let mut ledger = Ledger::begin(&deck).await;
    let filler = mount.fill();
    for (place, step) in STEPS.into_iter().enumerate() {
        let refused = unchanged(&deck.database, async { refusal(ledger.write(&deck, step, place as u32).await) }).await;
        assert_eq!(refused, ProblemCode::DiskFull, "{step:?}");
    }
    std::fs::remove_file(filler).unwrap();
    for (place, step) in STEPS.into_iter().enumerate() {
        ledger.write(&deck, step, place as u32).await.unwrap();
    }
    ledger.holds(&deck, 1).await;
}

/// While another program holds one of the files; the certificates' or the keys'.
async fn held(file: &str, steps: [Step; 2]) {
    let deck = Deck::new().await;
    let mut ledger = Ledger::begin(&deck).await;
    let before = (deck.database.listing(), deck.database.keys());
    for (place, step) in steps.into_iter().enumerate() {
        let holder = rusqlite::Connection::open(deck.database.directory().join(file)).unwrap();
        holder.execute_batch("BEGIN EXCLUSIVE").unwrap();
        let started = Instant::now();
        let code = refusal(ledger.write(&deck, step, place as u32).await);
        assert!(matches!(code, ProblemCode::DatabaseBusy | ProblemCode::TokenTimeout), "{step:?}: {code:?}");
        assert!(started.elapsed() < Duration::from_secs(150), "it took {:?} to say so", started.elapsed());
        holder.execute_batch("ROLLBACK").unwrap();
        drop(holder);
        assert_eq!((deck.database.listing(), deck.database.keys()), before, "{step:?} with {file} held; left: afterwards");
    }
    for (place, step) in STEPS.into_iter().enumerate() {
        ledger.write(&deck, step, 10 + place as u32).await.unwrap();
    }
    ledger.holds(&deck, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_database_makes_nothing_and_is_not_broken() {
    tokio::join!(held("cert9.db", [Step::Issue, Step::Revoke]), held("key4.db", [Step::SelfSign, Step::Request]));
}
