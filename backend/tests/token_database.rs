//! Making, opening and refusing databases.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failure is a failed test")]

mod token_support;

use std::fs;

use certdeck::token::{Secret, TokenError, TokenHandle};
use certdeck_shared::api::{database::DatabaseFormat, key::KeyAlgorithm};
use token_support::{Database, P256, PASSWORD, Workshop, go_on, run, succeed, to_import};

#[tokio::test]
async fn a_new_database_is_one_for_certutil_with_that_password_only() {
    let database = Database::empty();
    let token = database.handle();
    token.create(&Secret::new(PASSWORD)).await.unwrap();
    let status = token.status().await.unwrap();
    assert!(status.login_required && status.unlocked && !status.write_protected, "{status:?}");
    assert_eq!(status.label, "NSS Certificate DB");
    token.generate_key(KeyAlgorithm::EcP256, "first").await.unwrap();

    database.certutil(&["-L"]);
    assert!(database.certutil(&["-K"]).contains("ec"));
    fs::write(&database.password_file, "something else\n").unwrap();
    assert!(!database.certutil_output(&["-K"]).status.success());
    let modules = succeed("modutil", &["-list", "-dbdir", &format!("sql:{}", database.path().display())]);
    assert!(String::from_utf8_lossy(&modules.stdout).contains("NSS Internal PKCS #11 Module"));
    for file in ["cert9.db", "key4.db", "pkcs11.txt"] {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(database.path().join(file)).unwrap().permissions().mode() & 0o777, 0o600, "{file}");
    }
}

#[tokio::test]
async fn pkcs11_txt_is_the_one_certutil_writes() {
    let ours = Database::empty();
    ours.handle().create(&Secret::new(PASSWORD)).await.unwrap();
    let theirs = Database::by_certutil();
    let text = |database: &Database| {
        fs::read_to_string(database.path().join("pkcs11.txt")).unwrap().replace(database.path().to_str().unwrap(), "DIRECTORY")
    };
    assert_eq!(text(&ours), text(&theirs));
}

