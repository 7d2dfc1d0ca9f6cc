//! `certdeck backup` and `restore`, with tar, sha256sum and certutil as the judges.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use certdeck_shared::api::client::AuditQuery;
use certdeck_shared::api::key::{KeyAlgorithm, NewKey};
use certdeck_shared::api::role::{Grants, Role};
use support::certificates::Template;
use support::console::{Console, Options, USER_NAME, program};
use support::database::{Database, PASSWORD};
use support::deck::{Deck, item};
use support::older_state;
use support::run::{self, Said};

fn certdeck(arguments: &[&str]) -> Said {
    run::ask(program().to_str().unwrap(), arguments)
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn backup(data_dir: &Path, file: &Path) {
    let said = certdeck(&["backup", text(file), "--data-dir", text(data_dir)]);
    assert!(said.success, "{}", said.err);
}

/// The nicknames of a database that certutil lists, without those that were there before the numbered ones.
fn numbered(database: &Database) -> Vec<String> {
    let mut names: Vec<String> = database.trust().into_keys().filter(|name| name.starts_with("host-")).collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_made_while_certificates_are_imported_is_of_one_instant_and_makes_the_console_anew() {
    let mut deck = Deck::new().await;
    let template = Template::new();
    let key = deck.client.create_key(&deck.id, &NewKey { algorithm: KeyAlgorithm::EcP256, label: Some("kept".into()) }).await.unwrap();
    let three = |first: u32| (first..first + 3).map(|number| item(template.numbered(number), &Template::nickname(number), "P,,")).collect();
    deck.import(three(0)).await;
    let (file, done) = (deck.room.path().join("console.backup"), AtomicBool::new(false));
    let data_dir = deck.console.data_dir().to_owned();
    let writing = async {
        let mut next = 3;
        while !done.load(Ordering::Relaxed) {
            deck.import(three(next)).await;
            next += 3;
        }
        next
    };
    let backing = async {
        let (file, data_dir) = (file.clone(), data_dir.clone());
        tokio::task::spawn_blocking(move || backup(&data_dir, &file)).await.unwrap();
        done.store(true, Ordering::Relaxed);
    };
    let (written, ()) = tokio::join!(writing, backing);
    assert_eq!(std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&file).unwrap()) & 0o777, 0o600);

    // Plain tools open it and find every digest.
    let plain = deck.room.path().join("plain");
    std::fs::create_dir(&plain).unwrap();
    run::must("tar", &["xf", text(&file), "-C", text(&plain)]);
    let sums = |script: &str| run::must("sh", &["-c", &format!("cd {} && {script}", text(&plain))]);
    sums("sha256sum -c manifest.json.sha256");
    sums("jq -r '.parts[] | .sha256 + \"  \" + .name' manifest.json | sha256sum -c");
    assert!(plain.join("data/embedded/password.txt").exists(), "the console's own database opens again");

    // What certutil finds in it was there at one instant: everything up to one certificate, and nothing of what came later.
    let of_backup = Database::at(&plain.join("databases").join(&deck.id), PASSWORD, deck.room.path());
    assert!(of_backup.is_whole());
    let found = numbered(&of_backup);
    assert!(found.len() >= 3 && found.len() <= written as usize, "{} of {written}", found.len());
    assert_eq!(found, (0..u32::try_from(found.len()).unwrap()).map(Template::nickname).collect::<Vec<_>>());
    assert_eq!(of_backup.keys(), deck.database.keys());
    assert!(of_backup.keys().contains_key(&key.id));

    // Somewhere else: the databases are left alone, and what the backup holds of them is a snapshot.
    deck.console.stop();
    let before = deck.database.listing();
    let elsewhere = deck.room.path().join("elsewhere");
    let said = certdeck(&["restore", text(&file), "--data-dir", text(&elsewhere)]);
    assert!(said.success && said.out.contains("left alone"), "{}{}", said.out, said.err);
    assert_eq!(deck.database.listing(), before);
    std::fs::write(elsewhere.join(".tests-set-up"), "").unwrap();
    let console = Console::start(&Options::new(&elsewhere));
    let client = console.sign_in().await;
    let own = client.databases().await.unwrap().into_iter().find(|database| database.embedded).unwrap();
    assert_eq!(own.path, text(&elsewhere.join("embedded")), "its own database moved with it");
    let snapshots = client.snapshots(&deck.id).await.unwrap();
    assert!(snapshots.iter().any(|snapshot| snapshot.reason.contains("backup")), "{snapshots:?}");
    let actions: Vec<String> = client.audit(&AuditQuery::default()).await.unwrap().entries.into_iter().map(|entry| entry.action).collect();
    assert!(["console.backup", "console.restore"].iter().all(|action| actions.iter().any(|found| found == action)), "{actions:?}");
    drop(console);
    let verified = certdeck(&["audit", "verify", "--data-dir", text(&elsewhere)]);
    assert!(verified.success, "{}{}", verified.out, verified.err);

    // In its place, with the databases.
    let data = deck.console.data_dir();
    let taken = certdeck(&["restore", text(&file), "--data-dir", text(data)]);
    assert!(!taken.success && taken.err.contains("--replace"), "{}", taken.err);
    let said = certdeck(&["restore", text(&file), "--data-dir", text(data), "--replace", "--databases"]);
    assert!(said.success && said.out.contains("what stood there is its snapshot"), "{}{}", said.out, said.err);
    assert_eq!((deck.database.listing(), deck.database.keys()), (of_backup.listing(), of_backup.keys()));
    let kept: Vec<_> = std::fs::read_dir(deck.room.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    let kept = kept.iter().find(|path| text(path).contains("data.before-")).expect("the old one is kept beside it");
    assert!(kept.join("state.sqlite").exists());
    let console = Console::start(&Options::new(data));
    assert_eq!(console.sign_in().await.certificates(&deck.id).await.unwrap().certificates.len(), of_backup.listing().len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_gone_comes_back_and_one_that_cannot_be_read_is_left_out_by_name() {
    let mut deck = Deck::new().await;
    deck.import(vec![item(Template::new().numbered(1), "one", "P,,")]).await;
    let (data, file) = (deck.console.data_dir().to_owned(), deck.room.path().join("console.backup"));
    backup(&data, &file);
    let again = certdeck(&["backup", text(&file), "--data-dir", text(&data)]);
    assert!(!again.success && again.err.contains("is there already"), "{}", again.err);
    let busy = certdeck(&["restore", text(&file), "--data-dir", text(&data), "--replace"]);
    assert!(!busy.success && busy.err.contains("a console runs"), "{}", busy.err);
    deck.console.stop();

    let (before, place) = (deck.database.listing(), deck.database.directory().to_owned());
    std::fs::rename(&place, deck.room.path().join("aside")).unwrap();
    let incomplete = deck.room.path().join("incomplete.backup");
    let said = run::with_input(text(&program()), &["backup", text(&incomplete), "--data-dir", text(&data)], b"");
    let err = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(said.status.code() == Some(3) && err.contains("left out") && err.contains(text(&place)), "{err}");

    let elsewhere = deck.room.path().join("elsewhere");
    let said = certdeck(&["restore", text(&file), "--data-dir", text(&elsewhere), "--databases"]);
    assert!(said.success && said.out.contains("nothing stood there"), "{}{}", said.out, said.err);
    assert_eq!(deck.database.listing(), before);

    let no_console = deck.room.path().join("aside");
    let said = certdeck(&["restore", text(&file), "--data-dir", text(&no_console), "--replace"]);
    assert!(!said.success && said.err.contains("not a data directory"), "{}", said.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_console_is_backed_up_as_it_is_and_restored_as_what_it_becomes() {
    let room = tempfile::tempdir().unwrap();
    let (data, file, restored) = (room.path().join("data"), room.path().join("console.backup"), room.path().join("restored"));
    older_state::make(&data);
    backup(&data, &file);
    assert_eq!(older_state::schema(&data.join("state.sqlite")), older_state::SCHEMA, "a backup upgrades nothing");
    let said = certdeck(&["restore", text(&file), "--data-dir", text(&restored)]);
    assert!(said.success, "{}", said.err);
    std::fs::write(restored.join(".tests-set-up"), "").unwrap();
    let console = Console::start(&Options::new(&restored));
    let session = console.sign_in().await.session().await.unwrap();
    assert_eq!((session.user_name.as_str(), session.grants), (USER_NAME, Grants::everywhere(Role::Administrator)));
    assert!(certdeck(&["audit", "verify", "--data-dir", text(&restored)]).success);

    // Started where it was it keeps what it was.
    std::fs::write(data.join(".tests-set-up"), "").unwrap();
    let console = Console::start(&Options::new(&data));
    console.sign_in().await;
    let kept = data.join(format!("state-schema-{}.sqlite", older_state::SCHEMA));
    assert_eq!(older_state::schema(&kept), older_state::SCHEMA);
    assert_eq!(older_state::entries(&kept), 3);
}

/// What age's own program makes of a question that it asks of a terminal only.
fn typed(line: &str, command: &str) -> Said {
    run::ask("sh", &["-c", &format!("printf '%s\\n' '{line}' | script --quiet --return --command '{command}' /dev/null")])
}

#[tokio::test(flavor = "multi_thread")]
async fn an_encrypted_backup_is_a_file_of_age_that_the_identity_opens_and_nobody_else() {
    let mut deck = Deck::new().await;
    deck.import(vec![item(Template::new().numbered(1), "one", "P,,")]).await;
    let (data, room) = (deck.console.data_dir().to_owned(), deck.room.path().to_owned());
    let at = |name: &str| room.join(name).to_str().unwrap().to_owned();
    for name in ["identity", "another"] {
        run::must("age-keygen", &["-o", &at(name)]);
    }
    let recipient = run::must("age-keygen", &["-y", &at("identity")]).trim().to_owned();
    std::fs::write(at("recipients"), format!("# the safe\n\n{recipient}\n")).unwrap();
    let data = text(&data);
    for to in [recipient.as_str(), &at("recipients")] {
        let _ = std::fs::remove_file(at("sealed"));
        let said = certdeck(&["backup", &at("sealed"), "--data-dir", data, "--encrypt-to", to]);
        assert!(said.success, "{}", said.err);
        assert!(std::fs::read(at("sealed")).unwrap().starts_with(b"age-encryption.org/v1\n"));
        let listed = run::must("sh", &["-c", &format!("age -d -i {} {} | tar t", at("identity"), at("sealed"))]);
        assert!(listed.contains("data/state.sqlite") && listed.ends_with("manifest.json.sha256\n"), "{listed}");
    }
    let entries = deck.client.audit(&AuditQuery::default()).await.unwrap().entries;
    let entry = entries.iter().find(|entry| entry.action == "console.backup").unwrap();
    assert!(entry.after.as_ref().unwrap().to_string().contains(&recipient), "{entry:?}");
    deck.console.stop();

    let restore = |file: &str, more: &[&str]| {
        let into = at("restored");
        let said = certdeck(&[&["restore", &at(file), "--data-dir", &into], more].concat());
        assert_eq!(Path::new(&into).join("state.sqlite").exists(), said.success, "whole or not at all: {}", said.err);
        let _ = std::fs::remove_dir_all(into);
        said
    };
    let opened = restore("sealed", &["--identity", &at("identity")]);
    assert!(opened.success && opened.out.contains("restored"), "{}{}", opened.out, opened.err);
    for (more, words) in [
        (vec![], "say --identity FILE"),
        (vec!["--identity".to_owned(), at("another")], "cannot be decrypted"),
        (vec!["--identity".to_owned(), at("recipients")], "no identity"),
    ] {
        let refused = restore("sealed", &more.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(!refused.success && refused.err.contains(words), "{more:?}: {}", refused.err);
    }
    // One bit anywhere, and an end that is missing.
    let sealed = std::fs::read(at("sealed")).unwrap();
    for place in [30, 300, sealed.len() / 2, sealed.len() - 1] {
        let mut altered = sealed.clone();
        altered[place] ^= 1;
        std::fs::write(at("altered"), altered).unwrap();
        assert!(!restore("altered", &["--identity", &at("identity")]).success, "a bit of octet {place} of {}", sealed.len());
    }
    for length in [20, 150, sealed.len() / 2, sealed.len() - 1] {
        std::fs::write(at("cut"), &sealed[..length]).unwrap();
        assert!(!restore("cut", &["--identity", &at("identity")]).success, "{length} octets of {}", sealed.len());
    }

    // What age's program encrypted is opened as well; what nobody encrypted is not taken for it.
    let by_age = format!(
        "{} backup - --data-dir {data} > {} && age -r {recipient} -o {} {}",
        text(&program()),
        at("plain"),
        at("by-age"),
        at("plain")
    );
    run::must("sh", &["-c", &by_age]);
    let opened = restore("by-age", &["--identity", &at("identity")]);
    assert!(opened.success, "{}", opened.err);
    let refused = restore("plain", &["--identity", &at("identity")]);
    assert!(!refused.success && refused.err.contains("is not encrypted"), "{}", refused.err);
    assert!(restore("plain", &[]).success);

    let nobody = certdeck(&["backup", &at("nobody"), "--data-dir", data, "--encrypt-to", "age1nobody"]);
    assert!(!nobody.success && nobody.err.contains("no recipient of age") && !Path::new(&at("nobody")).exists(), "{}", nobody.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_with_a_passphrase_is_opened_by_it_here_and_by_age() {
    let room = tempfile::tempdir().unwrap();
    let data = room.path().join("data");
    older_state::make(&data);
    let at = |name: &str| room.path().join(name).to_str().unwrap().to_owned();
    let with = |arguments: &[&str], input: &str| run::with_input(text(&program()), arguments, input.as_bytes());
    let passphrase = "seven lamps, one of them green";
    let made = with(&["backup", &at("sealed"), "--data-dir", text(&data), "--passphrase"], passphrase);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let opened = typed(passphrase, &format!("age -d -o {} {}", at("opened"), at("sealed")));
    assert!(opened.success, "{}{}", opened.out, opened.err);
    run::must("tar", &["tf", &at("opened")]);

    for (given, fits) in [("seven lamps", false), (passphrase, true)] {
        let restored = with(&["restore", &at("sealed"), "--data-dir", &at("restored"), "--passphrase"], given);
        assert_eq!(restored.status.success(), fits, "{}", String::from_utf8_lossy(&restored.stderr));
        assert_eq!(room.path().join("restored").exists(), fits);
    }
    let without = certdeck(&["restore", &at("sealed"), "--data-dir", &at("other")]);
    assert!(!without.success && without.err.contains("say --passphrase"), "{}", without.err);
    assert!(!with(&["backup", &at("open"), "--data-dir", text(&data), "--passphrase"], "\n").status.success());
    assert!(!room.path().join("open").exists());
}
