//! The change of a database's password together with its files, cut short between any two steps: afterwards `certutil -f` opens the
//! database with each file, or with none of the new ones.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "the oracle is another program, and a test stops at what it did not expect"
)]

mod token_support;

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use certdeck::domain::databases::password::{Resumed, carry_out, resume};
use certdeck::nss::password_journal::{ChangeStep, Replacement};
use certdeck::token::{Secret, TokenError};
use certdeck_shared::api::key::KeyAlgorithm;
use certdeck_shared::password_file::{format_of, with_password};
use token_support::{Database, P256, PASSWORD, Workshop, go_on, run, to_import};

const NEW: &str = "a new password: 8";
const STEPS: [ChangeStep; 6] = [
    ChangeStep::Marked,
    ChangeStep::FirstPrepared,
    ChangeStep::Prepared,
    ChangeStep::DatabaseChanged,
    ChangeStep::FirstRenamed,
    ChangeStep::Renamed,
];

struct Room {
    database: Database,
    markers: PathBuf,
    files: Vec<PathBuf>,
}

impl Room {
    /// A database with a key, a trusted certificate, and three password files, of which `certutil -f` can read two.
    async fn new() -> Self {
        let database = Database::by_certutil();
        let token = database.unlocked().await;
        token.generate_key(KeyAlgorithm::EcP256, "a key").await.unwrap();
        let certificate = Workshop::new().certificate("/CN=trusted", &P256);
        token.import(vec![to_import(&certificate, "trusted", Some("CT,C,C"))], go_on).await.unwrap();
        token.close().await.unwrap();
        let markers = database.directory.path().join("markers");
        let write = |name: &str, text: String| {
            let path = database.path().join(name);
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
            path
        };
        let files = vec![
            write("password.txt", format!("{PASSWORD}\n")),
            write("both.conf", format!("Internal (Software) Token:{PASSWORD}\r\nNSS Certificate DB:{PASSWORD}\nlabtoken:1234\n")),
            write("sslpassword.conf", format!("Internal (Software) Token:{PASSWORD}\nlabtoken:1234\n")),
        ];
        Self { database, markers, files }
    }

    fn replacements(&self) -> Vec<Replacement> {
        let replace = |path: &PathBuf| {
            let text = std::fs::read_to_string(path).unwrap();
            let format = format_of(path.file_name().unwrap().to_str().unwrap(), &text);
            let content = with_password(&text, format, PASSWORD, NEW).unwrap().into();
            Replacement { path: path.clone(), content }
        };
        self.files.iter().map(replace).collect()
    }

    /// Whether `certutil -K -f FILE` lists the key.
    fn opens(&self, file: &Path) -> bool {
        let directory = format!("sql:{}", self.database.path().display());
        let output = run("certutil", &["-K", "-d", &directory, "-f", file.to_str().unwrap()]);
        output.status.success() && String::from_utf8_lossy(&output.stdout).contains("a key")
    }

    /// All files hold this password and no other, and certutil opens the database with those it can read.
    fn holds(&self, password: &str) {
        for path in &self.files {
            let text = std::fs::read_to_string(path).unwrap();
            assert!(text.contains(password), "{}: {text}", path.display());
            assert!(!text.contains(if password == NEW { PASSWORD } else { NEW }), "{}: {text}", path.display());
            assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o7777, 0o640);
        }
        assert!(self.opens(&self.files[0]) && self.opens(&self.files[1]), "certutil does not open the database with {password:?}");
        assert!(!self.opens(&self.files[2]), "the servers' format is not certutil's");
        let beside = std::fs::read_dir(self.database.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        // A journal of SQLite is rolled back by whoever writes next.
        let mut beside: Vec<_> = beside.filter(|name| !name.ends_with("-journal")).collect();
        beside.sort();
        assert_eq!(beside, ["both.conf", "cert9.db", "key4.db", "password.txt", "pkcs11.txt", "sslpassword.conf"]);
        assert_eq!(std::fs::read_dir(&self.markers).unwrap().count(), 0, "nothing is left of the change");
    }
}

