use std::path::Path;
use std::sync::LazyLock;

use certdeck::deploy::change::Wanted;
use certdeck::deploy::postfix::{main_cf, master_cf};
use certdeck::deploy::reading::Parser;
use certdeck_shared::api::plan::{ClientVerification, TlsProfile, TlsVersion};
use certdeck_shared::api::service::{Effective, Endpoint, Protocol, ServiceKind, TlsMode};
use proptest::prelude::*;
use proptest::sample::Index;
use tempfile::TempDir;

use super::{apply, asked, difference, edited, observed, others};
use crate::corpus::samples;

const KIND: ServiceKind = ServiceKind::Postfix;

fn stock(name: &str) -> String {
    std::fs::read_to_string(format!("/usr/share/postfix/{name}")).unwrap()
}

fn placed(main: &str, master: &str) -> TempDir {
    let room = tempfile::tempdir().unwrap();
    std::fs::write(room.path().join("main.cf"), main).unwrap();
    std::fs::write(room.path().join("master.cf"), master).unwrap();
    room
}

fn debian(main: &str, master: &str) -> TempDir {
    placed(&format!("{}{}{main}", stock("main.cf.debian"), stock("main.cf.tls")), &format!("{}{master}", stock("master.cf.dist")))
}

/// What a parameter is in main.cf, with its variables replaced.
fn global(room: &Path, name: &str) -> String {
    asked("postconf", &["-c", room.to_str().unwrap(), "-x", "-h", name]).1.lines().next().unwrap_or_default().to_owned()
}

/// `SERVICE/inet/NAME = VALUE` for every override.
fn overrides(room: &Path) -> Vec<String> {
    asked("postconf", &["-c", room.to_str().unwrap(), "-P"]).1.lines().map(str::to_owned).collect()
}

