//! Workers that die, hang or wait, databases that others lock.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failure is a failed test")]

mod token_support;

use std::{
    fs,
    path::Path,
    sync::mpsc,
    time::{Duration, Instant},
};

use certdeck::token::{Secret, TokenError, TokenHandle};
use certdeck_shared::api::key::KeyAlgorithm;
use token_support::{Database, P256, PASSWORD, Workshop, go_on, run, to_import, trust};

fn signal(process: u32, name: &str) {
    assert!(run("kill", &[&format!("-{name}"), &process.to_string()]).status.success());
}

#[tokio::test]
async fn a_worker_killed_while_idle_is_replaced_unnoticed_and_unlocked() {
    let database = Database::by_certutil();
    let token = database.unlocked().await;
    for _ in 0..5 {
        let process = token.worker_process().await.unwrap();
        signal(process, "KILL");
        assert!(token.list_keys().await.unwrap().is_empty());
        assert_ne!(token.worker_process().await, Some(process));
    }
}

/// Kills the worker at ever other instants of imports and trust changes. What was acknowledged must be there afterwards, the files whole,
/// and certutil of the same mind.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_at_any_instant_loses_nothing_acknowledged() {
    let workshop = Workshop::new();
    let database = Database::by_certutil();
    let token = database.unlocked().await;
    let mut acknowledged: Vec<(Vec<u8>, String)> = Vec::new();
    let mut crashed = 0;
    for round in 0..44_u32 {
        let batch: Vec<_> = (0..2).map(|number| workshop.certificate(&format!("/CN=r{round}n{number}"), &P256)).collect();
        let process = loop {
            // The worker must be up and unlocked, so that the kill hits the call and not its start.
            token.list_keys().await.unwrap();
            if let Some(process) = token.worker_process().await {
                break process;
            }
        };
        let killer = tokio::task::spawn_blocking(move || {
            std::thread::sleep(Duration::from_micros(u64::from(round) * 3700 % 160_000));
            signal_if_there(process);
        });
        let imports = batch.iter().enumerate().map(|(number, der)| to_import(der, &format!("r{round}n{number}"), Some("C,,"))).collect();
        match token.import(imports, go_on).await {
            Ok(_) => acknowledged.extend(batch.iter().enumerate().map(|(number, der)| (der.clone(), format!("r{round}n{number}")))),
            Err(TokenError::Crashed { .. }) => crashed += 1,
            Err(other) => panic!("{other:?}"),
        }
        if let Some((der, _)) = acknowledged.last().cloned() {
            match token.set_trust(vec![(der.clone(), trust("C,C,"))], go_on).await {
                Ok(()) => {}
                Err(TokenError::Crashed { .. }) => crashed += 1,
                Err(other) => panic!("{other:?}"),
            }
            token
                .set_trust(vec![(der, trust("C,,"))], go_on)
                .await
                .map_or_else(|error| assert!(matches!(error, TokenError::Crashed { .. })), |()| ());
        }
        killer.await.unwrap();
        // The next call works.
        let listed = token.list().await.unwrap();
        for (der, nickname) in &acknowledged {
            assert!(listed.iter().any(|entry| entry.der == *der && entry.nickname.as_ref() == Some(nickname)), "{nickname} is lost");
        }
    }
    assert!(crashed > 5, "only {crashed} kills hit a call");
    token.close().await.unwrap();
    database.check_integrity();
    let listed = database.certutil_trust();
    for (_, nickname) in &acknowledged {
        assert!(listed.get(nickname).is_some_and(|flags| flags.starts_with('C')), "{nickname}: {:?}", listed.get(nickname));
    }
}

fn signal_if_there(process: u32) {
    run("kill", &["-KILL", &process.to_string()]);
}

#[tokio::test]
async fn a_stopped_worker_is_a_time_out_and_the_next_call_works() {
    let database = Database::by_certutil();
    let mut options = database.options();
    options.call_timeout = Duration::from_secs(3);
    let token = TokenHandle::new(options);
    token.login(&Secret::new(PASSWORD)).await.unwrap();
    let process = token.worker_process().await.unwrap();
    signal(process, "STOP");
    let started = Instant::now();
    assert_eq!(token.list().await.err(), Some(TokenError::Timeout));
    assert!(started.elapsed() < Duration::from_secs(8));
    assert!(!Path::new(&format!("/proc/{process}")).exists(), "the stopped worker is gone");
    token.list_keys().await.unwrap();
}

#[tokio::test]
async fn a_full_queue_says_busy() {
    let database = Database::by_certutil();
    let token = database.unlocked().await;
    let process = token.worker_process().await.unwrap();
    signal(process, "STOP");
    // A signal takes its time: until it has come the worker would still answer.
    while !fs::read_to_string(format!("/proc/{process}/stat")).unwrap().contains(") T ") {
        tokio::task::yield_now().await;
    }
    let calls: Vec<_> = (0..80)
        .map(|_| {
            let token = token.clone();
            tokio::spawn(async move { token.list().await })
        })
        .collect();
    let mut busy = 0;
    tokio::task::yield_now().await;
    signal(process, "CONT");
    for call in calls {
        match call.await.unwrap() {
            Ok(_) => {}
            Err(TokenError::Busy) => busy += 1,
            Err(other) => panic!("{other:?}"),
        }
    }
    assert!((10..=16).contains(&busy), "{busy}");
}