#[tokio::test]
async fn an_empty_password_means_none() {
    let database = Database::with_password("");
    let token = database.handle();
    token.create(&Secret::new("")).await.unwrap();
    let status = token.status().await.unwrap();
    assert!(!status.login_required && status.unlocked, "{status:?}");
    token.generate_key(KeyAlgorithm::EcP384, "open").await.unwrap();
    assert!(database.certutil(&["-K"]).contains("ec"));
    token.close().await.unwrap();
    assert_eq!(token.list_keys().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_ends_no_login() {
    let database = Database::by_certutil();
    let token = database.handle();
    assert_eq!(token.login(&Secret::new("wrong")).await, Err(TokenError::PinIncorrect));
    assert_eq!(token.login(&Secret::new("")).await, Err(TokenError::PinIncorrect));
    assert_eq!(token.list_keys().await, Err(TokenError::NotLoggedIn));
    token.login(&Secret::new(PASSWORD)).await.unwrap();
    assert_eq!(token.login(&Secret::new("wrong")).await, Err(TokenError::PinIncorrect));
    assert_eq!(token.verify_password(&Secret::new("wrong")).await, Err(TokenError::PinIncorrect));
    token.verify_password(&Secret::new(PASSWORD)).await.unwrap();
    assert!(token.status().await.unwrap().unlocked);
    token.logout().await.unwrap();
    token.logout().await.unwrap();
    assert!(!token.status().await.unwrap().unlocked);
    token.verify_password(&Secret::new(PASSWORD)).await.unwrap();
    assert_eq!(token.list_keys().await, Err(TokenError::NotLoggedIn));
}

#[tokio::test]
async fn creating_never_touches_what_is_there() {
    let database = Database::empty();
    fs::write(database.path().join("key3.db"), "old").unwrap();
    assert!(
        matches!(database.handle().create(&Secret::new(PASSWORD)).await, Err(TokenError::DatabaseExists { file }) if file.ends_with("key3.db"))
    );
    assert_eq!(fs::read_dir(database.path()).unwrap().count(), 1);

    let database = Database::by_certutil();
    let before = fs::read(database.path().join("key4.db")).unwrap();
    assert!(matches!(database.handle().create(&Secret::new(PASSWORD)).await, Err(TokenError::DatabaseExists { .. })));
    assert_eq!(fs::read(database.path().join("key4.db")).unwrap(), before);
}

#[tokio::test]
async fn what_is_no_database_is_unusable_with_its_reason() {
    for (content, word) in [(None, "No such file"), (Some(&b"garbage, and more garbage"[..]), "not an SQLite"), (Some(&b""[..]), "empty")] {
        let database = Database::by_certutil();
        let file = database.path().join("cert9.db");
        match content {
            Some(octets) => fs::write(&file, octets).unwrap(),
            None => fs::remove_file(&file).unwrap(),
        }
        let answer = database.handle().status().await;
        assert!(matches!(&answer, Err(TokenError::Unusable { reason }) if reason.contains(word)), "{answer:?}");
        assert_eq!(file.exists(), content.is_some(), "nothing is made by looking");
    }
}

#[tokio::test]
async fn a_file_damaged_inside_is_unusable() {
    let database = Database::by_certutil();
    let file = database.path().join("cert9.db");
    let mut octets = fs::read(&file).unwrap();
    for octet in &mut octets[100..] {
        *octet ^= 0x5a;
    }
    fs::write(&file, octets).unwrap();
    let answer = database.handle().list().await;
    assert!(matches!(&answer, Err(TokenError::Unusable { .. })), "{answer:?}");
}

#[tokio::test]
async fn a_directory_that_nss_cannot_name_is_refused() {
    let database = Database::by_certutil();
    for name in ["it's", "a>b", "back\\slash", "[x"] {
        let odd = database.directory.path().join(name);
        fs::rename(database.path(), &odd).unwrap();
        let mut options = database.options();
        options.directory.clone_from(&odd);
        let answer = TokenHandle::new(options).status().await;
        assert!(matches!(&answer, Err(TokenError::Unusable { reason }) if reason.contains("in its name")), "{answer:?}");
        fs::rename(&odd, database.path()).unwrap();
    }
    let spaced = database.directory.path().join("with space, comma = ünd");
    fs::rename(database.path(), &spaced).unwrap();
    let mut options = database.options();
    options.directory = spaced;
    let token = TokenHandle::new(options);
    token.login(&Secret::new(PASSWORD)).await.unwrap();
    token.generate_key(KeyAlgorithm::EcP256, "k").await.unwrap();
}

#[tokio::test]
async fn a_missing_library_is_said() {
    let database = Database::by_certutil();
    let mut options = database.options();
    options.softoken = Some("/nonexistent/libsoftokn3.so".into());
    let answer = TokenHandle::new(options).status().await;
    assert!(matches!(&answer, Err(TokenError::Unusable { reason }) if reason.contains("/nonexistent/libsoftokn3.so")), "{answer:?}");
}

#[tokio::test]
async fn a_missing_program_is_said() {
    let database = Database::by_certutil();
    let mut options = database.options();
    options.program = "/nonexistent/certdeck".into();
    let answer = TokenHandle::new(options).status().await;
    assert!(matches!(&answer, Err(TokenError::Crashed { reason }) if reason.contains("/nonexistent/certdeck")), "{answer:?}");
}

#[tokio::test]
async fn a_replaced_database_is_opened_anew_and_unlocked() {
    let workshop = Workshop::new();
    let database = Database::by_certutil();
    let copy = database.directory.path().join("copy");
    succeed("cp", &["-a", database.path().to_str().unwrap(), copy.to_str().unwrap()]);
    let token = database.unlocked().await;
    let certificate = workshop.certificate("/CN=gone", &P256);
    token.import(vec![to_import(&certificate, "gone", Some("C,,"))], go_on).await.unwrap();
    assert_eq!(token.list().await.unwrap().len(), 1);
    for file in ["cert9.db", "key4.db"] {
        fs::rename(copy.join(file), database.path().join(file)).unwrap();
    }
    assert_eq!(token.list().await.unwrap().len(), 0);
    token.import(vec![to_import(&certificate, "again", Some("C,,"))], go_on).await.unwrap();
    assert_eq!(database.certutil_trust()["again"], "C,,");
}

#[tokio::test]
async fn a_dbm_database_is_listed_and_never_written() {
    let workshop = Workshop::new();
    let database = Database::empty();
    let directory = format!("dbm:{}", database.path().display());
    let dbm = |arguments: &[&str]| {
        let mut all = arguments.to_vec();
        all.extend(["-d", &directory, "-f", database.password_file.to_str().unwrap()]);
        succeed("certutil", &all)
    };
    dbm(&["-N"]);
    let file = workshop.write("ca.der", &workshop.certificate("/CN=Old CA", &P256));
    dbm(&["-A", "-n", "Old CA", "-t", "CT,C,p", "-i", file.to_str().unwrap()]);
    let noise = workshop.write("noise", &[7; 64]);
    dbm(&["-S", "-n", "server", "-s", "CN=server", "-x", "-t", "u,u,u", "-z", noise.to_str().unwrap()]);

    let mut options = database.options();
    options.format = DatabaseFormat::Dbm;
    let token = TokenHandle::new(options);
    let flags = |list: Vec<certdeck::token::TokenCertificate>| {
        let mut found: Vec<_> = list.into_iter().map(|entry| (entry.nickname.unwrap(), entry.trust.to_string())).collect();
        found.sort();
        found
    };
    let expected = [("Old CA".to_owned(), "CT,C,p".to_owned()), ("server".to_owned(), "u,u,u".to_owned())];
    assert_eq!(flags(token.list().await.unwrap()), expected);
    token.login(&Secret::new(PASSWORD)).await.unwrap();
    assert_eq!(flags(token.list().await.unwrap()), expected);
    let keys = token.list_keys().await.unwrap();
    assert_eq!(keys.len(), 1);
    assert_eq!(keys[0].algorithm, "RSA 2048");
    assert!(token.status().await.unwrap().write_protected);
    let refused = token.generate_key(KeyAlgorithm::EcP256, "no").await;
    assert!(matches!(&refused, Err(TokenError::WriteProtected { reason }) if reason.contains("dbm")), "{refused:?}");
    assert!(!database.path().join("cert9.db").exists());
}

#[tokio::test]
async fn a_database_that_cannot_be_written_is_read_and_its_keys_used() {
    let database = Database::by_certutil();
    let token = database.unlocked().await;
    let key = token.generate_key(KeyAlgorithm::EcP256, "k").await.unwrap();
    token.close().await.unwrap();
    // Tests run as root, whom no mode stops: a read-only mount does.
    let Some(guard) = Mounted::read_only(&database) else {
        panic!("a read-only mount is not possible here");
    };
    let status = token.status().await.unwrap();
    assert!(status.write_protected, "{status:?}");
    assert_eq!(token.list_keys().await.unwrap()[0].id, key.id);
    token.private_key_pkcs8(&key.id).await.unwrap();
    let refused = token.generate_key(KeyAlgorithm::EcP256, "no").await;
    assert!(matches!(&refused, Err(TokenError::WriteProtected { .. })), "{refused:?}");
    drop(guard);
}

/// A mount that is undone at the end.
struct Mounted {
    directory: std::path::PathBuf,
}

impl Mounted {
    fn read_only(database: &Database) -> Option<Self> {
        let directory = database.path();
        let text = directory.to_str().unwrap();
        if run("mount", &["--bind", text, text]).status.success() {
            let guard = Self { directory: directory.clone() };
            return run("mount", &["-o", "remount,bind,ro", text]).status.success().then_some(guard);
        }
        None
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        run("umount", &["-l", self.directory.to_str().unwrap()]);
    }
}

#[tokio::test]
async fn a_full_file_system_is_said_and_loses_nothing() {
    let workshop = Workshop::new();
    let database = Database::empty();
    let text = database.path().to_str().unwrap().to_owned();
    succeed("mount", &["-t", "tmpfs", "-o", "size=256k,mode=0700", "tmpfs", &text]);
    let guard = Mounted { directory: database.path() };
    let token = database.handle();
    token.create(&Secret::new(PASSWORD)).await.unwrap();
    let mut kept = 0;
    let answer = loop {
        let certificate = workshop.certificate(&format!("/CN=number {kept}"), &P256);
        match token.import(vec![to_import(&certificate, &format!("n{kept}"), Some("C,,"))], go_on).await {
            Ok(_) => kept += 1,
            Err(error) => break error,
        }
        assert!(kept < 1000, "never full");
    };
    assert!(matches!(answer, TokenError::DiskFull), "{answer:?}");
    assert_eq!(token.list().await.unwrap().len(), kept);
    drop(token);
    drop(guard);
}
