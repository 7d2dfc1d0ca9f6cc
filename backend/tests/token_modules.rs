//! Tokens of other modules: SoftHSM, and a module that hangs, dies and loses its token where it is told to.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "the oracle is another program, and a test stops at what it did not expect"
)]

mod token_support;

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use certdeck::token::{ModuleToken, Secret, TokenAddress, TokenError, TokenHandle, WorkerOptions, probe};
use certdeck_shared::api::database::DatabaseFormat;
use certdeck_shared::api::key::KeyAlgorithm;
use tempfile::TempDir;
use token_support::{Database, ECDSA_WITH_SHA256, P256, Workshop, go_on, run, succeed, to_be_signed, to_import};

const SOFTHSM: &str = "/usr/lib/softhsm/libsofthsm2.so";
const CERTDECK: &str = env!("CARGO_BIN_EXE_certdeck");

/// A SoftHSM of its own with one token, and a program that starts the worker with it.
struct SoftHsm {
    directory: TempDir,
    program: PathBuf,
}

impl SoftHsm {
    fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let tokens = directory.path().join("tokens");
        std::fs::create_dir(&tokens).unwrap();
        let configuration = directory.path().join("softhsm2.conf");
        std::fs::write(
            &configuration,
            format!("directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n", tokens.display()),
        )
        .unwrap();
        let program = directory.path().join("certdeck");
        std::fs::write(&program, format!("#!/bin/sh\nexport SOFTHSM2_CONF='{}'\nexec '{CERTDECK}' \"$@\"\n", configuration.display()))
            .unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let softhsm = Self { directory, program };
        softhsm.tool("softhsm2-util", &["--init-token", "--free", "--label", "labtoken", "--pin", "1234", "--so-pin", "12345678"]);
        softhsm
    }

    fn tool(&self, program: &str, arguments: &[&str]) -> String {
        let configuration = format!("SOFTHSM2_CONF={}", self.directory.path().join("softhsm2.conf").display());
        let output = succeed("env", &[&[configuration.as_str(), program], arguments].concat());
        String::from_utf8(output.stdout).unwrap()
    }

    async fn token(&self) -> TokenHandle {
        let facts = probe::module(&self.program, Path::new(SOFTHSM), None, probe::PATIENCE).await.unwrap();
        let token = facts.slots.iter().filter_map(|slot| slot.token.as_ref()).find(|token| token.label == "labtoken").unwrap();
        assert!(token.initialized && token.login_required && token.pin.initialized && !token.pin.locked);
        assert!(token.mechanisms.iter().any(|mechanism| mechanism.contains("RSA")), "{:?}", token.mechanisms);
        let address = TokenAddress { label: token.label.clone(), serial_number: token.serial_number.clone() };
        handle(&self.program, SOFTHSM, None, address, Duration::from_secs(60))
    }
}

fn handle(program: &Path, library: impl Into<PathBuf>, parameters: Option<String>, token: TokenAddress, patience: Duration) -> TokenHandle {
    let mut options = WorkerOptions::new(program, PathBuf::new(), DatabaseFormat::Sql);
    options.module = Some(ModuleToken { library: library.into(), parameters, token });
    options.call_timeout = patience;
    TokenHandle::new(options)
}

/// The troublesome module, built with the C compiler.
fn troublesome(directory: &TempDir) -> PathBuf {
    let library = directory.path().join("libtroublesome.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/troublesome_module.c");
    succeed("cc", &["-shared", "-fPIC", "-o", library.to_str().unwrap(), source]);
    library
}

fn troublesome_token(library: &Path, parameters: &str, patience: u64) -> TokenHandle {
    let address = TokenAddress { label: "troublesome".to_owned(), serial_number: "0001".to_owned() };
    handle(Path::new(CERTDECK), library, Some(parameters.to_owned()), address, Duration::from_secs(patience))
}

