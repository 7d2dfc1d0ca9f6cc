//! What server and token worker gave up, as the kernel tells it in /proc, and as a library finds that tries more.

use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::time::Duration;

use ::certdeck_shared::api::key::{KeyAlgorithm, NewKey};
use ::support::console::{Console, Options};
use ::support::database::{Database, PASSWORD};
use ::support::deck::Deck;
use ::support::{poll, run};

/// A field of /proc/PID/status.
fn status(pid: u32, name: &str) -> String {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).unwrap().trim().to_owned()
}

/// Soft and hard limit, as in /proc/PID/limits.
fn limits(pid: u32, name: &str) -> (String, String) {
    let limits = std::fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
    let values: Vec<_> = limits.lines().find_map(|line| line.strip_prefix(name)).unwrap().split_whitespace().map(str::to_owned).collect();
    (values[0].clone(), values[1].clone())
}

/// The kernel gives what is in /proc of a process that cannot be dumped to root, whoever runs it (proc(5)).
fn is_closed(pid: u32) -> bool {
    std::fs::metadata(format!("/proc/{pid}/environ")).unwrap().uid() == 0
}

fn health(console: &Console) -> Vec<String> {
    let said = run::must("curl", &["--silent", "--show-error", "--fail", "--insecure", &format!("{}/healthz", console.origin)]);
    said.lines().map(str::to_owned).collect()
}

#[test]
fn the_console_of_a_user_and_its_workers_leave_no_core_and_have_no_rights() {
    let room = tempfile::tempdir().unwrap();
    let data_dir = room.path().join("data");
    std::fs::create_dir(&data_dir).unwrap();
    run::must("chmod", &["0755", room.path().to_str().unwrap()]);
    run::must("chmod", &["0700", data_dir.to_str().unwrap()]);
    run::must("chown", &["65534:65534", data_dir.to_str().unwrap()]);
    let wrapper = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"].map(str::to_owned).to_vec();
    let console = Console::start(&Options { wrapper, ..Options::new(&data_dir) });
    let workers = console.workers();
    assert!(!workers.is_empty(), "the console's own certificate is in a database");
    assert!(is_closed(console.pid()));
    assert_eq!(limits(console.pid(), "Max core file size").0, "0");
    for worker in workers {
        assert!(is_closed(worker));
        assert_eq!(limits(worker, "Max core file size"), ("0".to_owned(), "0".to_owned()));
        assert_eq!(limits(worker, "Max data size").1, (2_u64 << 30).to_string());
        assert_eq!((status(worker, "NoNewPrivs").as_str(), status(worker, "Seccomp").as_str()), ("1", "2"));
        assert_eq!(status(worker, "CapEff"), "0000000000000000");
    }
    let told = health(&console);
    assert_eq!(told[0], "ok");
    assert!(told[1].starts_with("server: user nobody; dumpable no; "), "{told:?}");
    let worker = "worker of a database: user nobody; dumpable no; new privileges no; system calls filtered; Landlock version ";
    assert!(told[2].starts_with(worker) && told[2].ends_with("; capabilities none"), "{told:?}");
    assert_eq!(told[3], "worker of a module: none was started yet");
}

