//! Several databases in one directory, kept apart by prefixes, as Netscape's and Sun's servers have them; `certutil -P` is the judge.

use std::path::Path;

use certdeck_shared::api::conversion::Conversion;
use certdeck_shared::api::database::{Database, DatabaseFormat, NewDatabase, TokenLogin};
use certdeck_shared::api::problem::ProblemCode;
use support::console::Console;
use support::database::PASSWORD;
use support::deck::{Deck, empty, item, problem, refusal};
use support::run;

/// An `alias` directory.
struct Alias {
    room: tempfile::TempDir,
}

impl Alias {
    fn new() -> Self {
        let alias = Self { room: tempfile::tempdir().unwrap() };
        std::fs::create_dir(alias.room.path().join("alias")).unwrap();
        std::fs::write(alias.path("password"), format!("{PASSWORD}\n")).unwrap();
        std::fs::write(alias.path("noise"), [7; 64]).unwrap();
        alias
    }

    fn path(&self, name: &str) -> String {
        self.room.path().join(name).display().to_string()
    }

    fn directory(&self) -> String {
        self.path("alias")
    }

    fn certutil(&self, format: &str, prefix: &str, arguments: &[&str]) -> String {
        let (directory, file) = (format!("{format}:{}", self.directory()), self.path("password"));
        run::must("certutil", &[arguments, &["-d", &directory, "-P", prefix, "-f", &file]].concat())
    }

    /// A database with one certificate and its key.
    fn make(&self, format: &str, prefix: &str, name: &str) {
        self.certutil(format, prefix, &["-N"]);
        let (subject, noise) = (format!("CN={name}"), self.path("noise"));
        self.certutil(format, prefix, &["-S", "-n", name, "-s", &subject, "-x", "-t", "C,,", "-z", &noise, "-g", "2048"]);
    }

    fn register(&self, prefix: Option<&str>) -> NewDatabase {
        NewDatabase::Register { path: self.directory(), prefix: prefix.map(str::to_owned), label: None }
    }
}

async fn names(deck: &Deck, database: &Database) -> Vec<String> {
    let listed = deck.client.certificates(&database.id).await.unwrap().certificates;
    listed.into_iter().map(|one| one.nickname.unwrap_or_default()).collect()
}

async fn restarted(mut deck: Deck) -> Deck {
    let data = deck.console.data_dir().to_owned();
    assert!(deck.console.stop());
    deck.console = Console::start(&support::console::Options::new(data));
    deck.client = deck.console.sign_in().await;
    deck
}

#[tokio::test(flavor = "multi_thread")]
async fn databases_of_one_directory_are_told_apart_written_and_restored() {
    let alias = Alias::new();
    alias.make("sql", "slapd-host-", "directory");
    alias.make("sql", "https-www-", "web");
    let deck = Deck::new().await;
    let ambiguous = problem(deck.client.add_database(&alias.register(None)).await);
    assert_eq!(ambiguous.errors[0].pointer, "/prefix");
    assert!(ambiguous.detail.contains("https-www-, slapd-host-"), "{}", ambiguous.detail);
    assert_eq!(refusal(deck.client.add_database(&alias.register(Some("../x"))).await), ProblemCode::InvalidInput);
    let found = deck.client.found_databases_in(&alias.directory()).await.unwrap();
    assert_eq!(found.iter().map(|one| one.prefix.as_str()).collect::<Vec<_>>(), ["https-www-", "slapd-host-"]);
    let slapd = deck.client.add_database(&alias.register(Some("slapd-host-"))).await.unwrap();
    let https = deck.client.add_database(&alias.register(Some("https-www-"))).await.unwrap();
    assert_eq!((slapd.prefix.as_str(), slapd.label.as_str()), ("slapd-host-", "alias/slapd-host"));
    assert_eq!(refusal(deck.client.add_database(&alias.register(Some("slapd-host-"))).await), ProblemCode::AlreadyExists);
    assert_eq!((names(&deck, &slapd).await, names(&deck, &https).await), (vec!["directory".to_owned()], vec!["web".to_owned()]));

    let login = TokenLogin { password: Some(PASSWORD.to_owned()), password_file: None };
    deck.client.unlock(&slapd.id, "internal", &login).await.unwrap();
    let (other, untouched) = (Path::new(&alias.directory()).join("https-www-cert9.db"), alias.certutil("sql", "https-www-", &["-L"]));
    let written_at = other.metadata().unwrap().modified().unwrap();
    let added = support::certificates::Authority::new("Added").certificate;
    let slapd_deck = Deck { id: slapd.id.clone(), ..deck };
    slapd_deck.import(vec![item(added, "added", "CT,,")]).await;
    assert!(alias.certutil("sql", "slapd-host-", &["-L"]).contains("added"));
    let snapshot = slapd_deck.client.snapshots(&slapd.id).await.unwrap().remove(0);
    slapd_deck.client.restore(&slapd.id, &snapshot.id).await.unwrap();
    assert!(!alias.certutil("sql", "slapd-host-", &["-L"]).contains("added"));
    assert_eq!(alias.certutil("sql", "https-www-", &["-L"]), untouched);
    assert_eq!(other.metadata().unwrap().modified().unwrap(), written_at, "the neighbour was not written to");
    let key = slapd_deck.client.keys(&slapd.id).await.unwrap().remove(0).id;
    assert!(alias.certutil("sql", "slapd-host-", &["-K"]).contains(&key));
    let mut files: Vec<_> =
        std::fs::read_dir(alias.directory()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    files.sort();
    assert_eq!(files, ["https-www-cert9.db", "https-www-key4.db", "pkcs11.txt", "slapd-host-cert9.db", "slapd-host-key4.db"]);

    let deck = restarted(slapd_deck).await;
    assert_eq!(names(&deck, &slapd).await, ["directory"], "the prefix is remembered");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_only_database_of_an_old_alias_directory_is_found_by_itself_and_converted() {
    let alias = Alias::new();
    alias.make("dbm", "slapd-host-", "old");
    let (_room, _console, client) = empty().await;
    let registered = client.add_database(&alias.register(None)).await.unwrap();
    assert_eq!((registered.prefix.as_str(), registered.format, registered.certificates), ("slapd-host-", DatabaseFormat::Dbm, Some(1)));
    let preview = client.conversion_preview(&registered.id).await.unwrap();
    assert_eq!(preview.holds.certificates, 1);
    let report = client.convert(&registered.id, &Conversion { password: PASSWORD.to_owned() }).await.unwrap();
    assert!(report.complete && report.keys.len() == 1, "{report:?}");
    assert!(Path::new(&alias.directory()).join("slapd-host-cert9.db").exists());
    assert_eq!(alias.certutil("sql", "slapd-host-", &["-L"]), alias.certutil("dbm", "slapd-host-", &["-L"]));
    assert!(alias.certutil("sql", "slapd-host-", &["-K"]).contains(&report.keys[0].id));
    assert_eq!(client.database(&registered.id).await.unwrap().format, DatabaseFormat::Sql);
}
