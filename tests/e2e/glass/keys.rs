//! Keys that are made, shown and deleted.

use certdeck_shared::api::key::{KeyAlgorithm, NewKey};
use certdeck_shared::glass::Action;

use super::Shell;

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_made_shown_and_deleted_the_same_by_each_line() {
    let shell = Shell::new().await;
    for algorithm in [KeyAlgorithm::Rsa2048, KeyAlgorithm::EcP256, KeyAlgorithm::EcP384, KeyAlgorithm::EcP521] {
        let before = shell.deck.database.keys().len();
        let (copy, _, _) = shell.both(&Action::CreateKey { body: NewKey { algorithm, label: Some("spare".to_owned()) } }).await;
        assert_eq!((copy.database.keys().len(), shell.deck.database.keys().len()), (before + 1, before + 1), "{algorithm:?}");
    }
    let ids: Vec<String> = shell.deck.database.keys().into_keys().collect();
    let (_, tools, rest) = shell.both(&Action::ListKeys).await;
    assert!(ids.iter().all(|id| tools.contains(id) && rest.contains(id)), "{tools}\n{rest}");
    let (_, tools, rest) = shell.both(&Action::ShowKey { key: ids[0].clone() }).await;
    assert!(tools.contains(&ids[0]) && rest.contains(&ids[0]));
    let (_, tools, rest) = shell.both(&Action::ListAlgorithms { token: "internal".to_owned() }).await;
    assert!(tools.contains("NSS Internal PKCS #11 Module") && rest.contains("ec-p256"));
    let (copy, _, _) = shell.both(&Action::DeleteKey { key: ids[0].clone() }).await;
    assert_eq!(copy.database.keys(), shell.deck.database.keys());
    assert!(!shell.deck.database.keys().contains_key(&ids[0]));
    let younger = shell.lines(&Action::CreateKey { body: NewKey { algorithm: KeyAlgorithm::Ed25519, label: None } }).await;
    assert!(younger.notes.iter().any(|note| note.contains("Ed25519")), "{younger:?}");
}
