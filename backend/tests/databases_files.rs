//! A database directory as files, with certutil as the judge: the listing is certutil's, a restoration survives any kill.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "the oracle is another program, and a test stops at what it did not expect"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use certdeck::nss::listing::{self, Listing};
use certdeck::nss::recognise;
use certdeck::nss::revision::RevisionReader;
use certdeck::nss::snapshots::{RestorationStep, SnapshotError, SnapshotStore, finish_interrupted, replace};
use certdeck_shared::api::database::DatabaseFormat;
use time::{Duration, OffsetDateTime};

const TRUST: [&str; 8] = ["CT,C,C", ",,", "P,P,P", "p,p,p", "c,c,c", "T,,", "CT,P,p", "u,u,u"];

struct Room {
    directory: tempfile::TempDir,
}

impl Room {
    /// A database with a password.
    fn new() -> Self {
        let room = Self { directory: tempfile::tempdir().unwrap() };
        std::fs::create_dir(room.database()).unwrap();
        std::fs::write(room.path("password"), "analytical engine\n").unwrap();
        std::fs::write(room.path("noise"), [7; 64]).unwrap();
        room.certutil(&["-N"]);
        room
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn database(&self) -> PathBuf {
        self.path("nss")
    }

    fn certutil(&self, arguments: &[&str]) -> String {
        let output = Command::new("certutil")
            .args(arguments)
            .args(["-d", &format!("sql:{}", self.database().display()), "-f", self.path("password").to_str().unwrap()])
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// A certificate with its key, made by certutil.
    fn make(&self, nickname: &str, trust: &str, serial_number: u32) {
        let (noise, subject, serial_number) = (self.path("noise"), format!("CN={nickname}"), serial_number.to_string());
        let noise = noise.to_str().unwrap();
        let arguments =
            ["-S", "-n", nickname, "-s", &subject, "-t", trust, "-x", "-k", "ec", "-q", "nistp256", "-z", noise, "-m", &serial_number];
        self.certutil(&arguments);
    }

    /// Nicknames with trust as certutil prints them, with how often.
    fn printed(&self) -> BTreeMap<(String, String), usize> {
        let mut found = BTreeMap::new();
        for line in self.certutil(&["-L"]).lines().skip(4).filter(|line| !line.trim().is_empty()) {
            let (nickname, trust) = line.trim_end().rsplit_once(' ').unwrap();
            *found.entry((nickname.trim_end().to_owned(), trust.to_owned())).or_default() += 1;
        }
        found
    }

    fn listing(&self) -> Listing {
        listing::read(self.database(), String::new()).unwrap()
    }

    fn store(&self, kept: usize) -> SnapshotStore {
        SnapshotStore::new(&self.path("data"), "one", kept, Duration::days(90))
    }
}

fn listed(listing: &Listing) -> BTreeMap<(String, String), usize> {
    let mut found = BTreeMap::new();
    for one in &listing.certificates {
        *found.entry((one.nickname.clone().unwrap(), one.trust.to_string())).or_default() += 1;
    }
    found
}

fn moment(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_800_000_000 + seconds).unwrap()
}

#[test]
fn the_listing_is_what_certutil_prints_keys_and_shared_nicknames_included() {
    let room = Room::new();
    for (number, trust) in (1..).zip(TRUST) {
        room.make(&format!("certificate {number}"), trust, number);
    }
    // A second certificate of a subject takes its nickname.
    room.make("certificate 1", ",,", 900);
    let listing = room.listing();
    assert_eq!(listed(&listing), room.printed());
    let printed = room.certutil(&["-K"]);
    assert_eq!(listing.keys.len(), TRUST.len() + 1);
    for key in &listing.keys {
        assert!(printed.contains(&key.id), "{} is not in\n{printed}", key.id);
        assert_eq!(key.algorithm, "EC P-256");
    }
    room.certutil(&["-M", "-n", "certificate 2", "-t", "CT,,"]);
    room.certutil(&["-D", "-n", "certificate 3"]);
    assert_eq!(listed(&room.listing()), room.printed());
}

#[test]
fn the_revision_changes_with_every_write_of_another_program_and_with_nothing_else() {
    let room = Room::new();
    let reader = RevisionReader::new(room.database(), DatabaseFormat::Sql);
    let before = reader.read().unwrap();
    room.certutil(&["-L"]);
    room.listing();
    assert_eq!(reader.read().unwrap(), before);
    room.make("one", "C,,", 1);
    let after = reader.read().unwrap();
    assert_ne!(after, before);
    room.certutil(&["-M", "-n", "one", "-t", "P,,"]);
    assert_ne!(reader.read().unwrap(), after);
}

#[test]
fn a_directory_is_known_by_its_files() {
    let room = Room::new();
    assert_eq!(recognise::contents(room.database()).unwrap().format(), Some(DatabaseFormat::Sql));
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(recognise::contents(empty.path()).unwrap().format(), None);
    std::fs::write(empty.path().join("cert9.db"), "hello").unwrap();
    let contents = recognise::contents(empty.path()).unwrap();
    assert!(contents.format().is_none() && !contents.faults.is_empty());
    assert!(recognise::contents(Path::new("/nowhere/at/all")).is_err());
}

#[test]
fn a_restored_database_is_the_one_that_was_copied_wherever_the_restoration_is_killed() {
    let steps = [RestorationStep::Prepared, RestorationStep::Marked, RestorationStep::FirstRenamed, RestorationStep::Renamed];
    for kill_at in steps.into_iter().map(Some).chain([None]) {
        let room = Room::new();
        room.make("kept", "C,,", 1);
        let (then, store) = (room.printed(), room.store(5));
        let snapshot = store.take(room.database(), "ada", "a test", "r", moment(0)).unwrap();
        room.make("later", "P,P,P", 2);
        let now = room.printed();
        assert_ne!(then, now);
        let (_, directory) = store.find(&snapshot.id).unwrap();
        replace(store.directory(), room.database(), &directory, &snapshot.id, |step| Some(step) != kill_at).unwrap();
        let finished = finish_interrupted(store.directory(), room.database()).unwrap();
        let decided = !matches!(kill_at, Some(RestorationStep::Prepared));
        assert_eq!(finished.is_some(), decided && kill_at.is_some(), "{kill_at:?}");
        assert_eq!(room.printed(), if decided { then } else { now }, "killed at {kill_at:?}");
        assert_eq!(room.certutil(&["-K"]).matches("ec ").count(), if decided { 1 } else { 2 }, "keys and certificates belong together");
        let mut names: Vec<_> =
            std::fs::read_dir(room.database()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        assert_eq!(names, ["cert9.db", "key4.db", "pkcs11.txt"], "nothing is left over");
        assert!(finish_interrupted(store.directory(), room.database()).unwrap().is_none(), "finished once");
    }
}

#[test]
fn snapshots_are_private_and_the_oldest_go_first() {
    use std::os::unix::fs::PermissionsExt as _;
    let room = Room::new();
    let store = room.store(2);
    let ids: Vec<_> = (0..3).map(|second| store.take(room.database(), "ada", "a test", "r", moment(second)).unwrap().id).collect();
    let kept: Vec<_> = store.list().unwrap().into_iter().map(|manifest| manifest.id).collect();
    assert_eq!(kept, [ids[2].clone(), ids[1].clone()]);
    assert!(matches!(store.find(&ids[0]), Err(SnapshotError::NotFound)));
    assert!(matches!(store.find("../../../etc"), Err(SnapshotError::NotFound)));
    let (_, directory) = store.find(&ids[2]).unwrap();
    assert_eq!(directory.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    for entry in std::fs::read_dir(&directory).unwrap() {
        assert_eq!(entry.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_snapshot_that_fails_leaves_nothing() {
    let room = Room::new();
    std::fs::write(room.database().join("key4.db"), "not a database at all, but long enough to be read").unwrap();
    let store = room.store(2);
    assert!(store.take(room.database(), "ada", "a test", "r", moment(0)).is_err());
    assert_eq!(std::fs::read_dir(store.directory()).unwrap().count(), 0);
}
