//! Databases: created here, registered from elsewhere, locked and unlocked.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use certdeck_shared::api::database::{DatabaseChange, DatabaseFormat, DatabaseState, NewDatabase, PasswordFiles, TokenLogin};
use certdeck_shared::api::problem::ProblemCode;
use support::certificates::Authority;
use support::database::{Database, PASSWORD};
use support::deck::{Deck, create, empty, item, refusal};
use support::{poll, run};

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o7777
}

#[tokio::test(flavor = "multi_thread")]
async fn a_created_database_is_one_that_certutil_opens_with_either_password_file() {
    let deck = Deck::new().await;
    let directory = deck.database.directory();
    assert_eq!(mode(directory), 0o700);
    for file in ["cert9.db", "key4.db", "pkcs11.txt", "password.txt", "sslpassword.conf"] {
        assert_eq!(mode(&directory.join(file)), 0o600, "{file}");
    }
    assert_eq!(std::fs::read_to_string(directory.join("password.txt")).unwrap().trim_end(), PASSWORD);
    let lines = std::fs::read_to_string(directory.join("sslpassword.conf")).unwrap();
    assert_eq!(lines.trim_end(), format!("Internal (Software) Token:{PASSWORD}"));
    let sql = format!("sql:{}", directory.display());
    let password_file = directory.join("password.txt");
    let noise = deck.room.path().join("noise");
    std::fs::write(&noise, [7; 64]).unwrap();
    let generate = ["-G", "-d", &sql, "-f", password_file.to_str().unwrap(), "-z", noise.to_str().unwrap(), "-k", "ec", "-q", "nistp256"];
    run::must("certutil", &generate);
    assert_eq!(deck.database.keys().len(), 1);
    run::must("modutil", &["-list", "-dbdir", &sql, "-force"]);
    let again = refusal(deck.client.add_database(&create(directory)).await);
    assert!(matches!(again, ProblemCode::AlreadyExists | ProblemCode::DatabaseExists), "{again:?}");
    let other = Database::made_by_certutil();
    assert_eq!(refusal(deck.client.add_database(&create(other.directory())).await), ProblemCode::DatabaseExists);
    assert!(!other.directory().join("password.txt").exists());
    assert_eq!(deck.database.keys().len(), 1, "the refusal left the database alone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_weak_password_is_refused_unless_it_is_wanted_and_password_files_can_be_left_out() {
    let (room, _console, client) = empty().await;
    let path = room.path().join("nss");
    let with = |password: &str, plain: bool, accept: bool| NewDatabase::Create {
        path: path.display().to_string(),
        label: Some("Weak".to_owned()),
        password: password.to_owned(),
        owner: None,
        group: None,
        mode: None,
        password_files: PasswordFiles { plain, sslpassword_conf: false },
        accept_weak_password: accept,
    };
    assert_eq!(refusal(client.add_database(&with("netscape!", true, false)).await), ProblemCode::PasswordWeak);
    assert!(!path.join("cert9.db").exists(), "nothing was made");
    let created = client.add_database(&with("netscape!", true, true)).await.unwrap();
    assert_eq!(created.label, "Weak");
    assert!(!created.warnings.is_empty(), "a recognised default password is flagged");
    assert!(path.join("password.txt").exists() && !path.join("sslpassword.conf").exists());
    Database::at(&path, "netscape!", room.path()).certutil_must(&["-L"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registered_database_is_read_as_certutil_wrote_it_and_forgetting_leaves_it() {
    let database = Database::made_by_certutil();
    let authority = Authority::new("Registered CA");
    database.add("Registered CA", "CT,C,C", &authority.certificate);
    let deck = Deck::registered(database).await;
    let registered = deck.client.database(&deck.id).await.unwrap();
    assert_eq!((registered.format, registered.certificates, registered.keys), (DatabaseFormat::Sql, Some(1), Some(0)));
    assert_eq!(registered.state, DatabaseState::Usable);
    assert_eq!(registered.mode, format!("{:04o}", mode(deck.database.directory())));
    deck.certutil_agrees().await;
    assert_eq!(deck.named("Registered CA").await.der.0, authority.certificate);

    let again = NewDatabase::Register { path: deck.database.path(), prefix: None, label: None };
    assert_eq!(refusal(deck.client.add_database(&again).await), ProblemCode::AlreadyExists);
    let renamed = deck.client.change_database(&deck.id, &DatabaseChange { label: "Mail".to_owned() }).await.unwrap();
    assert_eq!(renamed.label, "Mail");
    deck.client.forget_database(&deck.id).await.unwrap();
    assert_eq!(refusal(deck.client.database(&deck.id).await), ProblemCode::NotFound);
    assert_eq!(deck.database.listing().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_database_is_not_registered() {
    let (room, _console, client) = empty().await;
    let register = |path: &Path| NewDatabase::Register { path: path.display().to_string(), prefix: None, label: None };
    let nowhere = refusal(client.add_database(&register(&room.path().join("nowhere"))).await);
    assert!(matches!(nowhere, ProblemCode::NotFound | ProblemCode::InvalidInput | ProblemCode::DatabaseUnusable), "{nowhere:?}");
    let empty = refusal(client.add_database(&register(room.path())).await);
    assert!(matches!(empty, ProblemCode::NotFound | ProblemCode::InvalidInput | ProblemCode::DatabaseUnusable), "{empty:?}");
    let relative = refusal(client.add_database(&register(Path::new("relative/path"))).await);
    assert_eq!(relative, ProblemCode::InvalidInput);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dbm_database_is_recognised_and_read() {
    let database = Database::made_in_format("dbm");
    let authority = Authority::new("Old CA");
    let file = database.password_file().with_file_name("old.der");
    std::fs::write(&file, &authority.certificate).unwrap();
    let dbm = format!("dbm:{}", database.path());
    run::must(
        "certutil",
        &["-A", "-d", &dbm, "-f", database.password_file().to_str().unwrap(), "-n", "Old CA", "-t", "C,,", "-i", file.to_str().unwrap()],
    );
    let (_room, _console, client) = empty().await;
    let registered = client.add_database(&NewDatabase::Register { path: database.path(), prefix: None, label: None }).await.unwrap();
    assert_eq!(registered.format, DatabaseFormat::Dbm);
    let listed = client.certificates(&registered.id).await.unwrap().certificates;
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].nickname.as_deref(), listed[0].trust.as_str()), (Some("Old CA"), "C,,"));
    assert_eq!(listed[0].der.0, authority.certificate);
    assert!(!database.directory().join("cert9.db").exists(), "reading converts nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_opens_by_password_or_by_a_password_file_of_either_format() {
    let deck = Deck::new().await;
    let by_password = |password: &str| TokenLogin { password: Some(password.to_owned()), password_file: None };
    let by_file = |path: &Path| TokenLogin { password: None, password_file: Some(path.display().to_string()) };
    let unlocked = async || deck.client.database(&deck.id).await.unwrap().token.unlocked;

    deck.client.lock(&deck.id, "internal").await.unwrap();
    assert!(!unlocked().await);
    let ca = Authority::new("Locked");
    assert_eq!(refusal(deck.try_import(vec![item(ca.certificate.clone(), "Locked", "C,,")]).await), ProblemCode::TokenLocked);
    assert_eq!(refusal(deck.client.unlock(&deck.id, "internal", &by_password("wrong")).await), ProblemCode::PinIncorrect);
    assert!(!unlocked().await);
    for file in ["password.txt", "sslpassword.conf"] {
        deck.client.unlock(&deck.id, "internal", &by_file(&deck.database.directory().join(file))).await.unwrap();
        assert!(unlocked().await, "{file}");
        deck.client.lock(&deck.id, "internal").await.unwrap();
    }
    let missing = refusal(deck.client.unlock(&deck.id, "internal", &by_file(Path::new("/nowhere/password.txt"))).await);
    assert!(matches!(missing, ProblemCode::InvalidInput | ProblemCode::NotFound), "{missing:?}");
    assert_eq!(refusal(deck.client.unlock(&deck.id, "internal", &TokenLogin::default()).await), ProblemCode::InvalidInput);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_certutil_changes_meanwhile_shows_up_by_itself() {
    let deck = Deck::new().await;
    let before = deck.client.database(&deck.id).await.unwrap().revision;
    let mut events = deck.client.transport().raw(reqwest::Method::GET, "/api/v1/events").send().await.unwrap();
    assert_eq!(events.headers()["content-type"], "text/event-stream");
    deck.database.add("Outsider", "CT,,", &Authority::new("Outsider").certificate);
    let told = async {
        let mut text = String::new();
        while let Some(chunk) = events.chunk().await.unwrap() {
            text.push_str(&String::from_utf8_lossy(&chunk));
            if text.contains("database-changed") && text.contains(&deck.id) {
                return;
            }
        }
        panic!("the events ended");
    };
    tokio::time::timeout(Duration::from_secs(20), told).await.expect("an event tells of the change");
    assert_eq!(deck.named("Outsider").await.trust, "CT,,");
    poll::until_true("another revision", Duration::from_secs(20), async || {
        deck.client.database(&deck.id).await.unwrap().revision != before
    })
    .await;
    deck.database.certutil_must(&["-M", "-n", "Outsider", "-t", "p,p,p"]);
    assert_eq!(deck.named("Outsider").await.trust, "p,p,p");
    deck.database.certutil_must(&["-D", "-n", "Outsider"]);
    assert!(deck.listed().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_embedded_database_is_there_from_the_start() {
    let (_room, _console, client) = empty().await;
    let databases = client.databases().await.unwrap();
    let embedded = databases.iter().find(|database| database.embedded).expect("one database belongs to the console");
    assert!(!client.certificates(&embedded.id).await.unwrap().certificates.is_empty(), "the console's own certificate lives in it");
    let found = client.found_databases().await.unwrap();
    assert!(found.iter().all(|found| Path::new(&found.path).is_absolute()));
}
