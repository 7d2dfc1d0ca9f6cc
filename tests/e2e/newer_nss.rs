//! With a newer NSS than the system's: what the console writes through it both versions read, and what they cannot share is said.

use certdeck_shared::api::certificate::{CertificateChange, TrustChange, TrustChanges};
use certdeck_shared::api::client::Imported;
use certdeck_shared::api::database::{NewDatabase, TokenLogin};
use certdeck_shared::api::import::Import;
use certdeck_shared::api::problem::ProblemCode;
use support::certificates::{Authority, Template};
use support::console::Options;
use support::database::{Database, PASSWORD};
use support::deck::{Deck, empty, item, problem};
use support::newer_nss;

#[tokio::test(flavor = "multi_thread")]
async fn trust_written_through_a_newer_softoken_is_read_alike_by_both_versions() {
    let deck = Deck::with_newer_nss().await;
    let template = Template::new();
    let flags = ["CT,C,C", "C,,", "P,P,P", "p,p,p", ",C,", "T,,", ",,"];
    let items = (1..).zip(flags).map(|(number, trust)| item(template.numbered(number), &Template::nickname(number), trust));
    deck.import(items.collect()).await;
    let agree = |what: &str| {
        let (newer, older) = (newer_nss::trust(&deck.database), deck.database.trust());
        assert_eq!(newer, older, "{what}: left by the newer certutil, right by the system's");
        newer
    };
    let stored = agree("as imported");
    assert_eq!(stored.into_values().collect::<Vec<_>>(), flags);
    let listed = deck.listed().await;
    let changes = listed.iter().map(|entry| TrustChange {
        fingerprint_sha256: entry.fingerprint_sha256.clone(),
        expected: Some(entry.trust.clone()),
        trust: if entry.trust == "CT,C,C" { ",," } else { "CT,C,C" }.to_owned(),
    });
    deck.client.change_trust(&deck.id, &TrustChanges { changes: changes.collect() }, None).await.unwrap();
    assert_eq!(agree("changed by REST").values().filter(|trust| *trust == "CT,C,C").count(), flags.len() - 1);
    deck.certutil_agrees().await;

    // What the newer certutil writes, the system's does not see; the console does, and mends it with its next write.
    newer_nss::certutil(&deck.database, &["-M", "-n", &Template::nickname(2), "-t", "p,p,p"]);
    assert_eq!(deck.database.trust()[&Template::nickname(2)], "CT,C,C");
    let entry = deck.named(&Template::nickname(2)).await;
    assert_eq!(entry.trust, "p,p,p");
    let change = CertificateChange { nickname: None, trust: Some("C,,".to_owned()) };
    deck.client.change_certificate(&deck.id, &entry.fingerprint_sha256, &change, None).await.unwrap();
    assert_eq!(agree("mended")[&Template::nickname(2)], "C,,");
    let authentic = deck.client.certificate(&deck.id, &entry.fingerprint_sha256).await.unwrap().trust_authentic;
    assert_eq!(authentic, Some(true), "both objects carry a good signature");
    deck.client.delete_certificate(&deck.id, &entry.fingerprint_sha256, false).await.unwrap();
    deck.import(vec![item(Authority::new("After").certificate, "After", "C,,")]).await;
    assert!(!agree("after a deletion").contains_key(&Template::nickname(2)));
}

/// Written past softoken, but as this softoken would.
#[tokio::test(flavor = "multi_thread")]
async fn many_certificates_are_written_for_both_versions() {
    let deck = Deck::with_newer_nss().await;
    let template = Template::new();
    let flags = ["CT,C,C", "C,,", "P,P,P", "p,p,p", ",C,", "T,,", ",,"];
    let items = (0..70).map(|number| item(template.numbered(number), &Template::nickname(number), flags[number as usize % flags.len()]));
    let imported = deck.client.import(&deck.id, &Import { certificates: items.collect() }, false).await.unwrap();
    let Imported::Started(job) = imported else { panic!("an import of seventy is a job") };
    let job = deck.ended(&job.id).await;
    assert_eq!(job.message, "70 of 70 certificates", "without the remark that they were written one by one");
    let (newer, older) = (newer_nss::trust(&deck.database), deck.database.trust());
    assert_eq!((newer.len(), &newer), (70, &older), "left by the newer certutil, right by the system's");
    deck.certutil_agrees().await;
    for entry in deck.listed().await.iter().take(7) {
        let authentic = deck.client.certificate(&deck.id, &entry.fingerprint_sha256).await.unwrap().trust_authentic;
        assert_eq!(authentic, Some(true), "{}", entry.trust);
    }
    newer_nss::certutil(&deck.database, &["-M", "-n", &Template::nickname(0), "-t", "p,p,p"]);
    newer_nss::certutil(&deck.database, &["-D", "-n", &Template::nickname(1)]);
    let left = newer_nss::trust(&deck.database);
    assert_eq!((left.len(), left[&Template::nickname(0)].as_str()), (69, "p,p,p"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_older_nss_cannot_read_is_said() {
    let deck = Deck::with_newer_nss().await;
    let warnings = deck.client.database(&deck.id).await.unwrap().warnings.join("\n");
    assert!(warnings.contains("programs with an older NSS"), "a password of 3.118 or later: {warnings}");
    deck.import(vec![item(Authority::new("One").certificate, "One", "C,,")]).await;
    newer_nss::certutil(&deck.database, &["-M", "-n", "One", "-t", "p,,"]);
    let path = deck.database.path();
    assert!(!deck.database.certutil(&["-K"]).success, "the system's certutil takes the password for a wrong one");

    // The same directory in a console with the system's NSS.
    let (_room, _console, client) = empty().await;
    let registered = client.add_database(&NewDatabase::Register { path, prefix: None, label: None }).await.unwrap();
    let warnings = registered.warnings.join("\n");
    assert!(warnings.contains("takes every password for a wrong one") && warnings.contains("Do not write to it with both"), "{warnings}");
    assert_eq!(client.certificates(&registered.id).await.unwrap().certificates[0].trust, "p,,", "the newer record is shown");
    let login = TokenLogin { password: Some(PASSWORD.to_owned()), password_file: None };
    let problem = problem(client.unlock(&registered.id, "internal", &login).await);
    assert_eq!(problem.code, ProblemCode::NssTooOld);
    assert!(problem.detail.contains("CERTDECK_SOFTOKEN"), "{}", problem.detail);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_console_says_what_older_programs_do_not_see() {
    let database = Database::made_by_certutil();
    database.add("One", "C,,", &Authority::new("One").certificate);
    newer_nss::certutil(&database, &["-M", "-n", "One", "-t", "p,,"]);
    newer_nss::certutil(
        &database,
        &["-A", "-n", "Two", "-t", "C,,", "-i", &{
            let file = database.password_file().with_file_name("two.der");
            std::fs::write(&file, Authority::new("Two").certificate).unwrap();
            file.display().to_string()
        }],
    );
    let room = tempfile::tempdir().unwrap();
    let console = newer_nss::console(Options::new(room.path().join("data")));
    let client = console.set_up().await;
    let registered = client.add_database(&NewDatabase::Register { path: database.path(), prefix: None, label: None }).await.unwrap();
    let warnings = registered.warnings.join("\n");
    assert!(warnings.contains("1 of its trust records"), "{warnings}");
}
