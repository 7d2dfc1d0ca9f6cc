//! Certificates made here, their successors, and revocation lists.

use certdeck_shared::api::issue::{CertificateKey, IssuerAddresses, NewIssued, NewSelfSigned, SigningPolicy, Validity};
use certdeck_shared::api::key::{KeyAlgorithm, NewKey};
use certdeck_shared::api::renewal::{Renewal, RenewalMode};
use certdeck_shared::api::revocation::{NewRevocation, NewRevocationList, NextUpdate, RevocationReason};
use certdeck_shared::glass::Action;
use certdeck_shared::request::{RequestForm, RequestedConstraints, Template};
use certdeck_shared::x509::parse;
use support::certificates::from_pem;
use support::database::Database;
use support::poll;
use support::run;

use super::{Shell, certificate, says};

fn form(subject: &str, names: &str, template: Option<Template>) -> RequestForm {
    RequestForm { subject: subject.to_owned(), subject_alternative_names: names.to_owned(), template, ..RequestForm::default() }
}

fn months(months: u32) -> Validity {
    Validity { months: Some(months), ..Validity::default() }
}

fn root() -> NewSelfSigned {
    let constraints = RequestedConstraints { ca: true, path_length: Some(1) };
    NewSelfSigned {
        nickname: "root".to_owned(),
        form: RequestForm { basic_constraints: Some(constraints), ..form("CN=Example root,O=O'Brien & Söhne", "", Some(Template::Ca)) },
        serial_number: Some("25000".to_owned()),
        ..NewSelfSigned::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn self_signed_certificates_say_the_same_by_each_line() {
    let shell = Shell::new().await;
    let spare = shell.deck.client.create_key(&shell.deck.id, &NewKey { algorithm: KeyAlgorithm::EcP384, label: None }).await.unwrap();
    let server =
        NewSelfSigned { nickname: "one".to_owned(), form: form("CN=one.example.org,O=Example", "", None), ..NewSelfSigned::default() };
    let wanted = [
        server.clone(),
        NewSelfSigned {
            form: form("CN=two.example.org,O=Example", "", None),
            nickname: "two".to_owned(),
            key: CertificateKey::Algorithm(KeyAlgorithm::Rsa2048),
            validity: months(7),
            ..server.clone()
        },
        NewSelfSigned {
            nickname: "three".to_owned(),
            key: CertificateKey::KeyId(spare.id),
            form: RequestForm {
                extended_key_usage: ["serverAuth", "clientAuth", "OCSPSigning"].map(str::to_owned).to_vec(),
                key_usage: vec!["digitalSignature".to_owned(), "nonRepudiation".to_owned()],
                ..form(
                    "OU=\"hostname/ SSL Web Server\",O=Sesta,C=US,CN=three",
                    "three.example.org 192.0.2.3 2001:db8::3 a@example.org",
                    None,
                )
            },
            addresses: IssuerAddresses { ocsp: vec!["http://ocsp.example.org/a%20b".to_owned()], ..IssuerAddresses::default() },
            validity: Validity { offset_months: Some(1), ..months(2) },
            trust: Some("CT,c,".to_owned()),
            serial_number: Some("77".to_owned()),
        },
        NewSelfSigned { nickname: "four".to_owned(), form: form("CN=Somebody", "a@example.org", Some(Template::Mail)), ..server },
        root(),
    ];
    for new in wanted {
        let nickname = new.nickname.clone();
        let (copy, _, _) = shell.both(&Action::CreateSelfSigned { body: new.clone() }).await;
        assert_eq!(certificate(&copy.database, &nickname), certificate(&shell.deck.database, &nickname), "{nickname}");
        assert_eq!(copy.database.trust()[&nickname], shell.deck.database.trust()[&nickname], "{nickname}");
        let (ours, theirs) = (shell.deck.database.der(&nickname), copy.database.der(&nickname));
        let (ours, theirs) = (parse::certificate(&ours).unwrap(), parse::certificate(&theirs).unwrap());
        assert_eq!((&ours.ocsp, ours.not_before.date()), (&theirs.ocsp, theirs.not_before.date()));
        if new.serial_number.is_some() {
            assert_eq!(ours.serial_number, theirs.serial_number);
        }
    }
    let as_msgcert = NewSelfSigned { nickname: "five".to_owned(), form: form("CN=five.example.org", "", None), ..NewSelfSigned::default() };
    shell.run(&shell.lines(&Action::CreateSelfSigned { body: as_msgcert }).await.msgcert);
    assert!(shell.deck.database.trust()["five"].contains('u'));
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_of_a_ca_and_for_requests_say_the_same_by_each_line() {
    let shell = Shell::new().await;
    let issuer = shell.deck.client.create_self_signed(&shell.deck.id, &root()).await.unwrap().fingerprint_sha256;
    let of_form = |nickname: &str, form: RequestForm| NewIssued::Form {
        issuer: issuer.clone(),
        nickname: nickname.to_owned(),
        form: Box::new(form),
        addresses: IssuerAddresses::default(),
        key: CertificateKey::default(),
        validity: months(4),
        serial_number: None,
        trust: None,
    };
    for (nickname, form) in [
        ("web", form("CN=web.example.org", "web.example.org", Some(Template::TlsServer))),
        ("person", form("CN=Ada Lovelace,UID=ada", "ada@example.org", Some(Template::TlsClient))),
        ("lower", form("CN=Lower CA", "", Some(Template::Ca))),
    ] {
        let (copy, _, _) = shell.both(&Action::IssueCertificate { body: of_form(nickname, form) }).await;
        assert_eq!(certificate(&copy.database, nickname), certificate(&shell.deck.database, nickname), "{nickname}");
        assert_eq!(copy.database.trust(), shell.deck.database.trust());
    }
    run::must(
        "openssl",
        &[
            "req",
            "-new",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            "/dev/null",
            "-subj",
            "/CN=else.example.org",
            "-addext",
            "subjectAltName=DNS:else.example.org",
            "-out",
            shell.deck.room.path().join("request.pem").to_str().unwrap(),
        ],
    );
    let body = NewIssued::Request {
        issuer: issuer.clone(),
        request: String::new(),
        policy: SigningPolicy { template: Template::TlsClient, ..SigningPolicy::default() },
        validity: months(5),
        serial_number: Some("4711".to_owned()),
        nickname: Some("else".to_owned()),
    };
    let (copy, _, rest) = shell.both(&Action::IssueCertificate { body }).await;
    assert!(rest.contains("\"outcome\""), "the preview tells what becomes of the request: {rest}");
    assert_eq!(certificate(&copy.database, "else"), certificate(&shell.deck.database, "else"));
    let of_file = |room: &std::path::Path| {
        says(&parse::certificate(&from_pem(&std::fs::read_to_string(room.join("certificate.pem")).unwrap())[0]).unwrap())
    };
    assert_eq!(of_file(&copy.room), of_file(shell.deck.room.path()));
    let (_, tools, rest) = shell.both(&Action::ListIssued).await;
    assert!(tools.contains("else") && rest.contains("else.example.org"));
}

#[tokio::test(flavor = "multi_thread")]
async fn successors_say_the_same_by_each_line() {
    let shell = Shell::new().await;
    let client = &shell.deck.client;
    let issuer = client.create_self_signed(&shell.deck.id, &root()).await.unwrap().fingerprint_sha256;
    let own = NewSelfSigned { nickname: "box".to_owned(), form: form("CN=box.example.org", "", None), ..NewSelfSigned::default() };
    let own = client.create_self_signed(&shell.deck.id, &own).await.unwrap().fingerprint_sha256;
    let below = NewIssued::Form {
        issuer,
        nickname: "web".to_owned(),
        form: Box::new(form("CN=web.example.org", "", None)),
        addresses: IssuerAddresses::default(),
        key: CertificateKey::default(),
        validity: Validity::default(),
        serial_number: None,
        trust: None,
    };
    let below = client.issue(&shell.deck.id, &below).await.unwrap().fingerprint_sha256;
    let (_, tools, rest) = shell.both(&Action::ShowRenewal { fingerprint: own.clone() }).await;
    assert!(tools.contains("box.example.org") && rest.contains("itself"));
    let renewal =
        |mode: RenewalMode, key_algorithm| Renewal { mode, key_algorithm, validity: months(5), serial_number: Some("99".to_owned()) };
    for (fingerprint, nickname, body) in [
        (&own, "box", renewal(RenewalMode::Renew, None)),
        (&own, "box", renewal(RenewalMode::ReKey, Some(KeyAlgorithm::EcP384))),
        (&below, "web", renewal(RenewalMode::Renew, None)),
        (&below, "web", renewal(RenewalMode::ReKey, Some(KeyAlgorithm::Rsa2048))),
    ] {
        let before = shell.deck.database.listing().len();
        let body = Renewal { serial_number: Some(before.to_string()), ..body };
        let (copy, _, _) = shell.both(&Action::RenewCertificate { fingerprint: fingerprint.clone(), body: body.clone() }).await;
        let successor = |database: &Database, nickname: &str| {
            let all = run::must("certutil", &["-L", "-d", &format!("sql:{}", database.path()), "-n", nickname, "-a"]);
            let serial = format!("{before:02x}");
            let views = from_pem(&all).into_iter().map(|der| parse::certificate(&der).unwrap());
            views.into_iter().find(|view| view.serial_number == serial).map(|view| says(&view))
        };
        let ours = successor(&shell.deck.database, nickname);
        assert!(ours.is_some(), "{nickname} {body:?}");
        // The console writes subjects as UTF8String, which certutil cannot keep.
        let renewed = format!("{nickname} renewed");
        assert_eq!(successor(&copy.database, &renewed), ours, "{nickname} {body:?}");
        assert_eq!((copy.database.listing().len(), shell.deck.database.listing().len()), (before + 1, before + 1));
        assert_eq!(copy.database.trust()[&renewed], shell.deck.database.trust()[nickname]);
    }
    // One that certutil has made keeps its nickname.
    shell.deck.database.certutil_must(&[
        "-S",
        "-x",
        "-n",
        "old box",
        "-s",
        "CN=old box",
        "-t",
        "P,,",
        "-k",
        "rsa",
        "-g",
        "2048",
        "-z",
        "/etc/hostname",
        "-m",
        "5",
        "-8",
        "old.example.org",
    ]);
    let fingerprint = shell.address("old box").await;
    let (copy, _, _) = shell.both(&Action::RenewCertificate { fingerprint, body: renewal(RenewalMode::Renew, None) }).await;
    assert_eq!(copy.database.trust(), shell.deck.database.trust());
    let both = |database: &Database| database.listing().iter().filter(|listed| listed.nickname == "old box").count();
    assert_eq!((both(&copy.database), both(&shell.deck.database)), (2, 2));
    shell.run(&shell.lines(&Action::RenewCertificate { fingerprint: own, body: Renewal::default() }).await.msgcert[..1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn revocations_are_in_the_list_by_each_line() {
    let shell = Shell::new().await;
    let fingerprint = shell.deck.client.create_self_signed(&shell.deck.id, &root()).await.unwrap().fingerprint_sha256;
    let shown = |said: &str| {
        let days = said.lines().find_map(|line| line.trim().strip_prefix("Next Update: ")).unwrap().to_owned();
        let mut serials: Vec<String> =
            said.lines().filter_map(|line| line.trim().strip_prefix("Serial Number:")).map(|line| line.trim().to_owned()).collect();
        serials.sort();
        (days[..10].to_owned(), serials, said.matches("CRL reason code").count(), said.matches("Invalid Date").count())
    };
    let of = |directory: &str| shown(&run::must("crlutil", &["-L", "-d", &format!("sql:{directory}"), "-n", "root"]));
    let same = |copy: &super::Copy| {
        assert_eq!(of(&copy.database.path()), of(&shell.deck.database.path()));
        of(&copy.database.path())
    };
    let next_update = NextUpdate { days: Some(12), at: None };
    let (copy, _, _) = shell
        .both(&Action::CreateRevocationList {
            fingerprint: fingerprint.clone(),
            body: NewRevocationList { next_update: next_update.clone() },
        })
        .await;
    assert!(same(&copy).1.is_empty());
    let revoke = |serial: &str, reason, invalidity_date| Action::RevokeCertificate {
        fingerprint: fingerprint.clone(),
        body: NewRevocation {
            serial_number: Some(serial.to_owned()),
            reason,
            invalidity_date,
            next_update: next_update.clone(),
            ..NewRevocation::default()
        },
    };
    let since = time::OffsetDateTime::from_unix_timestamp(1_790_000_000).unwrap();
    for (serial, reason, since) in [
        ("25001", RevocationReason::Superseded, None),
        ("9223372036854775806", RevocationReason::CertificateHold, Some(since)),
        ("25002", RevocationReason::Unspecified, None),
    ] {
        poll::this_second_is_over().await;
        let (copy, _, _) = shell.both(&revoke(serial, reason, since)).await;
        same(&copy);
    }
    let (_, tools, rest) = shell.both(&Action::ListRevocations { fingerprint: fingerprint.clone() }).await;
    assert!(tools.contains("25001") && rest.contains("61a9"), "{tools}\n{rest}");
    let (_, tools, rest) = shell.both(&Action::ShowRevocationList { fingerprint: fingerprint.clone() }).await;
    assert!(tools.contains("25001") && rest.contains("61A9"));
    // What crlutil cannot write comes from the console as a file, and crlutil takes it in.
    let lines = shell.lines(&revoke("0x7fffffffffffffffffffffffffffffff", RevocationReason::KeyCompromise, None)).await;
    assert!(lines.notes.iter().any(|note| note.contains("9223372036854775806")));
    poll::this_second_is_over().await;
    let copy = shell.copy();
    shell.run(&lines.rest);
    std::fs::copy(shell.deck.room.path().join("list.crl"), copy.room.join("list.crl")).unwrap();
    shell.run_in(&copy.room, &super::elsewhere(&lines.commands, &shell.deck.database.path(), &copy.database.path()));
    assert_eq!(same(&copy).1.len(), 4);
}
