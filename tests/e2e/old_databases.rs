//! Databases of the format before SQLite: cert8.db, key3.db, secmod.db; certutil makes them and judges what became of them.

use std::os::unix::fs::PermissionsExt as _;

use certdeck_shared::api::conversion::Conversion;
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
        NewDatabase::Convert { path: self.database.path(), prefix: None, label: None, password: password.to_owned() }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversion_shows_what_is_there_and_reports_what_came_over_modules_and_revocation_lists_too() {
    let old = Old::new();
    let script = old.database.password_file().with_file_name("crl-script");
    std::fs::write(&script, "update=20260101000000Z\nnextupdate=20270101000000Z\n").unwrap();
    let (dbm, password_file) = (format!("dbm:{}", old.database.path()), old.database.password_file().to_str().unwrap().to_owned());
    run::must("crlutil", &["-G", "-d", &dbm, "-n", "SampleRootCA", "-f", &password_file, "-c", script.to_str().unwrap()]);
    let library = "/usr/lib/softhsm/libsofthsm2.so";
    run::must("modutil", &["-force", "-dbdir", &dbm, "-add", "Card reader", "-libfile", library]);
    std::fs::set_permissions(old.database.directory().join("key3.db"), std::fs::Permissions::from_mode(0o640)).unwrap();

    let (_room, _console, client) = empty().await;
    let registered = client.add_database(&NewDatabase::Register { path: old.database.path(), prefix: None, label: None }).await.unwrap();
    let shown = client.conversion_preview(&registered.id).await.unwrap();
    assert_eq!((shown.holds.certificates, shown.holds.revocation_lists, shown.holds.private_keys), (2, 1, None));
    assert_eq!((shown.modules.len(), shown.modules[0].name.as_str(), shown.modules[0].library.as_str()), (1, "Card reader", library));
    assert!(shown.password_needed);
    let wrong = Conversion { password: "wrong".to_owned() };
    assert_eq!(refusal(client.convert(&registered.id, &wrong).await), ProblemCode::PinIncorrect);
    assert!(!old.database.directory().join("cert9.db").exists() && !old.database.directory().join("pkcs11.txt").exists());

    let report = client.convert(&registered.id, &Conversion { password: PASSWORD.to_owned() }).await.unwrap();
    assert_eq!((report.complete, &report.differences), (true, &Vec::new()), "{report:?}");
    assert_eq!(report.old, report.new);
    assert_eq!((report.certificates.len(), report.new.private_keys, report.modules[0].converted), (2, Some(3), true));
    let mut ids: Vec<_> = report.keys.iter().map(|key| key.id.clone()).collect();
    ids.sort();
    assert_eq!(ids, old.keys("sql"));
    let sql = format!("sql:{}", old.database.path());
    assert!(run::must("modutil", &["-list", "-dbdir", &sql, "-force"]).contains("Card reader"));
    assert!(run::must("crlutil", &["-L", "-d", &sql]).contains("SampleRootCA"));
    for name in ["cert9.db", "key4.db", "pkcs11.txt"] {
        let mode = old.database.directory().join(name).metadata().unwrap().permissions().mode() & 0o7777;
        assert_eq!(mode, 0o640, "{name} is as open as the old keys were");
    }
    assert_eq!(client.database(&registered.id).await.unwrap().format, DatabaseFormat::Sql);
    assert_eq!(client.certificates(&registered.id).await.unwrap().certificates.len(), 2);
    assert_eq!(refusal(client.convert(&registered.id, &wrong).await), ProblemCode::DatabaseExists);
    assert_eq!(refusal(client.conversion_preview(&registered.id).await), ProblemCode::DatabaseExists);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_without_a_password_is_converted_without_one() {
    let keep = tempfile::tempdir().unwrap();
    let directory = keep.path().join("nss");
    std::fs::create_dir(&directory).unwrap();
    let dbm = format!("dbm:{}", directory.display());
    run::must("certutil", &["-N", "-d", &dbm, "--empty-password"]);
    let noise = keep.path().join("noise");
    std::fs::write(&noise, [7; 64]).unwrap();
    let line = ["-S", "-d", &dbm, "-n", "one", "-s", "CN=one", "-x", "-t", "C,,", "-z", noise.to_str().unwrap()];
    run::must("certutil", &line);
    let (_room, _console, client) = empty().await;
    let registered =
        client.add_database(&NewDatabase::Register { path: directory.display().to_string(), prefix: None, label: None }).await.unwrap();
    assert!(!client.conversion_preview(&registered.id).await.unwrap().password_needed);
    let report = client.convert(&registered.id, &Conversion { password: String::new() }).await.unwrap();
    assert!(report.complete && report.keys.len() == 1 && report.certificates.len() == 1, "{report:?}");
    let listed = run::must("certutil", &["-L", "-d", &format!("sql:{}", directory.display())]);
    assert!(listed.contains("Cu,u,u"), "{listed}");
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
