//! Revocation lists that lie in a database.

use certdeck_shared::api::issue::NewSelfSigned;
use certdeck_shared::api::revocation::NewRevocation;
use certdeck_shared::glass::Action;
use certdeck_shared::request::{RequestForm, Template};
use support::database::Database;
use support::run;

use super::Shell;
use crate::stored_lists::list_of_another;

fn lists(database: &Database) -> String {
    run::must("crlutil", &["-L", "-d", &format!("sql:{}", database.path())])
}

/// What crlutil prints of the list of a CA.
fn list_of(database: &Database, authority: &str) -> String {
    run::must("crlutil", &["-L", "-d", &format!("sql:{}", database.path()), "-n", authority])
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_shown_taken_in_and_deleted_by_each_line() {
    let shell = Shell::new().await;
    let root = NewSelfSigned {
        nickname: "keeper".to_owned(),
        form: RequestForm { subject: "CN=Keeper,O=Lines".to_owned(), template: Some(Template::Ca), ..RequestForm::default() },
        ..NewSelfSigned::default()
    };
    let (client, id) = (&shell.deck.client, &shell.deck.id);
    let authority = client.create_self_signed(id, &root).await.unwrap().fingerprint_sha256;
    let revocation = NewRevocation { serial_number: Some("25001".to_owned()), ..NewRevocation::default() };
    client.revoke(id, &authority, &revocation).await.unwrap();
    let list = client.stored_lists(id, None).await.unwrap().lists.remove(0).fingerprint_sha256;
    let file = shell.deck.room.path().join("ca.crl");
    std::fs::write(&file, client.export_stored_list(id, &list).await.unwrap()).unwrap();

    for serial_number in [None, Some("25001".to_owned())] {
        let (_, tools, rest) = shell.both(&Action::ListRevocationLists { serial_number }).await;
        assert!(tools.contains("keeper") && rest.contains("CN=Keeper"), "{tools}\n{rest}");
    }
    let (_, _, rest) = shell.both(&Action::ShowStoredList { list: list.clone() }).await;
    assert!(rest.contains("61A9"), "{rest}");

    let (copy, _, _) = shell.both(&Action::DeleteRevocationList { list, authority: Some("keeper".to_owned()) }).await;
    assert_eq!(lists(&copy.database), lists(&shell.deck.database));
    assert!(!lists(&copy.database).contains("keeper"));

    let (copy, _, _) = shell.both(&Action::ImportRevocationList { unverified: false }).await;
    assert_eq!(list_of(&copy.database, "keeper"), list_of(&shell.deck.database, "keeper"));
    assert!(list_of(&copy.database, "keeper").contains("25001"));

    // One whose issuer is not here, which is taken only where that is wanted.
    let stranger = list_of_another(shell.deck.room.path(), "/CN=Stranger");
    std::fs::write(&file, run::openssl(&["crl", "-outform", "DER"], &stranger)).unwrap();
    let (copy, _, _) = shell.both(&Action::ImportRevocationList { unverified: true }).await;
    assert_eq!(lists(&copy.database), lists(&shell.deck.database));
    assert!(lists(&copy.database).contains("Stranger"), "{}", lists(&copy.database));
}
