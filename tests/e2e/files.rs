//! Owner, group and modes of a database, and who has it open; stat, certutil and the kernel are the judges.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use certdeck_shared::api::database::{NewDatabase, PasswordFiles};
use certdeck_shared::api::files::{FileRole, FilesChange};
use certdeck_shared::api::problem::ProblemCode;
use support::database::PASSWORD;
use support::deck::{Deck, problem, refusal};
use support::mounts::is_root;
use support::{poll, run};

fn change(owner: &str, group: &str, mode: &str) -> FilesChange {
    let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    FilesChange { owner: given(owner), group: given(group), mode: given(mode) }
}

/// Owner, group and mode as stat prints them.
fn stat(path: &Path) -> String {
    run::must("stat", &["-c", "%U:%G %04a", path.to_str().unwrap()]).trim().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_is_given_to_the_user_of_a_server_and_still_works_for_both() {
    assert!(is_root(), "only root gives files away: run the tests as root, in a container");
    let deck = Deck::new().await;
    let directory = deck.database.directory().to_owned();
    let files = ["", "cert9.db", "key4.db", "pkcs11.txt", "password.txt", "sslpassword.conf"];
    let before: Vec<String> = files.iter().map(|name| stat(&directory.join(name))).collect();
    let wanted = change("nobody", "nogroup", "0750");
    let shown = deck.client.change_files(&deck.id, &wanted, true).await.unwrap();
    assert!(!shown.applied && shown.changes.len() == files.len());
    assert_eq!(files.iter().map(|name| stat(&directory.join(name))).collect::<Vec<_>>(), before, "a preview changes nothing");
    let done = deck.client.change_files(&deck.id, &wanted, false).await.unwrap();
    assert_eq!((done.applied, done.changes.clone()), (true, shown.changes));
    assert_eq!(stat(&directory), "nobody:nogroup 0750");
    for (name, mode) in
        [("cert9.db", "0640"), ("key4.db", "0640"), ("pkcs11.txt", "0640"), ("password.txt", "0600"), ("sslpassword.conf", "0600")]
    {
        assert_eq!(stat(&directory.join(name)), format!("nobody:nogroup {mode}"), "{name}");
    }
    let report = deck.client.files(&deck.id).await.unwrap();
    assert_eq!(report.findings, Vec::<String>::new());
    assert_eq!(report.files[0].role, FileRole::Directory);
    assert!(report.files.iter().all(|file| (file.owner.as_str(), file.group.as_str()) == ("nobody", "nogroup")), "{:?}", report.files);
    let again = deck.client.change_files(&deck.id, &wanted, false).await.unwrap();
    assert!(again.changes.is_empty(), "a second time there is nothing to do");
    // What the console writes afterwards stays the server's.
    deck.import(vec![support::deck::item(support::certificates::Authority::new("Given").certificate, "given", "CT,,")]).await;
    assert_eq!(stat(&directory.join("cert9.db")), "nobody:nogroup 0640");
    deck.certutil_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_and_nobody_knows_is_refused() {
    let deck = Deck::new().await;
    let directory = deck.database.directory();
    assert_eq!(deck.client.files(&deck.id).await.unwrap().findings, Vec::<String>::new());
    run::must("chmod", &["0666", directory.join("key4.db").to_str().unwrap()]);
    run::must("chmod", &["0644", directory.join("password.txt").to_str().unwrap()]);
    if is_root() {
        run::must("chown", &["nobody", directory.join("cert9.db").to_str().unwrap()]);
    }
    let findings = deck.client.files(&deck.id).await.unwrap().findings;
    let told = |part: &str| findings.iter().any(|words| words.contains(part));
    assert!(
        told("key4.db, which holds the private keys, is open to everybody") && told("password.txt holds the password and is open"),
        "{findings:?}"
    );
    assert!(!is_root() || told("cert9.db belongs to nobody:"), "{findings:?}");
    for (wrong, pointer) in
        [(change("certdeck-nobody", "", ""), "/owner"), (change("", "certdeck-nobody", ""), "/group"), (change("", "", "0070"), "/mode")]
    {
        let problem = problem(deck.client.change_files(&deck.id, &wrong, false).await);
        assert_eq!((problem.code, problem.errors[0].pointer.as_str()), (ProblemCode::InvalidInput, pointer));
    }
    assert_eq!(refusal(deck.client.change_files(&deck.id, &change("", "", ""), false).await), ProblemCode::InvalidInput);
    deck.client.change_files(&deck.id, &change("", "", "0700"), false).await.unwrap();
    assert_eq!(directory.join("key4.db").metadata().unwrap().mode() & 0o777, 0o600);
    let findings = deck.client.files(&deck.id).await.unwrap().findings;
    assert!(!findings.iter().any(|words| words.contains("open to everybody")), "{findings:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_the_files_open_is_named_and_the_console_itself_is_not() {
    let deck = Deck::new().await;
    assert_eq!(deck.client.files(&deck.id).await.unwrap().open_by, Vec::new(), "our own worker has them open, which nobody need know");
    let file = std::fs::File::open(deck.database.directory().join("cert9.db")).unwrap();
    let mut server = run::command("sleep").arg("600").stdin(Stdio::from(file)).spawn().unwrap();
    let named = poll::until("the program that has it open", Duration::from_secs(30), async || {
        deck.client.files(&deck.id).await.unwrap().open_by.into_iter().find(|user| user.pid == server.id())
    })
    .await;
    assert_eq!((named.program.as_str(), named.files), ("sleep", vec!["cert9.db".to_owned()]));
    server.kill().unwrap();
    server.wait().unwrap();
    poll::until_true("nobody", Duration::from_secs(30), async || deck.client.files(&deck.id).await.unwrap().open_by.is_empty()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_database_belongs_to_whom_it_was_made_for() {
    assert!(is_root(), "only root gives files away: run the tests as root, in a container");
    let deck = Deck::new().await;
    let path = deck.room.path().join("given");
    let new = NewDatabase::Create {
        path: path.display().to_string(),
        label: None,
        password: PASSWORD.to_owned(),
        owner: Some("nobody".to_owned()),
        group: Some("nogroup".to_owned()),
        mode: Some("0750".to_owned()),
        password_files: PasswordFiles::default(),
        accept_weak_password: false,
    };
    let made = deck.client.add_database(&new).await.unwrap();
    assert_eq!((stat(&path), stat(&path.join("key4.db"))), ("nobody:nogroup 0750".to_owned(), "nobody:nogroup 0640".to_owned()));
    assert_eq!(deck.client.files(&made.id).await.unwrap().findings, Vec::<String>::new());
}