fn services(room: &Path) -> Vec<String> {
    let (well, told) = asked("postconf", &["-c", room.to_str().unwrap(), "-M"]);
    assert!(well, "{told}");
    told.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

fn endpoints(room: &Path) -> Vec<Endpoint> {
    observed(KIND, room).endpoints
}

fn pair(endpoints: &[usize], pair: usize, certificate: &str, key: &str) -> Wanted {
    Wanted::Pair { endpoints: endpoints.to_vec(), pair, certificate: certificate.into(), key: key.into(), chain: None }
}

fn refused(room: &Path, wanted: &[Wanted]) -> (Option<(String, u32)>, String) {
    let refused = edited(KIND, room, wanted).unwrap_err();
    let name = |file: &str| file.rsplit('/').next().unwrap_or_default().to_owned();
    (refused.place.map(|place| (name(&place.file), place.line)), refused.words)
}

#[test]
fn another_pair_for_all_is_two_values_in_main_cf() {
    let room = debian("", "");
    let before = services(room.path());
    let files = apply(KIND, room.path(), &[pair(&[0], 0, "/etc/postfix/ssl/certs/mail.pem", "/etc/postfix/ssl/private/mail.key")]);
    let [main] = files.as_slice() else { panic!("{files:?}") };
    assert_eq!(
        difference(main),
        [
            "-smtpd_tls_cert_file=/etc/ssl/certs/ssl-cert-snakeoil.pem",
            "-smtpd_tls_key_file=/etc/ssl/private/ssl-cert-snakeoil.key",
            "+smtpd_tls_cert_file=/etc/postfix/ssl/certs/mail.pem",
            "+smtpd_tls_key_file=/etc/postfix/ssl/private/mail.key",
        ]
    );
    assert_eq!(global(room.path(), "smtpd_tls_cert_file"), "/etc/postfix/ssl/certs/mail.pem");
    assert_eq!(global(room.path(), "smtpd_tls_key_file"), "/etc/postfix/ssl/private/mail.key");
    assert_eq!(services(room.path()), before);
}

#[test]
fn one_service_of_several_gets_an_override_and_the_others_keep_what_they_have() {
    let room = debian(
        "",
        "submission inet n - n - - smtpd\n# in between\n    -o smtpd_tls_security_level=encrypt\n# behind\nsubmissions inet n - n - - smtpd -o smtpd_tls_wrappermode=yes -o smtpd_tls_cert_file=/old.pem",
    );
    let files = apply(KIND, room.path(), &[pair(&[1], 0, "/mail.pem", "/mail.key")]);
    assert_eq!(
        difference(&files[0]),
        ["+    -o smtpd_tls_cert_file=/mail.pem", "+    -o smtpd_tls_key_file=/mail.key"],
        "beside the others, as far from the edge"
    );
    // The third has its own already, and a last line without an end.
    let files = apply(KIND, room.path(), &[pair(&[2], 0, "/other.pem", "/other.pem")]);
    let line = "submissions inet n - n - - smtpd -o smtpd_tls_wrappermode=yes -o smtpd_tls_cert_file=";
    assert_eq!(
        difference(&files[0]),
        [format!("-{line}/old.pem"), format!("+{line}/other.pem"), "+  -o smtpd_tls_key_file=/other.pem".to_owned()]
    );
    let told = overrides(room.path());
    for expected in [
        "submission/inet/smtpd_tls_cert_file = /mail.pem",
        "submission/inet/smtpd_tls_key_file = /mail.key",
        "submission/inet/smtpd_tls_security_level = encrypt",
        "submissions/inet/smtpd_tls_cert_file = /other.pem",
        "submissions/inet/smtpd_tls_key_file = /other.pem",
    ] {
        assert!(told.iter().any(|line| line == expected), "{expected}\n{told:#?}");
    }
    assert_eq!(global(room.path(), "smtpd_tls_cert_file"), "/etc/ssl/certs/ssl-cert-snakeoil.pem");
    // All three at once: overrides change where they are, the first takes main.cf.
    let files = apply(KIND, room.path(), &[pair(&[0, 1, 2], 0, "/all.pem", "/all.key")]);
    assert_eq!(files.len(), 2);
    assert_eq!(global(room.path(), "smtpd_tls_cert_file"), "/all.pem");
    assert!(endpoints(room.path()).iter().all(|endpoint| endpoint.pairs[0].certificate.value == "/all.pem"));
}

#[test]
fn variables_and_comments_in_a_value_stay_where_they_can() {
    let main = "place = /etc/ssl\nsmtpd_tls_security_level = may\nsmtpd_tls_cert_file =\n  # of this host\n\n  $place/mail.pem\n  # the end\nsmtpd_tls_key_file = $smtpd_tls_cert_file\n\
        smtpd_tls_CAfile=\n";
    let room = placed(main, "smtp inet n - n - - smtpd\n");
    let same = [pair(&[0], 0, "/etc/ssl/mail.pem", "/etc/ssl/mail.pem")];
    assert_eq!(edited(KIND, room.path(), &same).unwrap(), [], "it is so already");
    let files =
        apply(KIND, room.path(), &[pair(&[0], 0, "/new.pem", "/new.pem"), Wanted::ClientCa { endpoints: vec![0], file: "/ca.pem".into() }]);
    assert_eq!(
        String::from_utf8(files[0].after.clone()).unwrap(),
        main.replace("$place/mail.pem", "/new.pem").replace("CAfile=", "CAfile=/ca.pem")
    );
    assert_eq!(global(room.path(), "smtpd_tls_key_file"), "/new.pem");
}

#[test]
fn chain_files_name_keys_before_certificates() {
    let main = "smtpd_tls_security_level = may\nplace = /etc/ssl\nsmtpd_tls_cert_file = /passed/over\n\
        smtpd_tls_chain_files = $place/rsa.key, $place/rsa.pem,\n# the young one\n  /ec.key /ec.pem\n";
    let room = placed(main, "smtp inet n - n - - smtpd\n");
    let files = apply(KIND, room.path(), &[pair(&[0], 1, "/new.pem", "/new.key")]);
    assert_eq!(String::from_utf8(files[0].after.clone()).unwrap(), main.replace("/ec.key /ec.pem", "/new.key /new.pem"));
    assert_eq!(global(room.path(), "smtpd_tls_chain_files"), "/etc/ssl/rsa.key, /etc/ssl/rsa.pem, /new.key /new.pem");
    apply(KIND, room.path(), &[pair(&[0], 2, "/third.pem", "/third.key")]);
    assert_eq!(endpoints(room.path())[0].pairs.len(), 3);
    assert!(global(room.path(), "smtpd_tls_chain_files").ends_with("/new.key /new.pem, /third.key, /third.pem"));
    let (place, words) = refused(room.path(), &[pair(&[0], 2, "/both.pem", "/both.pem")]);
    assert_eq!(place, Some(("main.cf".to_owned(), 4)), "{words}");
    // A file with both becomes two.
    let room = placed("smtpd_tls_security_level = may\nsmtpd_tls_chain_files = /both.pem\n", "smtp inet n - n - - smtpd\n");
    apply(KIND, room.path(), &[pair(&[0], 0, "/one.pem", "/one.key")]);
    assert_eq!(global(room.path(), "smtpd_tls_chain_files"), "/one.key, /one.pem");
}

#[test]
fn a_second_pair_takes_the_parameters_for_another_kind_of_key() {
    let room = debian("", "");
    apply(KIND, room.path(), &[pair(&[0], 1, "/ec.pem", "/ec.key")]);
    assert_eq!(global(room.path(), "smtpd_tls_eccert_file"), "/ec.pem");
    assert_eq!(endpoints(room.path())[0].pairs.len(), 2);
    assert_eq!(global(room.path(), "smtpd_tls_cert_file"), "/etc/ssl/certs/ssl-cert-snakeoil.pem");
}

#[test]
fn tls_is_turned_on_for_one_and_new_services_stand_beside_the_stock_lines() {
    let room = placed(&stock("main.cf.debian"), &stock("master.cf.dist"));
    assert_eq!(endpoints(room.path())[0].tls, TlsMode::Off);
    let listener = |port, tls| Wanted::Listener {
        protocol: Protocol::Smtp,
        tls,
        port,
        address: None,
        server_name: None,
        pair: Some(("/mail.pem".into(), "/mail.key".into())),
    };
    let wanted = [
        listener(465, TlsMode::Implicit),
        listener(587, TlsMode::Starttls),
        pair(&[0], 0, "/mail.pem", "/mail.key"),
        Wanted::Tls { endpoint: 0, tls: TlsMode::Starttls },
    ];
    let files = apply(KIND, room.path(), &wanted);
    assert_eq!(global(room.path(), "smtpd_tls_security_level"), "may");
    let told = services(room.path());
    let master = files.iter().find(|file| file.path.ends_with("master.cf")).unwrap();
    let text = String::from_utf8(master.after.clone()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    for (name, begins, next, expected) in [
        (
            "submission",
            "#submission inet",
            "# Choose one: enable submissions",
            "smtpd -o syslog_name=postfix/submission -o smtpd_tls_security_level=encrypt",
        ),
        ("submissions", "#submissions ", "#628 ", "smtpd -o syslog_name=postfix/submissions -o smtpd_tls_wrappermode=yes"),
    ] {
        let at = lines.iter().position(|line| line.starts_with(&format!("{name} "))).unwrap();
        assert!(lines[..at].iter().any(|line| line.starts_with(begins)), "{text}");
        let behind = lines[at + 1..].iter().find(|line| !line.starts_with("  -o")).unwrap();
        assert!(behind.starts_with(next), "{behind}");
        assert!(told.iter().any(|line| line.starts_with(&format!("{name} inet n - y - - {expected}"))), "{told:#?}");
    }
    let endpoints = endpoints(room.path());
    assert_eq!(
        endpoints.iter().map(|endpoint| endpoint.tls).collect::<Vec<_>>(),
        [TlsMode::Starttls, TlsMode::Starttls, TlsMode::Implicit]
    );
    assert!(endpoints.iter().all(|endpoint| endpoint.pairs[0].key.value == "/mail.key"));
}

#[test]
fn a_new_service_for_users_is_as_the_other_one() {
    let master = "smtp inet n - y - - smtpd\nsubmission inet n - n - - smtpd\n  -o syslog_name=postfix/submission -o smtpd_tls_security_level=encrypt\n  -o smtpd_sasl_auth_enable=yes\n\
        # not now\n  -o { smtpd_relay_restrictions = permit_sasl_authenticated, reject }\npickup unix n - y 60 1 pickup\n";
    let room = placed("smtpd_tls_cert_file = /a.pem\nsmtpd_tls_security_level = may\n", master);
    let wanted = Wanted::Listener {
        protocol: Protocol::Smtp,
        tls: TlsMode::Implicit,
        port: 465,
        address: Some("::1".to_owned()),
        server_name: None,
        pair: Some(("/b.pem".into(), "/b.key".into())),
    };
    apply(KIND, room.path(), &[wanted]);
    let told = services(room.path());
    let expected = "[::1]:submissions inet n - y - - smtpd -o syslog_name=postfix/submissions -o smtpd_sasl_auth_enable=yes \
        -o {smtpd_relay_restrictions=permit_sasl_authenticated, reject} -o smtpd_tls_wrappermode=yes -o smtpd_tls_cert_file=/b.pem -o smtpd_tls_key_file=/b.key";
    assert!(told.iter().any(|line| line == expected), "{told:#?}");
    let again =
        Wanted::Listener { protocol: Protocol::Smtp, tls: TlsMode::Implicit, port: 465, address: None, server_name: None, pair: None };
    let (place, words) = refused(room.path(), &[again]);
    assert!(place.is_some() && words.contains("has this port already"), "{words}");
}

#[test]
fn versions_ciphers_and_clients_are_as_wanted() {
    let room = debian(
        "smtpd_tls_mandatory_protocols = !SSLv2, !SSLv3, !TLSv1, !TLSv1.1\n",
        "submission inet n - n - - smtpd\n  -o smtpd_tls_security_level=encrypt\n",
    );
    let files = apply(KIND, room.path(), &[Wanted::Profile { endpoints: vec![0, 1], profile: TlsProfile::Intermediate }]);
    assert_eq!(global(room.path(), "smtpd_tls_protocols"), ">=TLSv1.2");
    assert_eq!(global(room.path(), "smtpd_tls_mandatory_protocols"), "!SSLv2, !SSLv3, !TLSv1, !TLSv1.1", "the same in other words");
    assert!(files.iter().any(|file| file.path.ends_with("master.cf")), "the client that sends mail keeps its ciphers");
    assert_eq!(overrides(room.path()).iter().filter(|line| line.contains("/tls_medium_cipherlist = ECDHE-ECDSA-AES128")).count(), 2);
    apply(
        KIND,
        room.path(),
        &[
            Wanted::Protocols { endpoints: vec![1], lowest: TlsVersion::Tls13, highest: None },
            Wanted::Ciphers { endpoints: vec![1], ciphers: "high".to_owned() },
            Wanted::ClientCa { endpoints: vec![1], file: "/ca.pem".into() },
            Wanted::ClientVerification { endpoints: vec![1], verification: ClientVerification::Required, depth: Some(2) },
        ],
    );
    let told = overrides(room.path());
    for expected in [
        "mandatory_protocols = >=TLSv1.3",
        "mandatory_ciphers = high",
        "CAfile = /ca.pem",
        "req_ccert = yes",
        "ask_ccert = yes",
        "ccert_verifydepth = 2",
    ] {
        assert!(told.iter().any(|line| line == &format!("submission/inet/smtpd_tls_{expected}")), "{expected}\n{told:#?}");
    }
    let (_, words) =
        refused(room.path(), &[Wanted::ClientVerification { endpoints: vec![0], verification: ClientVerification::Required, depth: None }]);
    assert!(words.contains("must be encrypt"), "{words}");
}

#[test]
fn what_is_not_understood_is_refused_with_its_place() {
    let one = [pair(&[0], 0, "/a.pem", "/a.key")];
    let smtp = "smtp inet n - n - - smtpd\n";
    for (main, master, file, line) in [
        ("smtpd_tls_security_level = may\nnothing here\n", smtp, "main.cf", 2),
        ("smtpd_tls_security_level = may\nsmtpd_tls_cert_file = ${{$a} == {b} ? {/c} : {/d}}\n", smtp, "main.cf", 2),
        ("smtpd_tls_security_level = may\n", "smtp inet n - n - - smtpd\nother inet n\n", "master.cf", 2),
        ("smtpd_tls_security_level = may\n", "smtp inet n - n - - postscreen\nsmtps inet n - n - - smtpd\n", "master.cf", 1),
        ("smtpd_tls_security_level = may\nsmtpd_tls_chain_files = /a /b /c\n", smtp, "main.cf", 2),
    ] {
        let room = placed(main, master);
        let (place, words) = refused(room.path(), &one);
        assert_eq!(place, Some((file.to_owned(), line)), "{words}");
    }
    let room = placed("smtpd_tls_security_level = may\n", smtp);
    for path in ["relative.pem", "/with a space.pem", "/$name.pem", "/a,b.pem"] {
        assert_eq!(refused(room.path(), &[pair(&[0], 0, path, path)]).0, None);
    }
}

fn wish(which: usize, endpoints: Vec<usize>) -> (Wanted, &'static [&'static str]) {
    match which {
        0 => (
            pair(&endpoints, 0, "/new/mail.pem", "/new/mail.key"),
            &["smtpd_tls_cert_file", "smtpd_tls_key_file", "smtpd_tls_eccert_file", "smtpd_tls_eckey_file", "smtpd_tls_chain_files"],
        ),
        1 => (
            Wanted::Protocols { endpoints, lowest: TlsVersion::Tls12, highest: Some(TlsVersion::Tls12) },
            &["smtpd_tls_protocols", "smtpd_tls_mandatory_protocols"],
        ),
        2 => (Wanted::Ciphers { endpoints, ciphers: "high".to_owned() }, &["smtpd_tls_ciphers", "smtpd_tls_mandatory_ciphers"]),
        3 => (Wanted::ClientCa { endpoints, file: "/new/ca.pem".into() }, &["smtpd_tls_CAfile", "smtpd_tls_CApath"]),
        4 => (
            Wanted::Ciphers { endpoints, ciphers: "ECDHE+AESGCM:!aNULL".to_owned() },
            &["tls_high_cipherlist", "tls_medium_cipherlist", "smtpd_tls_ciphers", "smtpd_tls_mandatory_ciphers"],
        ),
        _ => (
            Wanted::ClientVerification { endpoints, verification: ClientVerification::Optional, depth: None },
            &["smtpd_tls_ask_ccert", "smtpd_tls_req_ccert"],
        ),
    }
}

/// Real main.cf and master.cf.
static REAL: LazyLock<(Vec<String>, Vec<String>)> = LazyLock::new(|| {
    let real = samples().into_iter().filter(|sample| sample.service == "postfix");
    let (masters, mains): (Vec<_>, Vec<_>) = real.partition(|sample| sample.file.ends_with("master.cf"));
    let own = stock("master.cf.dist") + "127.0.0.1:10587 inet n - n - - smtpd\n   -o smtpd_tls_security_level=may\n";
    let masters = masters.into_iter().map(|sample| sample.text).chain([own]).collect();
    (mains.into_iter().map(|sample| sample.text).collect(), masters)
});

type Parsed = Vec<Vec<String>>;

fn kept(room: &Path, names: &[&str]) -> Parsed {
    let files: [(&str, Parser); 2] = [("main.cf", main_cf::parse), ("master.cf", master_cf::parse)];
    files.into_iter().map(|(name, parser)| others(&parser(name.into(), std::fs::read(room.join(name)).unwrap()), names)).collect()
}

/// What an endpoint says, wherever it is set: lines move.
fn values(endpoint: &Endpoint) -> String {
    let value = |one: &Option<Effective>| one.as_ref().map(|one| one.value.clone());
    let pairs: Vec<_> = endpoint.pairs.iter().map(|pair| (&pair.certificate.value, &pair.key.value)).collect();
    let ca: Vec<_> = endpoint.client_ca.iter().map(|ca| &ca.value).collect();
    format!("{:?}", (endpoint.tls, pairs, ca, value(&endpoint.protocols), value(&endpoint.ciphers), value(&endpoint.client_verification)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn real_files_change_in_the_wanted_settings_alone(
        main in any::<Index>(),
        master in any::<Index>(),
        which in 0_usize..6,
        chosen in prop::collection::vec(any::<bool>(), 8),
    ) {
        let (main, master): (&String, &String) = (main.get(REAL.0.as_slice()), master.get(REAL.1.as_slice()));
        let room = placed(main, master);
        let before = endpoints(room.path());
        let chosen: Vec<usize> = (0..before.len()).filter(|at| chosen[at % chosen.len()] && before[*at].tls != TlsMode::Off).collect();
        let (wanted, names) = wish(which, chosen.clone());
        let old = kept(room.path(), names);
        if let Err(refused) = edited(KIND, room.path(), std::slice::from_ref(&wanted)) {
            prop_assert!(refused.place.is_some(), "{refused:?}");
            return Ok(());
        }
        apply(KIND, room.path(), &[wanted]);
        prop_assert_eq!(old, kept(room.path(), names));
        let after = endpoints(room.path());
        for (at, (before, after)) in before.iter().zip(&after).enumerate() {
            match which {
                _ if !chosen.contains(&at) => prop_assert_eq!(values(before), values(after)),
                0 => {
                    let pair = &after.pairs[0];
                    prop_assert_eq!((pair.certificate.value.as_str(), pair.key.value.as_str()), ("/new/mail.pem", "/new/mail.key"));
                }
                3 => prop_assert_eq!(after.client_ca.iter().map(|ca| ca.value.as_str()).collect::<Vec<_>>(), ["/new/ca.pem"]),
                _ => {}
            }
        }
        services(room.path());
    }
}
