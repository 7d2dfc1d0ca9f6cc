//! certutil as the judge.

use std::path::{Path, PathBuf};
use std::process::Command;

use certdeck::nss::listing::{self, Listing};
use certdeck::verifiers::signature;
use certdeck_shared::validation::{ListFacts, SignatureFact, Signed, Store, Usage};
use certdeck_shared::x509::revocation_list;

/// A database that certutil made and filled.
pub struct Judge {
    room: tempfile::TempDir,
    /// What is in it, as the console reads it.
    pub listing: Listing,
    files: Vec<PathBuf>,
}

fn run(arguments: &[&str]) -> (bool, String, String) {
    let output = Command::new("certutil").args(arguments).output().expect("certutil, of libnss3-tools");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), text(&output.stdout), text(&output.stderr))
}

impl Judge {
    /// Adds what certutil takes; what it refuses is left out.
    pub fn new<'a>(certificates: impl IntoIterator<Item = (&'a [u8], &'a str)>) -> Self {
        let room = tempfile::tempdir().unwrap();
        let database = format!("sql:{}", room.path().display());
        assert!(run(&["-N", "-d", &database, "--empty-password"]).0);
        let file = room.path().join("certificate.der");
        for (number, (der, trust)) in certificates.into_iter().enumerate() {
            std::fs::write(&file, der).unwrap();
            run(&["-A", "-d", &database, "-n", &format!("n{number}"), "-t", trust, "-i", file.to_str().unwrap()]);
        }
        let listing = listing::read(room.path(), String::new()).unwrap();
        let files = (0..listing.certificates.len()).map(|place| room.path().join(format!("{place}.der"))).collect::<Vec<_>>();
        for (file, certificate) in files.iter().zip(&listing.certificates) {
            std::fs::write(file, &certificate.der).unwrap();
        }
        Self { room, listing, files }
    }

    /// Puts revocation lists into the database: rows as crlutil writes them, but of two for one issuer it would keep one, and some it refuses.
    pub fn add_lists(&mut self, lists: &[Vec<u8>]) {
        if lists.is_empty() {
            return;
        }
        let database = rusqlite::Connection::open(self.directory().join("cert9.db")).unwrap();
        for (number, list) in lists.iter().enumerate() {
            let issuer = revocation_list::read(list).unwrap().issuer_der;
            let empty = [0xa5_u8, 0, 0x5a];
            let row = rusqlite::params![number + 1, [0xce_u8, 0x53, 0x43, 0x51], [1_u8], [0_u8], empty, list, issuer];
            let statement = "INSERT INTO nssPublic (id, a0, a1, a2, a3, a11, a101, a170, ace534351, ace534358) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?3, ?5, ?4)";
            database.execute(statement, row).unwrap();
        }
        drop(database);
        self.listing = listing::read(self.directory(), String::new()).unwrap();
    }

    /// The rules' view of it.
    pub fn store(&self) -> Store {
        let mut store = Store::new();
        for certificate in &self.listing.certificates {
            let _ = store.add(&certificate.der, certificate.trust);
        }
        for list in &self.listing.revocation_lists {
            store.add_list(&ListFacts::read(&list.der).unwrap());
        }
        store
    }

    /// Whether a signature verifies under the key of a certificate.
    pub fn fact(&self, store: &Store, signed: Signed, issuer: usize) -> SignatureFact {
        let key = store.public_key(issuer).unwrap_or_default();
        match signed {
            Signed::Certificate(place) => signature::of_certificate(&self.listing.certificates[place].der, key),
            Signed::List(place) => signature::of_list(&self.listing.revocation_lists[place].der, key),
        }
    }

    fn directory(&self) -> &Path {
        self.room.path()
    }

    fn verify(&self, place: usize, usage: Usage, at: i64, more: &[&str]) -> (bool, String, String) {
        let at = time::OffsetDateTime::from_unix_timestamp(at).unwrap();
        let at = format!(
            "{:02}{:02}{:02}{:02}{:02}{:02}Z",
            at.year() % 100,
            u8::from(at.month()),
            at.day(),
            at.hour(),
            at.minute(),
            at.second()
        );
        let (database, usage) = (format!("sql:{}", self.directory().display()), usage.letter().to_string());
        let mut arguments = vec!["-V", "-e", "-d", &database, "-n", self.files[place].to_str().unwrap(), "-u", &usage, "-b", &at];
        arguments.extend_from_slice(more);
        run(&arguments)
    }

    /// What `certutil -V -e` says: nothing when it is valid, else the words behind "invalid".
    pub fn says(&self, place: usize, usage: Usage, at: i64) -> Option<String> {
        let (success, out, err) = self.verify(place, usage, at, &[]);
        match out.trim() {
            "certutil: certificate is valid" => {
                assert!(success);
                None
            }
            invalid => Some(invalid.strip_prefix("certutil: certificate is invalid: ").unwrap_or_else(|| panic!("{out}{err}")).to_owned()),
        }
    }

    /// What `certutil -V -e -l` lists: each element with its reason.
    pub fn lists(&self, place: usize, usage: Usage, at: i64) -> Vec<String> {
        let (_, out, err) = self.verify(place, usage, at, &["-l"]);
        if out.contains("certificate is valid") { Vec::new() } else { err.lines().map(str::to_owned).collect() }
    }
}