/// Holds a lock of SQLite on both files, from this process: the worker is another. Ends by itself, or when the sender goes.
fn lock_for(database: &Database, mode: &'static str, longest: Duration) -> (std::thread::JoinHandle<()>, mpsc::Sender<()>) {
    let directory = database.path();
    let (locked, is_locked) = mpsc::channel();
    let (end, ended) = mpsc::channel();
    let holder = std::thread::spawn(move || {
        let connections: Vec<_> =
            ["cert9.db", "key4.db"].iter().map(|file| rusqlite::Connection::open(directory.join(file)).unwrap()).collect();
        for connection in &connections {
            connection.execute_batch(&format!("BEGIN {mode}")).unwrap();
        }
        locked.send(()).unwrap();
        let _: Result<(), _> = ended.recv_timeout(longest);
        for connection in &connections {
            connection.execute_batch("ROLLBACK").unwrap();
        }
    });
    is_locked.recv().unwrap();
    (holder, end)
}

#[tokio::test]
async fn a_lock_of_three_seconds_is_waited_for() {
    let workshop = Workshop::new();
    for mode in ["IMMEDIATE", "EXCLUSIVE"] {
        let database = Database::by_certutil();
        let token = database.unlocked().await;
        // An open database, then one that is opened meanwhile.
        for number in 0..2 {
            let (holder, end) = lock_for(&database, mode, Duration::from_secs(3));
            let der = workshop.certificate(&format!("/CN={number}"), &P256);
            token.import(vec![to_import(&der, &format!("n{number}"), Some("C,,"))], go_on).await.unwrap();
            holder.join().unwrap();
            drop(end);
            token.close().await.unwrap();
        }
        let (holder, end) = lock_for(&database, mode, Duration::from_secs(3));
        assert_eq!(token.list().await.unwrap().len(), 2, "{mode}");
        holder.join().unwrap();
        drop(end);
    }
}

#[tokio::test]
async fn a_lock_that_stays_is_said() {
    let workshop = Workshop::new();
    let database = Database::by_certutil();
    let token = database.unlocked().await;
    token.generate_key(KeyAlgorithm::EcP256, "k").await.unwrap();
    let der = workshop.certificate("/CN=one", &P256);
    let (holder, end) = lock_for(&database, "EXCLUSIVE", Duration::from_secs(100));
    let started = Instant::now();
    let answer = token.import(vec![to_import(&der, "one", None)], go_on).await;
    assert_eq!(answer, Err(TokenError::DatabaseLocked), "after {:?}", started.elapsed());
    drop(end);
    holder.join().unwrap();
    token.import(vec![to_import(&der, "one", None)], go_on).await.unwrap();
}

#[tokio::test]
async fn a_failure_half_way_is_put_back_when_others_lock_in_between() {
    let workshop = Workshop::new();
    let database = Database::by_certutil();
    let token = database.unlocked().await;
    let imports: Vec<_> = (0..3)
        .map(|number| to_import(&workshop.certificate(&format!("/CN={number}"), &P256), &format!("n{number}"), Some("C,,")))
        .collect();
    // The lock falls between the first certificate and the second, and goes when the worker has given up and puts back.
    let (begun, first) = tokio::sync::oneshot::channel();
    let mut begun = Some(begun);
    let steps = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = std::sync::Arc::clone(&steps);
    let other = token.clone();
    let call = tokio::spawn(async move {
        let tell = move |_| {
            counted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            if let Some(begun) = begun.take() {
                let _ = begun.send(());
            }
            std::ops::ControlFlow::Continue(())
        };
        other.import(imports, tell).await
    });
    first.await.unwrap();
    let (holder, end) = lock_for(&database, "EXCLUSIVE", Duration::from_secs(100));
    let at_lock = steps.load(std::sync::atomic::Ordering::SeqCst);
    while steps.load(std::sync::atomic::Ordering::SeqCst) == at_lock && !call.is_finished() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    drop(end);
    holder.join().unwrap();
    match call.await.unwrap() {
        Err(TokenError::DatabaseLocked) => assert!(database.public_rows().is_empty(), "put back"),
        // The lock came too late.
        other => assert_eq!(other.map(|imported| imported.len()), Ok(3)),
    }
}

#[test]
fn a_worker_ends_with_its_server_and_on_garbage() {
    use std::io::Write as _;
    for farewell in [&b""[..], &[0, 0, 0, 2, 9, 9], &[0xff; 9]] {
        let (mut ours, theirs) = std::os::unix::net::UnixStream::pair().unwrap();
        let mut child = token_support::worker(theirs);
        ours.write_all(farewell).unwrap();
        if farewell.is_empty() {
            drop(ours);
        }
        let started = Instant::now();
        while child.try_wait().unwrap().is_none() {
            assert!(started.elapsed() < Duration::from_secs(5), "{farewell:?}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}
