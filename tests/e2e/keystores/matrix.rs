//! PKCS#12 between us, pk12util, openssl and keytool: today's ciphers and the last century's, RSA and EC, passwords of ASCII, of more, and
//! none. Everything is read, but for what Java does not do: it takes passwords of ASCII only, and writes none shorter than six.

use certdeck_shared::api::database::{NewDatabase, TokenLogin};
use certdeck_shared::api::keystore::{Pkcs12Export, Pkcs12Strength};
use certdeck_shared::api::problem::ProblemCode;
use certdeck_shared::x509::parse;
use support::certificates::from_pem;
use support::database::{Database, PASSWORD};
use support::deck::{Deck, refusal, unchanged};
use support::run;

use super::workshop::{FILE_PASSWORD, KINDS, Workshop, ask_keytool, import, keytool, pk12util, stocked};

const STRENGTHS: [Pkcs12Strength; 2] = [Pkcs12Strength::Modern, Pkcs12Strength::Legacy];

/// A password with a nickname, and what Java says of it when it writes, and when it reads.
const PASSWORDS: [(&str, &str, Option<[&str; 2]>); 3] = [
    (FILE_PASSWORD, "server", None),
    ("pässwört€ lang", "Zürich 服务器", Some(["Password is not ASCII", "password was incorrect"])),
    ("", "no password", Some(["must be at least 6 characters", ""])),
];

/// 3DES, RC2-40 and SHA-1, as pk12util is told.
const LEGACY_OF_PK12UTIL: [&str; 6] =
    ["-c", "PKCS #12 V2 PBE With SHA-1 And 3KEY Triple DES-CBC", "-C", "PKCS #12 V2 PBE With SHA-1 And 40 Bit RC2 CBC", "-M", "SHA-1"];

