//! Databases that cannot be opened, read or written, and why.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use certdeck_shared::api::account::{NewApiToken, SignIn};
use certdeck_shared::api::certificate::CertificateChange;
use certdeck_shared::api::client::Client;
use certdeck_shared::api::database::{DatabaseState, NewDatabase, TokenLogin};
use certdeck_shared::api::key::{KeyAlgorithm, NewKey};
use certdeck_shared::api::problem::ProblemCode;
use certdeck_shared::api::role::{Grants, Role};
use support::certificates::{Authority, Template};
use support::console::{Console, Options};
use support::database::{Database, PASSWORD};
use support::deck::{Deck, create, empty, item, refusal, unchanged};
use support::mounts::{Mount, is_root};
use support::run;
use support::transport::Native;

fn chmod(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

fn register(path: &Path) -> NewDatabase {
    NewDatabase::Register { path: path.display().to_string(), prefix: None, label: None }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_opens_nothing_and_changes_nothing() {
    let deck = Deck::registered(Database::made_by_certutil()).await;
    deck.client.lock(&deck.id, "internal").await.unwrap();
    let files = |name: &str| std::fs::read(deck.database.directory().join(name)).unwrap();
    let before = (files("cert9.db"), files("key4.db"));
    for wrong in ["", "wrong", &PASSWORD.to_uppercase(), &"x".repeat(5000), "nul\0inside"] {
        let login = TokenLogin { password: Some(wrong.to_owned()), password_file: None };
        let code = refusal(deck.client.unlock(&deck.id, "internal", &login).await);
        assert!(
            matches!(code, ProblemCode::PinIncorrect | ProblemCode::InvalidInput | ProblemCode::TooManyAttempts),
            "{wrong:.20}: {code:?}"
        );
    }
    let key = NewKey { algorithm: KeyAlgorithm::EcP256, label: None };
    assert_eq!(refusal(deck.client.create_key(&deck.id, &key).await), ProblemCode::TokenLocked);
    assert!(before == (files("cert9.db"), files("key4.db")), "the files are the same");
}

/// Root reads everything, so the console runs as nobody; without root, the directory forbids its owner.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_another_owner_is_a_problem_that_says_so() {
    let database = Database::made_by_certutil();
    let room = tempfile::tempdir().unwrap();
    chmod(room.path(), 0o777);
    let mut options = Options::new(room.path().join("data"));
    let closed = if is_root() {
        // Where the project lies nobody may be allowed to look.
        let copy = room.path().join("certdeck");
        std::fs::copy(&options.program, &copy).unwrap();
        options.program = copy;
        options.wrapper = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"].map(str::to_owned).to_vec();
        0o700
    } else {
        0o000
    };
    let outer = database.directory().parent().unwrap();
    chmod(outer, 0o755);
    chmod(database.directory(), closed);
    let console = Console::start(&options);
    let client = console.set_up().await;
    let code = refusal(client.add_database(&register(database.directory())).await);
    assert!(matches!(code, ProblemCode::DatabaseUnusable | ProblemCode::DatabaseReadOnly | ProblemCode::InvalidInput), "{code:?}");
    let inside = refusal(client.add_database(&create(&database.directory().join("below"))).await);
    assert!(matches!(inside, ProblemCode::DatabaseUnusable | ProblemCode::DatabaseReadOnly | ProblemCode::InvalidInput), "{inside:?}");

    // Readable, but not ours to write.
    chmod(database.directory(), if is_root() { 0o755 } else { 0o555 });
    for file in ["cert9.db", "key4.db", "pkcs11.txt"] {
        chmod(&database.directory().join(file), if is_root() { 0o644 } else { 0o444 });
    }
    let registered = client.add_database(&register(database.directory())).await.unwrap();
    assert!(matches!(registered.state, DatabaseState::ReadOnly { .. }), "{:?}", registered.state);
    let login = TokenLogin { password: Some(PASSWORD.to_owned()), password_file: None };
    drop(client.unlock(&registered.id, "internal", &login).await);
    let import =
        certdeck_shared::api::import::Import { certificates: vec![item(Authority::new("Not mine").certificate, "not mine", ",,")] };
    let code = unchanged(&database, async { refusal(client.import(&registered.id, &import, false).await) }).await;
    assert_eq!(code, ProblemCode::DatabaseReadOnly);
    chmod(database.directory(), 0o700);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_root_writes_keeps_its_owner_and_modes() {
    if !is_root() {
        eprintln!("not root: owners cannot be given away, nothing to check");
        return;
    }
    let database = Database::made_by_certutil();
    chmod(database.directory().parent().unwrap(), 0o755);
    run::must("chown", &["-R", "65534:65534", &database.path()]);
    let facts = |database: &Database| {
        run::must(
            "stat",
            &[
                "-c",
                "%n %U %G %a",
                &database.path(),
                &format!("{}/cert9.db", database.path()),
                &format!("{}/key4.db", database.path()),
                &format!("{}/pkcs11.txt", database.path()),
            ],
        )
    };
    let before = facts(&database);
    let deck = Deck::registered(database).await;
    let report = deck.import(vec![item(Authority::new("Nobody's").certificate, "theirs", "CT,C,C")]).await;
    assert_eq!(facts(&deck.database), before);
    deck.client.restore(&deck.id, &report.snapshot.unwrap()).await.unwrap();
    assert_eq!(facts(&deck.database), before, "after a restoration as well");
    assert!(deck.database.listing().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_file_system_is_read_and_not_written() {
    let mount = Mount::tmpfs(4 << 20);
    let made = Database::made_by_certutil();
    made.add("There", "C,,", &Authority::new("There").certificate);
    run::must("cp", &["-a", &made.path(), mount.path().to_str().unwrap()]);
    mount.read_only();
    let (room, _console, client) = empty().await;
    let directory = mount.path().join("nss");
    let registered = client.add_database(&register(&directory)).await.unwrap();
    assert!(matches!(registered.state, DatabaseState::ReadOnly { .. }), "{:?}", registered.state);
    let listed = client.certificates(&registered.id).await.unwrap().certificates;
    assert_eq!((listed.len(), listed[0].trust.as_str()), (1, "C,,"));
    let login = TokenLogin { password: Some(PASSWORD.to_owned()), password_file: None };
    client.unlock(&registered.id, "internal", &login).await.unwrap();
    let database = Database::at(&directory, PASSWORD, room.path());
    let import = certdeck_shared::api::import::Import { certificates: vec![item(Authority::new("New").certificate, "new", ",,")] };
    let rename = CertificateChange { nickname: Some("other".to_owned()), trust: None };
    unchanged(&database, async {
        assert_eq!(refusal(client.import(&registered.id, &import, false).await), ProblemCode::DatabaseReadOnly);
        assert_eq!(
            refusal(client.change_certificate(&registered.id, &listed[0].fingerprint_sha256, &rename, None).await),
            ProblemCode::DatabaseReadOnly
        );
        assert_eq!(
            refusal(client.create_key(&registered.id, &NewKey { algorithm: KeyAlgorithm::EcP256, label: None }).await),
            ProblemCode::DatabaseReadOnly
        );
        assert_eq!(refusal(client.add_database(&create(&mount.path().join("another"))).await), ProblemCode::DatabaseReadOnly);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_changes_nothing_and_room_is_all_that_is_needed() {
    let mount = Mount::tmpfs(1 << 20);
    let (room, console, client) = empty().await;
    let directory = mount.path().join("nss");
    let created = client.add_database(&create(&directory)).await.unwrap();
    let deck = Deck { database: Database::at(&directory, PASSWORD, room.path()), id: created.id, console, client, room };
    deck.unlock().await;
    let template = Template::new();
    let items = |from: u32, to: u32| {
        (from..to).map(|number| item(template.numbered(number), &Template::nickname(number), "CT,C,C")).collect::<Vec<_>>()
    };
    deck.import(items(0, 3)).await;
    let filler = mount.fill();
    unchanged(&deck.database, async {
        assert_eq!(refusal(deck.try_import(items(3, 43)).await), ProblemCode::DiskFull);
        let filled = refusal(deck.client.add_database(&create(&mount.path().join("another"))).await);
        assert_eq!(filled, ProblemCode::DiskFull);
    })
    .await;
    assert!(deck.database.is_whole());
    std::fs::remove_file(filler).unwrap();
    deck.import(items(3, 43)).await;
    deck.certutil_agrees().await;
}

/// Many at once go past softoken; a disk that is full before them or becomes so in the middle changes nothing all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_too_small_for_many_certificates_keeps_none_of_them() {
    let mount = Mount::tmpfs(2 << 20);
    let (room, console, client) = empty().await;
    let directory = mount.path().join("nss");
    let created = client.add_database(&create(&directory)).await.unwrap();
    let deck = Deck { database: Database::at(&directory, PASSWORD, room.path()), id: created.id, console, client, room };
    deck.unlock().await;
    let template = Template::new();
    let items =
        |count: u32| (0..count).map(|number| item(template.numbered(number), &Template::nickname(number), "CT,C,C")).collect::<Vec<_>>();
    unchanged(&deck.database, async { assert_eq!(refusal(deck.try_import(items(1_500)).await), ProblemCode::DiskFull) }).await;
    let filler = mount.fill();
    unchanged(&deck.database, async { assert_eq!(refusal(deck.try_import(items(60)).await), ProblemCode::DiskFull) }).await;
    std::fs::remove_file(filler).unwrap();
    assert!(deck.database.is_whole());
    deck.import(items(60)).await;
    deck.certutil_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_directory_without_room_for_a_snapshot_stops_the_write() {
    let mount = Mount::tmpfs(3 << 20);
    let room = tempfile::tempdir().unwrap();
    let console = Console::start(&Options::new(mount.path().join("data")));
    let client = console.set_up().await;
    let directory = room.path().join("nss");
    let created = client.add_database(&create(&directory)).await.unwrap();
    let deck = Deck { database: Database::at(&directory, PASSWORD, room.path()), id: created.id, console, client, room };
    deck.unlock().await;
    let reader =
        NewApiToken { label: "never used".to_owned(), grants: Grants::everywhere(Role::Viewer), expires_in_days: None, unattended: false };
    let reader = Client::new(Native::with_token(&deck.console.origin, &deck.client.create_api_token(&reader).await.unwrap().secret));
    let filler = mount.fill();
    // Its first use cannot be noted; what is there is read all the same.
    assert!(reader.certificates(&deck.id).await.unwrap().certificates.is_empty());
    let work = async { refusal(deck.try_import(vec![item(Authority::new("Homeless").certificate, "homeless", ",,")]).await) };
    assert_eq!(unchanged(&deck.database, work).await, ProblemCode::DiskFull);
    std::fs::remove_file(filler).unwrap();
    deck.import(vec![item(Authority::new("Housed").certificate, "housed", ",,")]).await;
    deck.certutil_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_cannot_be_written_stops_nobody() {
    let room = tempfile::tempdir().unwrap();
    let wrapper = ["sh", "-c", "exec \"$0\" \"$@\" 2>/dev/full"].map(str::to_owned).to_vec();
    let console = Console::start(&Options { wrapper, ..Options::new(room.path().join("data")) });
    let client = console.set_up().await;
    // A wrong password is a line of the log.
    let wrong = SignIn { user_name: "nobody".to_owned(), password: "not hers".to_owned(), ..SignIn::default() };
    assert_eq!(refusal(client.sign_in(&wrong).await), ProblemCode::CredentialsIncorrect);
    assert_eq!(console.log(), "");
    client.databases().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_another_program_locks_is_busy_and_not_broken() {
    let deck = Deck::new().await;
    deck.import(vec![item(Authority::new("There").certificate, "there", "C,,")]).await;
    let holder = rusqlite::Connection::open(deck.database.directory().join("cert9.db")).unwrap();
    holder.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let started = Instant::now();
    let code = refusal(deck.try_import(vec![item(Authority::new("Later").certificate, "later", ",,")]).await);
    assert!(matches!(code, ProblemCode::DatabaseBusy | ProblemCode::TokenTimeout), "{code:?}");
    assert!(started.elapsed() < Duration::from_secs(90), "it took {:?} to say so", started.elapsed());
    // Whether the listing comes from memory or is refused: it does not hang, and the console answers.
    if let Err(error) = deck.client.certificates(&deck.id).await {
        assert_eq!(error.code(), Some(ProblemCode::DatabaseBusy));
    }
    deck.client.databases().await.unwrap();
    holder.execute_batch("ROLLBACK").unwrap();
    assert_eq!(deck.database.listing().len(), 1);
    deck.import(vec![item(Authority::new("Later").certificate, "later", ",,")]).await;
    deck.certutil_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_in_place_of_a_database_is_named_and_left_alone() {
    let (room, _console, client) = empty().await;
    let good = Database::made_by_certutil();
    let whole = std::fs::read(good.directory().join("cert9.db")).unwrap();
    let mut torn = whole.clone();
    torn[100..].reverse();
    let contents: [(&str, Vec<u8>); 4] =
        [("noise", vec![0xA5; 50_000]), ("empty", Vec::new()), ("text", b"hello".to_vec()), ("torn", torn)];
    for (name, content) in contents {
        for file in ["cert9.db", "key4.db"] {
            let directory = room.path().join(format!("{name}-{file}"));
            run::must("cp", &["-a", &good.path(), directory.to_str().unwrap()]);
            std::fs::write(directory.join(file), &content).unwrap();
            match client.add_database(&register(&directory)).await {
                Err(error) => assert_eq!(error.code(), Some(ProblemCode::DatabaseUnusable), "{name} {file}"),
                // Certificates can be read without the keys; then the state must say what is wrong, unless NSS itself sees nothing wrong.
                Ok(database) => {
                    let login = TokenLogin { password: Some(PASSWORD.to_owned()), password_file: None };
                    let unlocked = client.unlock(&database.id, "internal", &login).await;
                    let import =
                        certdeck_shared::api::import::Import { certificates: vec![item(Authority::new("X").certificate, "x", "C,,")] };
                    let imported = client.import(&database.id, &import, false).await;
                    let told =
                        !matches!(database.state, DatabaseState::Usable) || unlocked.is_err() || imported.is_err() || name == "empty";
                    assert!(told, "{name} {file} was taken for a database");
                }
            }
            if name != "empty" {
                assert_eq!(std::fs::read(directory.join(file)).unwrap(), content, "{name} {file} was left alone");
            }
        }
    }
}
