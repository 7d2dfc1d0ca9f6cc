//! Damaged files and bombs through every endpoint that takes files, requests or answers: nothing changes, the answer says why, and it comes
//! soon. The files are those of other projects in `backend/tests/keystores` and `shared/tests/corpus`, whose provenance stands beside them.

mod bombs;
mod damage;
mod doors;

use support::run::openssl;

use doors::Doors;

/// Something that is no good, with the password that would open it if it were whole.
pub struct Bad {
    pub name: String,
    pub octets: Vec<u8>,
    pub password: String,
}

impl Bad {
    /// With a password that opens nothing.
    pub fn new(name: impl Into<String>, octets: Vec<u8>) -> Self {
        Self { name: name.into(), octets, password: "1234".to_owned() }
    }
}

async fn all_are_refused(all: Vec<Bad>) {
    assert!(all.len() > 15);
    let doors = Doors::new().await;
    let database = &doors.deck.database;
    let before = (database.listing(), database.keys());
    let wrong = doors.refuse(&all).await;
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), all.len(), wrong.join("\n"));
    assert_eq!((database.listing(), database.keys()), before, "certutil sees the same");
    // It still works.
    let made = openssl(
        &["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "/dev/null", "-subj", "/CN=after"],
        b"",
    );
    doors.deck.client.import_file(&doors.deck.id, "application/x-pem-file", made).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_key_stores_change_nothing() {
    all_are_refused(damage::key_stores()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_pem_pkcs7_and_requests_change_nothing() {
    all_are_refused(damage::messages()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bombs_do_not_go_off() {
    all_are_refused(bombs::all()).await;
}