/// A file of each writer: its name, and the file or what it said instead.
fn written(
    workshop: &Workshop,
    kind: &str,
    nickname: &str,
    password: &str,
    strength: Pkcs12Strength,
) -> [(&'static str, Result<Vec<u8>, String>); 3] {
    let legacy = strength == Pkcs12Strength::Legacy;
    let when = |options: &'static [&'static str]| if legacy { options } else { &[] };
    [
        ("openssl", Ok(workshop.by_openssl(kind, nickname, password, when(&["-legacy"])))),
        ("pk12util", Ok(workshop.by_pk12util(kind, nickname, password, when(&LEGACY_OF_PK12UTIL)))),
        ("keytool", workshop.repacked_by_keytool(kind, nickname, password, when(&["-J-Dkeystore.pkcs12.legacy"]))),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_write_is_read() {
    let (deck, workshop) = (Deck::new().await, Workshop::new());
    for (kind, ..) in KINDS {
        let key_id = parse::certificate(&workshop.leaf(kind)).unwrap().public_key.nss_key_id.unwrap();
        for (password, nickname, java) in PASSWORDS {
            for strength in STRENGTHS {
                for (writer, file) in written(&workshop, kind, nickname, password, strength) {
                    let what = format!("{writer}, {kind}, {password:?}, {strength:?}");
                    let file = match (writer, java, file) {
                        ("keytool", Some([says, _]), file) => {
                            let said = file.expect_err(&what);
                            assert!(said.contains(says), "{what}: {said}");
                            continue;
                        }
                        (_, _, file) => file.unwrap_or_else(|said| panic!("{what}: {said}")),
                    };
                    let read = deck.client.preview_keystore(&deck.id, &import(&file, password)).await;
                    let read = read.unwrap_or_else(|error| panic!("{what}: {error:?}\n{}", deck.console.log()));
                    assert!(read.keys.len() == 1 && read.keys[0].id == key_id, "{what}: {:?}", read.keys);
                    assert_eq!(
                        (read.certificates.len(), read.keys[0].name.as_deref().map(str::to_lowercase)),
                        (2, Some(nickname.to_lowercase())),
                        "{what}"
                    );
                    let broken = ["RC2", "RC4"].iter().any(|cipher| read.protections.iter().any(|words| words.contains(cipher)));
                    assert_eq!(broken, strength == Pkcs12Strength::Legacy, "{what}: {:?}", read.protections);
                    // It is the checksum that tells a wrong password, and it knows nothing of the kind of key.
                    if kind != "EC" {
                        continue;
                    }
                    let wrong = deck.client.preview_keystore(&deck.id, &import(&file, "another")).await;
                    assert_eq!(refusal(wrong), ProblemCode::FilePasswordIncorrect, "{what}");
                }
            }
        }
    }
}

/// Imports into a new database, and certutil sees key and nickname.
async fn comes_in(deck: &Deck, what: &str, file: &[u8], password: &str, nickname: &str, certificates: usize) {
    let database = Database::made_by_certutil();
    let registered = deck.client.add_database(&NewDatabase::Register { path: database.path(), prefix: None, label: None }).await.unwrap();
    let login = TokenLogin { password: Some(PASSWORD.to_owned()), password_file: None };
    deck.client.unlock(&registered.id, "internal", &login).await.unwrap();
    let import = import(file, password);
    let previewed = unchanged(&database, deck.client.preview_keystore(&registered.id, &import)).await;
    let previewed = previewed.unwrap_or_else(|error| panic!("{what}: {error:?}\n{}", deck.console.log()));
    assert_eq!((previewed.applied, previewed.keys.len(), previewed.certificates.len()), (false, 1, certificates), "{what}");
    let report = deck.client.import_keystore(&registered.id, &import).await.unwrap_or_else(|error| panic!("{what}: {error:?}"));
    assert_eq!((&report.keys, &report.certificates), (&previewed.keys, &previewed.certificates), "{what}");
    assert_eq!(report.certificates.iter().filter(|one| one.private_key_here).count(), 1, "{what}");
    assert_eq!(database.trust()[nickname], "u,u,u", "{what}");
    let keys = database.keys();
    assert_eq!(keys.keys().collect::<Vec<_>>(), [&report.keys[0].id], "{what}");
    assert!(keys[&report.keys[0].id].contains(nickname), "{what}: {keys:?}");
    deck.client.forget_database(&registered.id).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_write_comes_in() {
    let (deck, workshop) = (Deck::new().await, Workshop::new());
    for ((kind, _, key), (password, nickname, java)) in KINDS.into_iter().zip(PASSWORDS) {
        for (writer, file) in written(&workshop, kind, nickname, password, Pkcs12Strength::Modern) {
            // keytool folds names to lower case.
            let nickname = if writer == "keytool" { nickname.to_lowercase() } else { nickname.to_owned() };
            match file {
                Ok(file) => comes_in(&deck, &format!("{writer}, {kind}"), &file, password, &nickname, 2).await,
                Err(said) => assert!(java.is_some(), "{said}"),
            }
        }
        let jks = workshop.by_keytool(&key, "tomcat", password, "JKS");
        comes_in(&deck, &format!("keytool, JKS, {kind}"), &jks, password, "tomcat", 1).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_leaves_is_read_by_others() {
    let workshop = Workshop::new();
    let deck = stocked(&workshop).await;
    let file = workshop.path("left.p12");
    for (kind, ..) in KINDS {
        let fingerprint = deck.named(kind).await.fingerprint_sha256;
        let key = run::openssl(&["pkey", "-in", &workshop.path(&format!("{kind}.key")), "-pubout"], b"");
        for (password, nickname, java) in PASSWORDS {
            for strength in STRENGTHS {
                let what = format!("{kind}, {password:?}, {strength:?}");
                let export = Pkcs12Export {
                    database_password: PASSWORD.to_owned(),
                    file_password: password.to_owned(),
                    strength,
                    friendly_name: Some(nickname.to_owned()),
                    accept_weak_password: true,
                    ..Pkcs12Export::default()
                };
                let content =
                    deck.client.export_pkcs12(&deck.id, &fingerprint, &export).await.unwrap_or_else(|error| panic!("{what}: {error:?}"));
                std::fs::write(&file, &content).unwrap();
                openssl_reads(&what, &file, password, strength, &key);
                pk12util_reads(&workshop, &what, &file, password, nickname);
                // Java reads a file without password when it is told that there is none.
                let arguments = ["-list", "-rfc", "-keystore", &file, "-storetype", "PKCS12", "-storepass", password];
                match java {
                    Some([_, says]) if !says.is_empty() => {
                        let said = ask_keytool(&arguments);
                        assert!(!said.success && said.out.contains(says), "{what}: {}{}", said.out, said.err);
                    }
                    _ => {
                        let listed = keytool(&arguments);
                        assert!(listed.contains("PrivateKeyEntry") && listed.contains("chain length: 2"), "{what}: {listed}");
                    }
                }
            }
        }
    }
}

fn openssl_reads(what: &str, file: &str, password: &str, strength: Pkcs12Strength, key: &[u8]) {
    let passin = format!("pass:{password}");
    let legacy = (strength == Pkcs12Strength::Legacy).then_some("-legacy");
    let arguments: Vec<&str> = ["pkcs12", "-in", file, "-passin", &passin, "-nodes", "-info"].into_iter().chain(legacy).collect();
    let output = run::with_input("openssl", &arguments, b"");
    let (text, info) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{what}: {info}");
    assert_eq!(from_pem(&text).len(), 2, "{what}");
    assert_eq!(run::openssl(&["pkey", "-pubout"], text.as_bytes()), key, "{what}");
    let expected: &[&str] = match strength {
        Pkcs12Strength::Modern => &["MAC: sha256, Iteration 600000", "AES-256-CBC, Iteration 600000, PRF hmacWithSHA256"],
        Pkcs12Strength::Legacy => &["MAC: sha1", "pbeWithSHA1And3-KeyTripleDES-CBC", "pbeWithSHA1And40BitRC2-CBC"],
    };
    assert!(expected.iter().all(|part| info.contains(part)), "{what}: {info}");
}

fn pk12util_reads(workshop: &Workshop, what: &str, file: &str, password: &str, nickname: &str) {
    let database = Database::made_by_certutil();
    let password_file = workshop.path("left.password");
    std::fs::write(&password_file, format!("{password}\n")).unwrap();
    pk12util(&database, &["-i", file, "-w", &password_file]);
    assert_eq!(database.trust()[nickname], "u,u,u", "{what}");
    assert!(database.keys().values().any(|label| label.contains(nickname)), "{what}");
    assert!(database.trust().len() == 2, "{what}: the CA comes along under its nickname: {:?}", database.trust());
}