/// A database is unlocked and a password was given when both are made to dump core where the shell allows cores of any size.
#[tokio::test(flavor = "multi_thread")]
async fn neither_console_nor_worker_leaves_its_secrets_in_a_core() {
    let mut deck = Deck::started_by(["prlimit", "--core=unlimited:unlimited", "--"].map(str::to_owned).to_vec()).await;
    let here = std::fs::read_dir(".").unwrap().count();
    let workers = deck.console.workers();
    assert!(workers.len() > 1, "of the database and of the console's own certificate");
    for worker in workers {
        run::must("kill", &["-ABRT", &worker.to_string()]);
        let ended = || std::fs::read_to_string(format!("/proc/{worker}/status")).map_or(true, |status| status.contains("State:\tZ"));
        poll::until_true("the end of the worker", Duration::from_secs(30), async || ended()).await;
    }
    // A new worker takes the place of the one that ended, and is as closed.
    deck.client.create_key(&deck.id, &NewKey { algorithm: KeyAlgorithm::EcP256, label: None }).await.unwrap();
    let ended = deck.console.abort();
    assert_eq!((ended.signal(), ended.core_dumped()), (Some(6), false));
    assert!(!deck.console.log().contains("core dumped"), "{}", deck.console.log());
    let left = [deck.room.path(), deck.console.data_dir()].map(|place| run::must("find", &[place.to_str().unwrap(), "-name", "core*"]));
    assert_eq!((left, std::fs::read_dir(".").unwrap().count()), ([String::new(), String::new()], here));
    // The proof that the shell allows it: a program that gives up nothing.
    let scene = deck.room.path().join("scene");
    std::fs::create_dir(&scene).unwrap();
    let free = run::command("prlimit").args(["--core=unlimited:unlimited", "--", "sh", "-c", "kill -ABRT $$"]).current_dir(&scene).status();
    assert!(free.unwrap().core_dumped(), "cores are not allowed here, so that nothing was proved");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_of_root_reaches_its_database_and_nothing_else() {
    let room = tempfile::tempdir().unwrap();
    let outside = room.path().join("outside");
    std::fs::write(&outside, "not yours").unwrap();
    std::fs::write(room.path().join("outside.other"), "neither").unwrap();
    let libraries = tempfile::tempdir().unwrap();
    let prying = libraries.path().join("libprying.so").display().to_string();
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/e2e/prying.c");
    let define = format!("-DOUTSIDE=\"{}\"", outside.display());
    // With softoken behind it, whose functions are found through it.
    run::must("cc", &["-shared", "-fPIC", &define, "-o", &prying, source, "-Wl,--no-as-needed", "-l:libsoftokn3.so"]);
    let deck = Deck::started_by(vec!["env".to_owned(), format!("CERTDECK_SOFTOKEN={prying}")]).await;
    let log = deck.console.log();
    let answers: Vec<_> = log.lines().filter_map(|line| line.strip_prefix("prying: ")).take(8).collect();
    // EACCES is Landlock's answer, EPERM the filter's and that of Landlock to signals.
    assert_eq!(answers, ["read: 13", "write: 13", "make: 13", "remove: 13", "socket: 1", "trace: 1", "signal: 1", "program: 1"]);
    for worker in deck.console.workers() {
        assert_eq!(status(worker, "CapEff"), "000000000000000f", "chown, dac_override, dac_read_search, fowner");
    }
    assert!(health(&deck.console)[2].starts_with("worker of a database: user root; dumpable no; "));
    // What it is there for it does all the same, also in another directory that took the place of the first.
    assert!(deck.client.keys(&deck.id).await.unwrap().is_empty());
    let path = deck.database.path();
    run::must("cp", &["-a", &path, &format!("{path}.new")]);
    run::must("mv", &[&path, &format!("{path}.old")]);
    run::must("mv", &[&format!("{path}.new"), &path]);
    deck.unlock().await;
    assert!(Database::at(std::path::Path::new(&path), PASSWORD, deck.room.path()).is_whole());
    // Whoever is not confined may do all of it.
    let free = run::ask("env", &["FREE=1", &format!("LD_PRELOAD={prying}"), "cat", "/dev/null"]);
    assert!(free.err.contains("prying: read: 0\n") && free.err.contains("prying: socket: 0\n"), "{}", free.err);
}

/// A console of root's works on the database of somebody else as that user, and on one with mixed owners as root, which it says.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_of_roots_works_as_the_owner_of_its_database() {
    let owned = Database::made_by_certutil();
    run::must("chmod", &["0755", owned.directory().parent().unwrap().to_str().unwrap()]);
    run::must("chown", &["-R", "65534:65534", &owned.path()]);
    let deck = Deck::registered(owned).await;
    let owners = |deck: &Deck| -> Vec<String> { deck.console.workers().iter().map(|worker| status(*worker, "Uid")).collect() };
    let theirs = "65534\t65534\t65534\t65534";
    assert!(owners(&deck).iter().any(|uid| uid == theirs), "{:?}", owners(&deck));
    for worker in deck.console.workers() {
        assert!(is_closed(worker));
        let rights = if status(worker, "Uid") == theirs { "0000000000000000" } else { "000000000000000f" };
        assert_eq!(status(worker, "CapEff"), rights);
    }
    deck.client.create_key(&deck.id, &NewKey { algorithm: KeyAlgorithm::EcP256, label: None }).await.unwrap();
    let strangers = run::must("find", &[&deck.database.path(), "!", "-user", "nobody"]);
    assert_eq!(strangers, "");

    let mixed = Database::made_by_certutil();
    run::must("chmod", &["0755", mixed.directory().parent().unwrap().to_str().unwrap()]);
    run::must("chown", &["65534:65534", &mixed.path()]);
    let deck = Deck::registered(mixed).await;
    assert!(!owners(&deck).iter().any(|uid| uid == theirs), "{:?}", owners(&deck));
    assert!(deck.console.log().contains("has a file of somebody else's"), "{}", deck.console.log());
    deck.client.create_key(&deck.id, &NewKey { algorithm: KeyAlgorithm::EcP256, label: None }).await.unwrap();
}
