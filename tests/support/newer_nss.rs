//! An NSS newer than the system's, which `.ci/setup packages tests` unpacks into `.tools/nss`: what it writes, older ones must be told of.

use std::path::PathBuf;

use crate::console::{Console, Options};
use crate::database::Database;
use crate::run;

/// Where it is.
#[must_use]
pub fn place() -> PathBuf {
    let place = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../.tools/nss").canonicalize();
    place.expect("`.ci/setup packages tests` unpacks a newer NSS into .tools/nss")
}

/// Its certutil on a database, which must succeed.
pub fn certutil(database: &Database, arguments: &[&str]) -> String {
    let directory = format!("sql:{}", database.path());
    let common = ["-d", &directory, "-f", database.password_file().to_str().unwrap()];
    run::must(place().join("certutil").to_str().unwrap(), &[arguments, &common].concat())
}

/// Trust as its certutil prints it, by nickname.
pub fn trust(database: &Database) -> std::collections::BTreeMap<String, String> {
    let directory = format!("sql:{}", database.path());
    let out = run::must(place().join("certutil").to_str().unwrap(), &["-L", "-d", &directory]);
    crate::database::listed(&out).into_iter().map(|listed| (listed.nickname, listed.trust)).collect()
}

/// Key ids in hex with nickname or label, as its certutil prints them.
pub fn keys(database: &Database) -> std::collections::BTreeMap<String, String> {
    crate::database::listed_keys(&certutil(database, &["-K"]))
}

/// Its pk12util on a database, which must succeed.
pub fn pk12util(database: &Database, arguments: &[&str]) -> String {
    let directory = format!("sql:{}", database.path());
    let common = ["-d", &directory, "-k", database.password_file().to_str().unwrap()];
    run::must(place().join("pk12util").to_str().unwrap(), &[arguments, &common].concat())
}

/// A console whose workers load its softoken.
#[must_use]
pub fn console(options: Options) -> Console {
    let place = place().display().to_string();
    let wrapper = vec!["env".to_owned(), format!("LD_LIBRARY_PATH={place}"), format!("CERTDECK_SOFTOKEN={place}/libsoftokn3.so")];
    Console::start(&Options { wrapper, ..options })
}
