//! NSS databases made and read by certutil: the other side of every comparison.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::run;

/// Password of the databases that the tests make: passes every quality check.
pub const PASSWORD: &str = "Tr0ub4dor&3-horse-staple";

/// One line of `certutil -L`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// Nickname.
    pub nickname: String,
    /// Trust flags.
    pub trust: String,
}

/// An NSS database directory with its password beside it.
pub struct Database {
    directory: PathBuf,
    password_file: PathBuf,
    _keep: Option<tempfile::TempDir>,
}

impl Database {
    /// A new, empty database made by `certutil -N`.
    pub fn made_by_certutil() -> Self {
        Self::made_in_format("sql")
    }

    /// The same in a format: `sql` or `dbm`.
    pub fn made_in_format(format: &str) -> Self {
        let keep = tempfile::tempdir().unwrap();
        let directory = keep.path().join("nss");
        std::fs::create_dir(&directory).unwrap();
        let database = Self::at(&directory, PASSWORD, keep.path());
        let prefixed = format!("{format}:{}", directory.display());
        run::must("certutil", &["-N", "-d", &prefixed, "-f", database.password_file.to_str().unwrap()]);
        Self { _keep: Some(keep), ..database }
    }

    /// A database that is there already; `room` takes the password file.
    pub fn at(directory: &Path, password: &str, room: &Path) -> Self {
        let password_file = room.join("password-for-certutil");
        std::fs::write(&password_file, format!("{password}\n")).unwrap();
        Self { directory: directory.to_owned(), password_file, _keep: None }
    }

    /// Its directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Its directory as text.
    pub fn path(&self) -> String {
        self.directory.display().to_string()
    }

    /// The file that holds its password.
    pub fn password_file(&self) -> &Path {
        &self.password_file
    }

    /// `certutil` on this database with the password at hand.
    pub fn certutil(&self, arguments: &[&str]) -> run::Said {
        let directory = format!("sql:{}", self.directory.display());
        let common = ["-d", &directory, "-f", self.password_file.to_str().unwrap()];
        run::ask("certutil", &[arguments, &common].concat())
    }

    /// The same, and it must succeed.
    pub fn certutil_must(&self, arguments: &[&str]) -> String {
        let said = self.certutil(arguments);
        assert!(said.success, "certutil {arguments:?} failed\n{}{}", said.out, said.err);
        said.out
    }

    /// `certutil -L`, sorted. Without the password, so that `u` shows by the public key as everywhere else.
    pub fn listing(&self) -> Vec<Listed> {
        let out = run::must("certutil", &["-L", "-d", &format!("sql:{}", self.directory.display())]);
        listed(&out)
    }

    /// The same while the console may be writing, at which certutil gives up.
    pub fn listing_now(&self) -> Option<Vec<Listed>> {
        let said = run::ask("certutil", &["-L", "-d", &format!("sql:{}", self.directory.display())]);
        said.success.then(|| listed(&said.out))
    }

    /// Trust by nickname.
    pub fn trust(&self) -> BTreeMap<String, String> {
        self.listing().into_iter().map(|listed| (listed.nickname, listed.trust)).collect()
    }

    /// `certutil -K`: key ids in hex, as it prints them, with the nickname or label.
    pub fn keys(&self) -> BTreeMap<String, String> {
        listed_keys(&self.certutil(&["-K"]).out)
    }

    /// `certutil -L -n NICKNAME -r`: the certificate's DER.
    pub fn der(&self, nickname: &str) -> Vec<u8> {
        let directory = format!("sql:{}", self.directory.display());
        let output = run::with_input("certutil", &["-L", "-d", &directory, "-n", nickname, "-r"], b"");
        assert!(output.status.success(), "certutil does not know {nickname}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// `certutil -A`.
    pub fn add(&self, nickname: &str, trust: &str, der: &[u8]) {
        let file = self.password_file.with_file_name(format!("add-{}.der", run_number()));
        std::fs::write(&file, der).unwrap();
        self.certutil_must(&["-A", "-n", nickname, "-t", trust, "-i", file.to_str().unwrap()]);
    }

    /// `PRAGMA integrity_check` of both files, on a copy, so that nothing is repaired on the way.
    pub fn is_whole(&self) -> bool {
        ["cert9.db", "key4.db"].iter().all(|name| {
            let path = self.directory.join(name);
            let connection = rusqlite::Connection::open(&path).unwrap();
            connection.query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0)).unwrap() == "ok"
        })
    }
}

/// What `certutil -K` printed.
pub(crate) fn listed_keys(out: &str) -> BTreeMap<String, String> {
    let keys = out.lines().filter(|line| line.starts_with('<')).map(|line| {
        // < 0> rsa      1f2e…   NSS Certificate DB:nickname
        let rest = line.split_once('>').unwrap().1.trim_start();
        let mut words = rest.splitn(2, char::is_whitespace);
        let rest = words.nth(1).unwrap().trim_start();
        let (id, label) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        (id.to_owned(), label.trim().to_owned())
    });
    keys.collect()
}

/// What `certutil -L` printed, sorted.
pub(crate) fn listed(out: &str) -> Vec<Listed> {
    let mut listed: Vec<_> = out
        .lines()
        .filter_map(|line| line.trim_end().rsplit_once(char::is_whitespace))
        // The two lines of the heading hold no trust flags.
        .filter(|(_, trust)| trust.matches(',').count() == 2 && !trust.starts_with("SSL"))
        // Where a nickname holds a colon certutil puts the token's name before it.
        .map(|(nickname, trust)| (nickname.trim_end().trim_start_matches("NSS Certificate DB:"), trust))
        .map(|(nickname, trust)| Listed { nickname: nickname.to_owned(), trust: trust.to_owned() })
        .collect();
    listed.sort();
    listed
}

/// Numbers that differ within a test process, for names of files.
pub fn run_number() -> u64 {
    static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
}