#[tokio::test]
async fn keys_requests_and_certificates_live_on_a_token_and_nss_sees_them() {
    let softhsm = SoftHsm::new();
    let token = softhsm.token().await;
    assert_eq!(token.list_keys().await.err(), Some(TokenError::NotLoggedIn));
    assert_eq!(token.login(&Secret::new("4321")).await, Err(TokenError::PinIncorrect));
    token.login(&Secret::new("1234")).await.unwrap();
    let key = token.generate_key(KeyAlgorithm::EcP256, "on the token").await.unwrap();
    let rsa = token.generate_key(KeyAlgorithm::Rsa2048, "rsa").await.unwrap();
    let mut algorithms: Vec<_> = token.list_keys().await.unwrap().into_iter().map(|key| (key.algorithm, key.label.unwrap())).collect();
    algorithms.sort();
    assert_eq!(algorithms, [("EC P-256".to_owned(), "on the token".to_owned()), ("RSA 2048".to_owned(), "rsa".to_owned())]);
    let to_be_signed = to_be_signed(&key.subject_public_key_info, "CN=token", "CN=token", &ECDSA_WITH_SHA256);
    let certificate = token.sign_self_signed(&key.id, &to_be_signed).await.unwrap();
    let other = Workshop::new().certificate_with("/CN=with a mail address/emailAddress=a@example.org", &P256, &[]);
    token.import(vec![to_import(&certificate, "Server", None), to_import(&other, "Other", None)], go_on).await.unwrap();
    let listed = token.list().await.unwrap();
    assert_eq!(listed.iter().find(|one| one.nickname.as_deref() == Some("Server")).unwrap().key_id.as_ref(), Some(&key.id));
    // As NSS sees it: the key belongs to the certificate.
    let database = Database::by_certutil();
    let directory = format!("sql:{}", database.path().display());
    let pins = softhsm.directory.path().join("pins");
    std::fs::write(&pins, format!("NSS Certificate DB:{}\nlabtoken:1234\n", token_support::PASSWORD)).unwrap();
    softhsm.tool("modutil", &["-force", "-dbdir", &directory, "-add", "SoftHSM", "-libfile", SOFTHSM]);
    let listing = softhsm.tool("certutil", &["-L", "-d", &directory, "-h", "labtoken", "-f", pins.to_str().unwrap()]);
    assert!(listing.contains("labtoken:Server") && listing.contains("u,u,u") && listing.contains("labtoken:Other"), "{listing}");
    let keys = softhsm.tool("certutil", &["-K", "-d", &directory, "-h", "labtoken", "-f", pins.to_str().unwrap()]);
    let hex: String = key.id.iter().map(|octet| format!("{octet:02x}")).collect();
    assert!(keys.contains(&hex), "{keys}");
    // And what NSS makes there, we see.
    let noise = softhsm.directory.path().join("noise");
    std::fs::write(&noise, [7; 64]).unwrap();
    let environment = format!("SOFTHSM2_CONF={}", softhsm.directory.path().join("softhsm2.conf").display());
    let make = ["-S", "-h", "labtoken", "-n", "Made", "-s", "CN=Made", "-x", "-t", ",,", "-z", noise.to_str().unwrap()];
    // certutil ends with an error: it does not log in to the database for the trust. That is the trap of the two passwords.
    run("env", &[&[&environment, "certutil", "-d", &directory, "-f", pins.to_str().unwrap()], &make[..]].concat());
    let listed = token.list().await.unwrap();
    assert!(listed.iter().any(|one| one.nickname.as_deref() == Some("Made") && one.key_id.is_some()));
    // Deleted again; a restarted worker is logged in again by itself.
    token.close().await.unwrap();
    token.delete_certificates(vec![other], false).await.unwrap();
    token.delete_key(&rsa.id).await.unwrap();
    assert_eq!(token.list_keys().await.unwrap().len(), 2);
    token.logout().await.unwrap();
    assert_eq!(token.list_keys().await.err(), Some(TokenError::NotLoggedIn));
    assert_eq!(token.list().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_module_is_tried_without_harm() {
    let directory = TempDir::new().unwrap();
    let library = troublesome(&directory);
    let program = Path::new(CERTDECK);
    let patience = Duration::from_secs(2);
    let facts = probe::module(program, &library, None, patience).await.unwrap();
    assert_eq!(
        (facts.description.as_str(), facts.library_version.as_str(), facts.cryptoki_version.as_str()),
        ("Troublesome module", "1.0", "2.40")
    );
    assert_eq!(facts.slots[0].token.as_ref().unwrap().label, "troublesome");
    let says = async |library: &Path, parameters: &str| {
        let started = Instant::now();
        let error = probe::module(program, library, Some(parameters), patience).await.unwrap_err();
        assert!(started.elapsed() < Duration::from_secs(8));
        assert!(matches!(error, TokenError::ModuleUnusable { .. }), "{error:?}");
        error.to_string()
    };
    assert!(says(&library, "hang-initialize").await.contains("did not answer within 2 s"));
    assert!(says(&library, "die-initialize").await.contains("ended the process"));
    assert!(says(Path::new("/etc/passwd"), "").await.contains("cannot be loaded"));
    assert!(says(&directory.path().join("absent.so"), "").await.contains("cannot be loaded"));
    // A library, but no module.
    let source = directory.path().join("empty.c");
    std::fs::write(&source, "int nothing;\n").unwrap();
    let empty = directory.path().join("libempty.so");
    succeed("cc", &["-shared", "-fPIC", "-o", empty.to_str().unwrap(), source.to_str().unwrap()]);
    says(&empty, "").await;
    let nss = probe::softoken(program, None, patience).await.unwrap();
    assert_eq!(nss.description, "NSS Internal Crypto Services");
}

#[tokio::test]
async fn a_token_that_hangs_or_dies_is_an_error_and_the_next_call_goes_on() {
    let directory = TempDir::new().unwrap();
    let library = troublesome(&directory);
    let hanging = troublesome_token(&library, "hang-login", 2);
    assert!(hanging.list().await.unwrap().is_empty());
    let started = Instant::now();
    assert_eq!(hanging.login(&Secret::new("1234")).await, Err(TokenError::Timeout));
    assert!(started.elapsed() < Duration::from_secs(10));
    assert!(hanging.list().await.unwrap().is_empty(), "another worker serves what does not hang");
    let dying = troublesome_token(&library, "die-find", 20);
    dying.login(&Secret::new("1234")).await.unwrap();
    assert!(matches!(dying.list().await, Err(TokenError::Crashed { .. })));
    assert!(dying.status().await.unwrap().unlocked, "unlocked again");
}

#[tokio::test]
async fn a_token_that_vanishes_is_absent_until_it_comes_back() {
    let directory = TempDir::new().unwrap();
    let library = troublesome(&directory);
    let gone = directory.path().join("gone");
    let token = troublesome_token(&library, &format!("vanish={}", gone.display()), 20);
    token.login(&Secret::new("1234")).await.unwrap();
    assert!(token.list().await.unwrap().is_empty());
    std::fs::write(&gone, "").unwrap();
    assert_eq!(token.list().await.err(), Some(TokenError::TokenAbsent));
    assert_eq!(token.status().await.err(), Some(TokenError::TokenAbsent));
    std::fs::remove_file(&gone).unwrap();
    assert!(token.list().await.unwrap().is_empty());
}
