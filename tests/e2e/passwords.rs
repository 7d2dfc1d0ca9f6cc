//! The password of a database and the files that hold it, with `certutil -f` as the judge.

use std::os::unix::fs::PermissionsExt as _;

use ::support::database::PASSWORD;
use ::support::deck::{Deck, refusal};
use ::support::run;
use certdeck_shared::api::database::TokenLogin;
use certdeck_shared::api::password::{FindingCode, PasswordChange, PasswordFileFormat, TokenPassword};
use certdeck_shared::api::problem::ProblemCode;

const NEW: &str = "a long walk by the sea, 1851";

fn change(current: &str, new: &str) -> PasswordChange {
    PasswordChange { current_password: Some(current.to_owned()), new_password: new.to_owned(), ..PasswordChange::default() }
}

/// Whether certutil opens the database with a file.
fn opens(deck: &Deck, file: &str) -> bool {
    let directory = format!("sql:{}", deck.database.path());
    let said = run::ask("certutil", &["-K", "-d", &directory, "-f", file]);
    // Without a key it fails as well, but not for the password.
    !said.err.contains("could not authenticate")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_changes_together_with_every_file_that_holds_it() {
    let deck = Deck::new().await;
    let beside = |name: &str| format!("{}/{name}", deck.database.path());
    let elsewhere = deck.room.path().join("elsewhere.pw");
    std::fs::write(&elsewhere, format!("NSS Certificate DB:{PASSWORD}\n")).unwrap();
    std::fs::write(beside("notes.txt"), "not a password\n").unwrap();
    let report = deck.client.password_report(&deck.id).await.unwrap();
    assert!(report.set);
    let names: Vec<_> = report.files.iter().map(|file| (file.path.rsplit('/').next().unwrap(), file.format, file.opens)).collect();
    assert_eq!(
        names,
        [("password.txt", PasswordFileFormat::Plain, Some(true)), ("sslpassword.conf", PasswordFileFormat::Servers, Some(true))]
    );
    assert!(report.files[0].for_certutil && !report.files[1].for_certutil);
    let mut all = change(PASSWORD, NEW);
    all.password_files = vec![elsewhere.display().to_string()];
    let changed = deck.client.change_password(&deck.id, &all).await.unwrap();
    let mut files = changed.changed_files;
    files.sort();
    let mut expected = vec![elsewhere.display().to_string(), beside("password.txt"), beside("sslpassword.conf")];
    expected.sort();
    assert_eq!(files, expected);
    assert!(opens(&deck, &beside("password.txt")) && opens(&deck, elsewhere.to_str().unwrap()));
    assert_eq!(std::fs::read_to_string(beside("sslpassword.conf")).unwrap(), format!("Internal (Software) Token:{NEW}\n"));
    assert_eq!(std::fs::read_to_string(beside("notes.txt")).unwrap(), "not a password\n");
    // Unlocked still, and by file as well.
    assert!(deck.client.database(&deck.id).await.unwrap().token.unlocked);
    deck.client.lock(&deck.id, "internal").await.unwrap();
    let by_file = TokenLogin { password: None, password_file: Some(beside("sslpassword.conf")) };
    assert!(deck.client.unlock(&deck.id, "internal", &by_file).await.unwrap().unlocked);
    // By file back again.
    let back = PasswordChange {
        current_password_file: Some(beside("password.txt")),
        new_password: PASSWORD.to_owned(),
        password_files: vec![elsewhere.display().to_string()],
        ..PasswordChange::default()
    };
    deck.client.change_password(&deck.id, &back).await.unwrap();
    assert!(opens(&deck, deck.database.password_file().to_str().unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_changes_nothing() {
    let deck = Deck::new().await;
    let file = format!("{}/password.txt", deck.database.path());
    let refused = async |change: PasswordChange| {
        let error = deck.client.change_password(&deck.id, &change).await.unwrap_err();
        let problem = error.problem().unwrap_or_else(|| panic!("{error:?}")).clone();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), format!("{PASSWORD}\n"));
        assert!(opens(&deck, &file));
        (problem.code, problem.errors.first().map(|field| field.pointer.clone()).unwrap_or_default())
    };
    assert_eq!(refused(change("wrong", NEW)).await.0, ProblemCode::PinIncorrect);
    assert_eq!(refused(change(PASSWORD, "netscape!")).await, (ProblemCode::PasswordWeak, "/new_password".to_owned()));
    assert_eq!(refused(change(PASSWORD, "")).await.0, ProblemCode::PasswordWeak);
    assert_eq!(refused(change(PASSWORD, "two\nlines of text")).await, (ProblemCode::InvalidInput, "/new_password".to_owned()));
    assert_eq!(refused(change(PASSWORD, PASSWORD)).await, (ProblemCode::InvalidInput, "/new_password".to_owned()));
    assert_eq!(refused(PasswordChange { new_password: NEW.to_owned(), ..PasswordChange::default() }).await.1, "/current_password");
    for wrong in ["relative", "/nonexistent/file", "/etc", "/etc/hostname"] {
        let change = PasswordChange { password_files: vec![wrong.to_owned()], ..change(PASSWORD, NEW) };
        assert_eq!(refused(change).await, (ProblemCode::InvalidInput, "/password_files/0".to_owned()), "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn password_files_are_looked_at_and_lines_written() {
    let deck = Deck::new().await;
    let path = format!("{}/sslpassword.conf", deck.database.path());
    std::fs::write(&path, "Software (Internal) Token:netscape!\n").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let found = async || {
        let report = deck.client.password_report(&deck.id).await.unwrap();
        let file = report.files.into_iter().find(|file| file.path == path).unwrap();
        assert!(file.findings.iter().all(|finding| !finding.message.contains(PASSWORD) && !finding.cure.is_empty()));
        file.findings.into_iter().map(|finding| finding.code).collect::<Vec<_>>()
    };
    assert_eq!(
        found().await,
        [
            FindingCode::Mode,
            FindingCode::DefaultPassword,
            FindingCode::TokenNameSwapped,
            FindingCode::NotForCertutil,
            FindingCode::DoesNotOpen
        ]
    );
    let wrong = TokenPassword { password: "wrong".to_owned() };
    assert_eq!(refusal(deck.client.write_token_password(&deck.id, "internal", &wrong).await), ProblemCode::PinIncorrect);
    let right = TokenPassword { password: PASSWORD.to_owned() };
    deck.client.write_token_password(&deck.id, "internal", &right).await.unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("Internal (Software) Token:{PASSWORD}\n"));
    assert_eq!(found().await, [FindingCode::Mode, FindingCode::NotForCertutil]);
    deck.client.remove_token_password(&deck.id, "internal").await.unwrap();
    assert_eq!(found().await, [FindingCode::Mode, FindingCode::Empty]);
    assert_eq!(refusal(deck.client.remove_token_password(&deck.id, "internal").await), ProblemCode::NotFound);
}
