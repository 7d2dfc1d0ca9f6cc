//! PKCS#11 modules, and what is on their tokens.

use certdeck_shared::api::key::KeyAlgorithm;
use certdeck_shared::api::module::{KeyForToken, ModuleChange, NewModule, TokenCertificateChange};
use certdeck_shared::glass::Action;
use support::certificates::{Authority, to_pem};
use support::database::PASSWORD;
use support::deck::Deck;
use support::softhsm::{LIBRARY, PIN, SoftHsm};

use super::{Copy, Shell};

/// A shell whose tools and whose console see a token of SoftHSM.
async fn with_token(softhsm: &SoftHsm) -> Shell {
    let mut shell = Shell::around(Deck::started_by(softhsm.wrapper()).await).await;
    let (name, value) = softhsm.wrapper()[1].split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())).unwrap();
    shell.environment.push((name, value));
    let write = |name: &str, text: &str| std::fs::write(shell.deck.room.path().join(name), text).unwrap();
    write("token-pin", &format!("{PIN}\n"));
    write("token-passwords", &format!("NSS Certificate DB:{PASSWORD}\nlabtoken:{PIN}\n"));
    shell
}

fn module() -> NewModule {
    NewModule {
        name: "Soft HSM".to_owned(),
        library: LIBRARY.to_owned(),
        parameters: None,
        default_mechanisms: vec!["RSA".to_owned(), "AES".to_owned()],
    }
}

/// What pkcs11.txt says of the module, its numbers of slots left out: SoftHSM makes them up.
fn stanza(database: &support::database::Database) -> Vec<String> {
    let text = std::fs::read_to_string(database.directory().join("pkcs11.txt")).unwrap();
    let Some(stanza) = text.split("\n\n").find(|stanza| stanza.contains("name=Soft HSM")) else { return Vec::new() };
    let words = stanza.split(['=', '{', '}', '[', ']', ' ', '\n', ',']).map(str::trim);
    let mut words: Vec<String> = words.filter(|word| !word.is_empty() && !word.starts_with("0x")).map(str::to_owned).collect();
    words.sort();
    words.dedup();
    words
}