#[tokio::test]
async fn a_password_changes_with_its_files_and_everything_under_it() {
    let room = Room::new().await;
    let token = room.database.handle();
    carry_out(&token, None, &room.markers, room.replacements(), &PASSWORD.into(), &NEW.into(), |_| true).await.unwrap();
    room.holds(NEW);
    // Unlocked all along, and after a restart of the worker with the new password.
    assert_eq!(token.list_keys().await.unwrap().len(), 1);
    token.close().await.unwrap();
    assert_eq!(token.list_keys().await.unwrap().len(), 1);
    assert_eq!(token.verify_password(&PASSWORD.into()).await, Err(TokenError::PinIncorrect));
    // Trust is signed anew: logged in, certutil verifies it.
    let listed = token.list().await.unwrap();
    assert_eq!(token.authentic_trust(vec![listed[0].der.clone()]).await.unwrap(), [true]);
}

#[tokio::test]
async fn a_change_cut_short_after_any_step_is_completed_or_taken_back() {
    for stop in STEPS {
        let room = Room::new().await;
        let token = room.database.handle();
        carry_out(&token, None, &room.markers, room.replacements(), &PASSWORD.into(), &NEW.into(), |step| step != stop).await.unwrap();
        token.close().await.unwrap();
        // As at the next start: another worker, locked, and nothing but the files to go by.
        let token = room.database.handle();
        let resumed = resume(&token, &room.markers).await.unwrap().unwrap_or_else(|| panic!("{stop:?} left no marker"));
        assert_eq!(resumed.files, room.files);
        let changed = matches!(stop, ChangeStep::DatabaseChanged | ChangeStep::FirstRenamed | ChangeStep::Renamed);
        assert_eq!(resumed.completed, changed && stop != ChangeStep::Renamed, "{stop:?}");
        room.holds(if changed { NEW } else { PASSWORD });
        assert_eq!(resume(&token, &room.markers).await.unwrap(), None::<Resumed>);
        room.database.check_integrity();
    }
}

#[tokio::test]
async fn a_wrong_password_or_a_file_that_cannot_be_written_changes_nothing() {
    let room = Room::new().await;
    let token = room.database.handle();
    let wrong = carry_out(&token, None, &room.markers, room.replacements(), &Secret::new("wrong"), &NEW.into(), |_| true).await;
    assert_eq!(wrong.unwrap_err().problem().code.name(), "pin-incorrect");
    room.holds(PASSWORD);
    let mut replacements = room.replacements();
    replacements.push(Replacement { path: room.database.path().join("gone/password.txt"), content: String::new().into() });
    assert!(carry_out(&token, None, &room.markers, replacements, &PASSWORD.into(), &NEW.into(), |_| true).await.is_err());
    room.holds(PASSWORD);
}

#[tokio::test]
async fn a_password_can_be_taken_away_and_given_again() {
    let database = Database::by_certutil();
    let token = database.unlocked().await;
    let key = token.generate_key(KeyAlgorithm::EcP256, "kept").await.unwrap();
    token.change_password(&PASSWORD.into(), &Secret::default()).await.unwrap();
    assert!(!token.status().await.unwrap().login_required);
    std::fs::write(&database.password_file, "\n").unwrap();
    assert!(database.certutil(&["-K"]).contains("kept"));
    assert_eq!(token.list_keys().await.unwrap()[0].id, key.id);
    token.change_password(&Secret::default(), &NEW.into()).await.unwrap();
    std::fs::write(&database.password_file, format!("{NEW}\n")).unwrap();
    assert!(database.certutil(&["-K"]).contains("kept"));
    let status = token.status().await.unwrap();
    assert!(status.login_required && status.unlocked);
    assert_eq!(token.change_password(&Secret::new("wrong"), &PASSWORD.into()).await, Err(TokenError::PinIncorrect));
    assert_eq!(token.list_keys().await.unwrap().len(), 1);
}

/// The worker is killed at ever other instants of the one transaction that changes the database.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_killed_within_the_change_leaves_one_password_or_the_other() {
    let mut completed = 0;
    for round in 0..12_u64 {
        let room = Room::new().await;
        let token = room.database.handle();
        token.login(&PASSWORD.into()).await.unwrap();
        let process = token.worker_process().await.unwrap();
        let killer = tokio::task::spawn_blocking(move || {
            std::thread::sleep(std::time::Duration::from_millis(round * 9));
            run("kill", &["-KILL", &process.to_string()]);
        });
        let outcome = carry_out(&token, None, &room.markers, room.replacements(), &PASSWORD.into(), &NEW.into(), |_| true).await;
        killer.await.unwrap();
        completed += u32::from(outcome.is_ok());
        room.holds(if outcome.is_ok() { NEW } else { PASSWORD });
    }
    eprintln!("{completed} of 12 changes were completed");
}
