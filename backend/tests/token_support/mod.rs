//! Databases, certificates and the outside oracles (certutil, openssl, SQLite) for the token tests.
#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    reason = "test support: the oracles are other programs, a failure is a failed test"
)]

use std::{
    collections::BTreeMap,
    fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::Duration,
};

use certdeck::token::{Advance, CertificateToImport, Secret, TokenHandle, WorkerOptions};
use certdeck_shared::{api::database::DatabaseFormat, trust::TrustFlags};
use tempfile::TempDir;

pub const PASSWORD: &str = "correct horse 7";

/// Certificates whose key and names are all alike, but for the subject.
pub struct Workshop {
    pub directory: TempDir,
}

impl Workshop {
    pub fn new() -> Self {
        Self { directory: TempDir::new().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// A self-signed certificate, DER, with a key of the kind that `openssl req -newkey` takes; one key for each kind.
    pub fn certificate(&self, subject: &str, key: &[&str]) -> Vec<u8> {
        self.certificate_with(subject, key, &[])
    }

    pub fn certificate_with(&self, subject: &str, key: &[&str], more: &[&str]) -> Vec<u8> {
        let key_file = self.path(&format!("{}.key", key.join("-").replace(':', "_")));
        if !key_file.exists() {
            let mut arguments = vec!["genpkey", "-algorithm"];
            arguments.extend(key);
            arguments.extend(["-out", key_file.to_str().unwrap()]);
            succeed("openssl", &arguments);
        }
        let mut arguments =
            vec!["req", "-x509", "-new", "-key", key_file.to_str().unwrap(), "-subj", subject, "-days", "30", "-outform", "DER"];
        arguments.extend(more);
        succeed("openssl", &arguments).stdout
    }

    pub fn write(&self, name: &str, octets: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, octets).unwrap();
        path
    }
}

pub const P256: [&str; 3] = ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
pub const RSA: [&str; 3] = ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"];

/// An NSS database in a temporary directory.
pub struct Database {
    pub directory: TempDir,
    pub password_file: PathBuf,
}

impl Database {
    /// An empty directory.
    pub fn empty() -> Self {
        Self::with_password(PASSWORD)
    }

    pub fn with_password(password: &str) -> Self {
        let directory = TempDir::new().unwrap();
        // Beside the database, not in it.
        let password_file = directory.path().join("password");
        fs::write(&password_file, format!("{password}\n")).unwrap();
        fs::create_dir(directory.path().join("db")).unwrap();
        Self { directory, password_file }
    }

    /// A database that certutil made.
    pub fn by_certutil() -> Self {
        let database = Self::empty();
        database.certutil(&["-N"]);
        database
    }

    pub fn path(&self) -> PathBuf {
        self.directory.path().join("db")
    }

    pub fn options(&self) -> WorkerOptions {
        let mut options = WorkerOptions::new(env!("CARGO_BIN_EXE_certdeck"), self.path(), DatabaseFormat::Sql);
        options.call_timeout = Duration::from_secs(120);
        options
    }

    pub fn handle(&self) -> TokenHandle {
        TokenHandle::new(self.options())
    }

    /// A token that is unlocked.
    pub async fn unlocked(&self) -> TokenHandle {
        let handle = self.handle();
        handle.login(&Secret::new(PASSWORD)).await.unwrap();
        handle
    }

    pub fn certutil_output(&self, arguments: &[&str]) -> Output {
        let directory = format!("sql:{}", self.path().display());
        let mut all = arguments.to_vec();
        all.extend(["-d", &directory, "-f", self.password_file.to_str().unwrap()]);
        run("certutil", &all)
    }