fn same(copy: &Copy, shell: &Shell, what: &str) {
    let (theirs, ours) = (stanza(&copy.database), stanza(&shell.deck.database));
    for word in ["RSA", "AES", "RANDOM"] {
        assert_eq!(theirs.iter().any(|own| own == word), ours.iter().any(|own| own == word), "{what}: {word} in {theirs:?} and {ours:?}");
    }
    assert_eq!(theirs.is_empty(), ours.is_empty(), "{what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn modules_are_added_changed_and_removed_the_same_by_each_line() {
    let softhsm = SoftHsm::with_token("labtoken");
    let shell = with_token(&softhsm).await;
    let (copy, _, _) = shell.both(&Action::AddModule { body: module() }).await;
    same(&copy, &shell, "added");
    let (_, tools, rest) = shell.both(&Action::ListModules).await;
    assert!(tools.contains("Soft HSM") && tools.contains("labtoken") && rest.contains("labtoken"));
    let (_, tools, rest) = shell.both(&Action::ShowModule { module: "Soft HSM".to_owned() }).await;
    assert!(tools.contains(LIBRARY) && rest.contains(LIBRARY));
    let (_, tools, rest) = shell.both(&Action::ListTokens).await;
    assert!(tools.contains("labtoken") && rest.contains("labtoken"));
    for body in [
        ModuleChange { default_mechanisms: Some(vec!["RSA".to_owned(), "RANDOM".to_owned()]), ..ModuleChange::default() },
        ModuleChange { enabled: Some(false), ..ModuleChange::default() },
        ModuleChange { enabled: Some(true), ..ModuleChange::default() },
        ModuleChange { default_mechanisms: Some(Vec::new()), ..ModuleChange::default() },
    ] {
        let (copy, _, _) = shell.both(&Action::ChangeModule { module: "Soft HSM".to_owned(), body: body.clone() }).await;
        same(&copy, &shell, &format!("{body:?}"));
        let listed = |directory: &str| {
            let said = softhsm.must("modutil", &["-force", "-dbdir", &format!("sql:{directory}"), "-list", "Soft HSM"]);
            said.lines().filter(|line| line.contains("Status:")).map(|line| line.contains("DISABLED (user")).collect::<Vec<_>>()
        };
        assert_eq!(listed(&copy.database.path()), listed(&shell.deck.database.path()), "{body:?}");
    }
    let (copy, _, _) = shell.both(&Action::RemoveModule { module: "Soft HSM".to_owned() }).await;
    same(&copy, &shell, "removed");
    assert!(stanza(&shell.deck.database).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_and_certificates_of_a_token_are_the_same_by_each_line() {
    let softhsm = SoftHsm::with_token("labtoken");
    let shell = with_token(&softhsm).await;
    let token = || "labtoken".to_owned();
    shell.deck.client.add_module(&shell.deck.id, &module()).await.unwrap();
    shell.both(&Action::UnlockToken { token: token() }).await;
    // One token is seen by both, and certutil tells what is on it.
    let keys = || -> Vec<String> {
        let directory = format!("sql:{}", shell.deck.database.path());
        let passwords = shell.deck.room.path().join("token-passwords");
        let said = softhsm.ask("certutil", &["-K", "-d", &directory, "-h", "labtoken", "-f", passwords.to_str().unwrap()]).out;
        said.lines().filter(|line| line.starts_with('<')).map(|line| line.split_whitespace().nth(3).unwrap().to_owned()).collect()
    };
    for by_rest in [false, true] {
        let of = |lines: certdeck_shared::glass::CommandLines| if by_rest { lines.rest } else { lines.commands };
        let body = KeyForToken { algorithm: KeyAlgorithm::EcP256, label: None };
        shell.run(&of(shell.lines(&Action::CreateTokenKey { token: token(), body }).await));
        let made = keys();
        assert_eq!(made.len(), 1, "by REST: {by_rest}");
        assert!(shell.run(&of(shell.lines(&Action::ListTokenKeys { token: token() }).await)).contains(&made[0]), "by REST: {by_rest}");
        shell.run(&of(shell.lines(&Action::DeleteTokenKey { token: token(), key: made[0].clone() }).await));
        assert!(keys().is_empty(), "by REST: {by_rest}");
    }
    for (number, by_rest) in [false, true].into_iter().enumerate() {
        let authority = Authority::new(&format!("CA {number}"));
        std::fs::write(shell.deck.room.path().join("certificate.pem"), to_pem(&authority.certificate)).unwrap();
        let nickname = format!("labtoken:A CA {number}");
        let of = |lines: certdeck_shared::glass::CommandLines| if by_rest { lines.rest } else { lines.commands };
        shell.deck.unlock().await;
        let add = Action::AddTokenCertificate {
            token: token(),
            file: "certificate.pem".to_owned(),
            nickname: nickname.clone(),
            trust: Some("C,,".to_owned()),
        };
        shell.run(&of(shell.lines(&add).await));
        let listed = shell.deck.client.token_certificates(&shell.deck.id, "labtoken").await.unwrap();
        let there = listed.iter().find(|one| one.nickname == nickname).unwrap_or_else(|| panic!("{nickname} is not on the token"));
        assert_eq!(there.trust, "C,,", "by REST: {by_rest}");
        let both = shell.lines(&Action::ListTokenCertificates { token: token() }).await;
        assert!(shell.run(&both.commands).contains(&nickname) && shell.run(&both.rest).contains(&nickname));
        let fingerprint = there.fingerprint_sha256.clone();
        let change = Action::ChangeTokenCertificate {
            token: token(),
            fingerprint: fingerprint.clone(),
            nickname: nickname.clone(),
            body: TokenCertificateChange { trust: Some("P,,".to_owned()), ..TokenCertificateChange::default() },
        };
        shell.run(&of(shell.lines(&change).await));
        let listed = shell.deck.client.token_certificates(&shell.deck.id, "labtoken").await.unwrap();
        assert_eq!(listed.iter().find(|one| one.nickname == nickname).unwrap().trust, "P,,", "by REST: {by_rest}");
        shell.run(&of(shell.lines(&Action::DeleteTokenCertificate { token: token(), fingerprint, nickname, with_key: false }).await));
    }
    assert!(shell.deck.client.token_certificates(&shell.deck.id, "labtoken").await.unwrap().is_empty());
    shell.run(&shell.lines(&Action::LockToken { token: token() }).await.rest);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_password_of_a_token_and_its_line_are_the_same_by_each_line() {
    let softhsm = SoftHsm::with_token("labtoken");
    let shell = with_token(&softhsm).await;
    let token = || "labtoken".to_owned();
    shell.deck.client.add_module(&shell.deck.id, &module()).await.unwrap();
    let line = |copy: &Copy| {
        let read = |database: &support::database::Database| {
            let text = std::fs::read_to_string(database.directory().join("sslpassword.conf")).unwrap();
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines.sort();
            lines
        };
        assert_eq!(read(&copy.database), read(&shell.deck.database));
        read(&shell.deck.database)
    };
    let (copy, _, _) = shell.both(&Action::WriteTokenPassword { token: token() }).await;
    assert!(line(&copy).contains(&format!("labtoken:{PIN}")));
    let (copy, _, _) = shell.both(&Action::RemoveTokenPassword { token: token() }).await;
    assert_eq!(line(&copy).len(), 1);
    let lines = shell.lines(&Action::ChangeTokenPassword { token: token() }).await;
    let write = |name: &str, text: &str| std::fs::write(shell.deck.room.path().join(name), text).unwrap();
    // Whoever changes it has to know the one before.
    let pins = [PIN, "123456", "654321", "112233"];
    for (change, by_rest) in pins.windows(2).zip([true, false, false]) {
        write("token-pin", &format!("{}\n", change[0]));
        write("new-password", &format!("{}\n", change[1]));
        shell.run(if by_rest { &lines.rest } else { &lines.commands });
    }
}
