//! Databases of the format before SQLite: cert8.db, key3.db, secmod.db; certutil makes them and judges what became of them.

use certdeck_shared::api::database::{DatabaseFormat, NewDatabase};
use certdeck_shared::api::problem::ProblemCode;
use support::database::{Database, PASSWORD};
use support::deck::{empty, refusal};
use support::run;

/// An old database as Sun's servers have one: a CA, a server certificate with its key, a key that waits, a CA without a key.
struct Old {
    database: Database,
}

impl Old {
    fn new() -> Self {
        let old = Self { database: Database::made_in_format("dbm") };
        old.make(&["-S", "-n", "SampleRootCA", "-s", "CN=My Sample Root CA,O=sesta.com", "-x", "-t", "CTu,CTu,CTu", "-m", "25000"]);
        old.make(&["-S", "-n", "SampleSSLServerCert", "-s", "CN=hostname.sesta.com", "-c", "SampleRootCA", "-t", "u,u,u", "-m", "25001"]);
        old.make(&["-R", "-s", "CN=pending", "-o", "/dev/null"]);
        old
    }

    /// certutil with noise for a key.
    fn make(&self, arguments: &[&str]) {
        let noise = self.database.password_file().with_file_name("noise");
        std::fs::write(&noise, [7; 64]).unwrap();
        self.certutil("dbm", &[arguments, &["-z", noise.to_str().unwrap(), "-g", "2048"]].concat());
    }

    fn certutil(&self, format: &str, arguments: &[&str]) -> String {
        let (directory, file) = (format!("{format}:{}", self.database.path()), self.database.password_file().to_str().unwrap());
        run::must("certutil", &[arguments, &["-d", &directory, "-f", file]].concat())
    }

    fn keys(&self, format: &str) -> Vec<String> {
        let said = self.certutil(format, &["-K"]);
        let keys = said.lines().filter(|line| line.starts_with('<')).map(|line| line.split_whitespace().nth(3).unwrap().to_owned());
        let mut keys: Vec<_> = keys.collect();
        keys.sort();
        keys
    }

    fn certificates(&self, format: &str) -> Vec<String> {
        let said = self.certutil(format, &["-L"]);
        let mut lines: Vec<_> = said.lines().skip(4).filter(|line| !line.trim().is_empty()).map(str::to_owned).collect();
        lines.sort();
        lines
    }

    fn convert(&self, password: &str) -> NewDatabase {
        NewDatabase::Convert { path: self.database.path(), label: None, password: password.to_owned() }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_converted_database_holds_for_certutil_what_the_old_one_held() {
    let old = Old::new();
    let (certificates, keys) = (old.certificates("dbm"), old.keys("dbm"));
    assert_eq!((certificates.len(), keys.len()), (2, 3));
    let (_room, _console, client) = empty().await;
    assert_eq!(refusal(client.add_database(&old.convert("wrong")).await), ProblemCode::PinIncorrect);
    assert!(!old.database.directory().join("cert9.db").exists(), "a refused conversion leaves nothing");
    let converted = client.add_database(&old.convert(PASSWORD)).await.unwrap();
    assert_eq!((converted.format, converted.certificates, converted.keys), (DatabaseFormat::Sql, Some(2), Some(3)));
    assert_eq!(old.certificates("sql"), certificates);
    assert_eq!(old.keys("sql"), keys);
    assert_eq!(old.certificates("dbm"), certificates, "the old files are as they were");
    assert!(old.database.is_whole());
    assert_eq!(refusal(client.add_database(&old.convert(PASSWORD)).await), ProblemCode::DatabaseExists);
}