    /// certutil's standard output; it must succeed.
    pub fn certutil(&self, arguments: &[&str]) -> String {
        let output = self.certutil_output(arguments);
        assert!(output.status.success(), "certutil {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Nickname → flags, as `certutil -L` prints them.
    pub fn certutil_trust(&self) -> BTreeMap<String, String> {
        self.certutil(&["-L"])
            .lines()
            .filter(|line| line.contains(',') && !line.contains("JAR"))
            .map(|line| {
                let (nickname, flags) = line.trim_end().rsplit_once(' ').unwrap();
                (nickname.trim_end().to_owned(), flags.to_owned())
            })
            .collect()
    }

    /// Rows of a table without row ids and with their columns by name.
    pub fn rows(&self, file: &str, table: &str) -> Vec<BTreeMap<String, Vec<u8>>> {
        let connection = rusqlite::Connection::open(self.path().join(file)).unwrap();
        let mut statement = connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let names: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
        let rows = statement
            .query_map([], |row| {
                let mut found = BTreeMap::new();
                for (position, name) in names.iter().enumerate() {
                    if name != "id"
                        && let Some(value) = row.get::<_, Option<Vec<u8>>>(position)?
                    {
                        found.insert(name.clone(), value);
                    }
                }
                Ok(found)
            })
            .unwrap();
        let mut rows: Vec<_> = rows.map(Result::unwrap).collect();
        rows.sort();
        rows
    }

    /// Public rows, compared attribute for attribute.
    pub fn public_rows(&self) -> Vec<BTreeMap<String, Vec<u8>>> {
        self.rows("cert9.db", "nssPublic")
    }

    pub fn check_integrity(&self) {
        for file in ["cert9.db", "key4.db"] {
            let connection = rusqlite::Connection::open(self.path().join(file)).unwrap();
            let answer: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
            assert_eq!(answer, "ok", "{file}");
        }
    }
}

pub fn run(program: &str, arguments: &[&str]) -> Output {
    Command::new(program).args(arguments).stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{program}: {error}"))
}

pub fn succeed(program: &str, arguments: &[&str]) -> Output {
    let output = run(program, arguments);
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

pub fn trust(text: &str) -> TrustFlags {
    TrustFlags::parse(text).unwrap()
}

pub fn to_import(der: &[u8], nickname: &str, flags: Option<&str>) -> CertificateToImport {
    CertificateToImport { der: der.to_vec(), nickname: nickname.to_owned(), trust: flags.map(trust) }
}

pub fn go_on(_advance: Advance) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

pub fn path_text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A TBSCertificate (v3, serial number 1, 2026 to 2036) for a key, DER; the subject is one CN.
pub fn to_be_signed(subject_public_key_info: &[u8], issuer: &str, subject: &str, algorithm: &[u8]) -> Vec<u8> {
    let name = |text: &str| {
        let common_name = text.strip_prefix("CN=").unwrap();
        element(0x30, &[element(0x31, &[element(0x30, &[vec![6, 3, 0x55, 4, 3], element(0x0c, &[common_name.into()])])])])
    };
    let validity = element(0x30, &[element(0x17, &[b"260101000000Z".to_vec()]), element(0x17, &[b"360101000000Z".to_vec()])]);
    element(
        0x30,
        &[
            vec![0xa0, 3, 2, 1, 2],
            vec![2, 1, 1],
            algorithm.to_vec(),
            name(issuer),
            validity,
            name(subject),
            subject_public_key_info.to_vec(),
        ],
    )
}

/// DER of one element.
pub fn element(tag: u8, parts: &[Vec<u8>]) -> Vec<u8> {
    let content = parts.concat();
    let mut octets = vec![tag];
    match content.len() {
        short @ 0..=0x7f => octets.push(short as u8),
        length @ 0x80..=0xff => octets.extend([0x81, length as u8]),
        length => octets.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    octets.extend(content);
    octets
}

pub const ECDSA_WITH_SHA256: [u8; 12] = [0x30, 0x0a, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
pub const ECDSA_WITH_SHA384: [u8; 12] = [0x30, 0x0a, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3];
pub const ECDSA_WITH_SHA512: [u8; 12] = [0x30, 0x0a, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4];
pub const SHA256_WITH_RSA: [u8; 15] = [0x30, 0x0d, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11, 5, 0];

/// A self-signed certificate of a P-256 key of the token.
pub async fn self_signed(_workshop: &Workshop, token: &TokenHandle, key: &certdeck::token::GeneratedKey, subject: &str) -> Vec<u8> {
    let to_be_signed = to_be_signed(&key.subject_public_key_info, subject, subject, &ECDSA_WITH_SHA256);
    token.sign_self_signed(&key.id, &to_be_signed).await.unwrap()
}

/// A bare worker process on a socket.
pub fn worker(socket: std::os::unix::net::UnixStream) -> std::process::Child {
    let socket = Stdio::from(std::os::fd::OwnedFd::from(socket));
    Command::new(env!("CARGO_BIN_EXE_certdeck")).arg("token-worker").stdin(socket).spawn().unwrap()
}
