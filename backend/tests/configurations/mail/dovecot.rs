use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use certdeck::deploy::change::Wanted;
use certdeck::deploy::dovecot::syntax;
use certdeck_shared::api::plan::{ClientVerification, TlsProfile, TlsVersion};
use certdeck_shared::api::service::{Endpoint, Protocol, ServiceKind, TlsMode};
use proptest::prelude::*;
use proptest::sample::Index;
use tempfile::TempDir;

use super::{apply, asked, difference, edited, observed, others};
use crate::corpus::{Sample, samples};

const KIND: ServiceKind = ServiceKind::Dovecot;

/// Debian's configuration with a `local.conf`.
fn debian(local: &str) -> (TempDir, PathBuf) {
    let room = tempfile::tempdir().unwrap();
    let (well, told) = asked("cp", &["-a", "/etc/dovecot", room.path().to_str().unwrap()]);
    assert!(well, "{told}");
    std::fs::write(room.path().join("dovecot/local.conf"), local).unwrap();
    let config = room.path().join("dovecot/dovecot.conf");
    (room, config)
}

fn written(text: &str) -> (TempDir, PathBuf) {
    let room = tempfile::tempdir().unwrap();
    let config = room.path().join("dovecot.conf");
    std::fs::write(&config, text).unwrap();
    (room, config)
}

/// What the program takes a setting for, under filters such as `protocol=imap`.
fn doveconf(config: &Path, filters: &[&str], name: &str) -> String {
    let mut arguments = vec!["-c", config.to_str().unwrap()];
    arguments.extend(filters.iter().flat_map(|filter| ["-f", *filter]));
    arguments.extend(["-h", name]);
    let (well, told) = asked("doveconf", &arguments);
    assert!(well, "{told}");
    told.trim().to_owned()
}

fn named(config: &Path, name: &str) -> Vec<usize> {
    let endpoints = observed(KIND, config).endpoints;
    endpoints
        .iter()
        .enumerate()
        .filter(|(_, endpoint)| endpoint.name == name && endpoint.server_names.is_empty())
        .map(|(at, _)| at)
        .collect()
}

fn all(config: &Path) -> Vec<usize> {
    (0..observed(KIND, config).endpoints.len()).collect()
}

fn pair(endpoints: Vec<usize>, certificate: &str, key: &str) -> Wanted {
    Wanted::Pair { endpoints, pair: 0, certificate: certificate.into(), key: key.into(), chain: None }
}

fn listener(protocol: Protocol, tls: TlsMode, port: u16) -> Wanted {
    Wanted::Listener { protocol, tls, port, address: Some("127.0.0.1".to_owned()), server_name: None, pair: None }
}

#[test]
fn another_pair_for_all_is_two_values_where_they_are() {
    let (_room, config) = debian("");
    let files = apply(KIND, &config, &[pair(all(&config), "/etc/dovecot/ssl/mail.pem", "/etc/dovecot/ssl/mail.key")]);
    assert_eq!(files.len(), 1);
    assert!(files[0].path.ends_with("conf.d/10-ssl.conf"));
    assert_eq!(
        difference(&files[0]),
        [
            "-ssl_cert = </etc/dovecot/private/dovecot.pem",
            "-ssl_key = </etc/dovecot/private/dovecot.key",
            "+ssl_cert = </etc/dovecot/ssl/mail.pem",
            "+ssl_key = </etc/dovecot/ssl/mail.key",
        ]
    );
    assert_eq!(doveconf(&config, &["protocol=imap"], "ssl_cert"), "</etc/dovecot/ssl/mail.pem");
    assert_eq!(doveconf(&config, &["protocol=pop3"], "ssl_key"), "</etc/dovecot/ssl/mail.key");
}

#[test]
fn one_protocol_has_its_own_in_its_block_and_a_listener_alone_cannot() {
    let (_room, config) = debian("# the end");
    let pop3 = [named(&config, "pop3"), named(&config, "pop3s")].concat();
    let files = apply(KIND, &config, &[pair(pop3.clone(), "/pop.pem", "/pop.key")]);
    assert!(files[0].path.ends_with("conf.d/20-pop3.conf"), "Debian has a block there");
    assert_eq!(difference(&files[0]), ["+  ssl_cert = </pop.pem", "+  ssl_key = </pop.key"]);
    assert_eq!(doveconf(&config, &["protocol=pop3"], "ssl_cert"), "</pop.pem");
    assert_eq!(doveconf(&config, &["protocol=imap"], "ssl_cert"), "</etc/dovecot/private/dovecot.pem");
    let files = apply(KIND, &config, &[pair(pop3, "/other.pem", "/other.pem")]);
    assert_eq!(files.len(), 1, "the block has them now");
    let refused = edited(KIND, &config, &[pair(named(&config, "imaps"), "/a.pem", "/a.key")]).unwrap_err();
    assert!(refused.words.contains("the same for imap:") && refused.place.is_some(), "{refused:?}");
}

#[test]
fn a_name_keeps_its_own_and_a_block_is_made_where_there_is_none() {
    let text = "protocols = imap pop3\nssl_cert = </a.pem # first\nssl_key = $ssl_cert\nlocal_name mail.example.org {\n  ssl_cert = </b.pem\n\
        \tssl_key =\n}\n";
    let (_room, config) = written(text);
    let endpoints = observed(KIND, &config).endpoints;
    let of_name: Vec<usize> = (0..endpoints.len()).filter(|at| !endpoints[*at].server_names.is_empty()).collect();
    assert_eq!(of_name.len(), 4);
    apply(KIND, &config, &[pair(of_name, "/c.pem", "/c.key")]);
    let now = std::fs::read_to_string(&config).unwrap();
    assert_eq!(now, text.replace("</b.pem", "</c.pem").replace("ssl_key =\n", "ssl_key = </c.key\n"));
    let of_imap = [named(&config, "imap"), named(&config, "imaps")].concat();
    let refused = edited(KIND, &config, &[pair(of_imap.clone(), "/d.pem", "/d.pem")]).unwrap_err();
    assert!(refused.words.contains("conflict") && refused.place.is_some_and(|place| place.line == 5), "{}", refused.words);
    // As it would be.
    let both = format!("{now}protocol imap {{\n  ssl_cert = </d.pem\n}}\n");
    let (_other, conflicting) = written(&both);
    let (well, told) =
        asked("doveconf", &["-c", conflicting.to_str().unwrap(), "-f", "protocol=imap", "-f", "lname=mail.example.org", "-h", "ssl_cert"]);
    assert!(!well && told.contains("Conflict in setting ssl_cert"), "{told}");

    let (_room, config) = written("protocols = imap pop3\nssl_cert = </a.pem\nssl_key = $ssl_cert");
    let of_imap = [named(&config, "imap"), named(&config, "imaps")].concat();
    apply(KIND, &config, &[pair(of_imap, "/d.pem", "/d.pem")]);
    let now = std::fs::read_to_string(&config).unwrap();
    assert!(now.ends_with("$ssl_cert\nprotocol imap {\n  ssl_cert = </d.pem\n  ssl_key = </d.pem\n}\n"), "{now}");
    assert_eq!(doveconf(&config, &["protocol=imap"], "ssl_key"), "</d.pem");
    assert_eq!(doveconf(&config, &["protocol=pop3"], "ssl_cert"), "</a.pem");
}

#[test]
fn tls_is_turned_on_and_listeners_are_added() {
    let (_room, config) = debian("service pop3-login {\n  inet_listener pop3s {\n    port = 0\n  }\n}\n");
    let file = config.with_file_name("conf.d").join("10-ssl.conf");
    let text = std::fs::read_to_string(&file).unwrap().replace("\nssl = yes", "\nssl = no");
    std::fs::write(&file, text).unwrap();
    let imap = named(&config, "imap")[0];
    assert_eq!(observed(KIND, &config).endpoints[imap].tls, TlsMode::Off);
    let wanted = [
        listener(Protocol::Imap, TlsMode::Implicit, 10993),
        listener(Protocol::Pop3, TlsMode::Implicit, 10995),
        Wanted::Tls { endpoint: imap, tls: TlsMode::Starttls },
    ];
    apply(KIND, &config, &wanted);
    assert_eq!(doveconf(&config, &[], "ssl"), "yes");
    let (_, told) = asked("doveconf", &["-n", "-c", config.to_str().unwrap()]);
    for expected in [
        "inet_listener imap_10993 {\n    address = 127.0.0.1\n    port = 10993\n    ssl = yes\n",
        "inet_listener pop3s {\n    address = 127.0.0.1\n    port = 10995\n  }",
    ] {
        assert!(told.contains(expected), "{expected}\n{told}");
    }
    let endpoints = observed(KIND, &config).endpoints;
    let at = |address: &str| endpoints.iter().find(|endpoint| endpoint.addresses == [address]).map(|endpoint| endpoint.tls);
    assert_eq!((at("127.0.0.1:10993"), at("127.0.0.1:10995")), (Some(TlsMode::Implicit), Some(TlsMode::Implicit)));
    for (wish, words) in [
        (listener(Protocol::Sieve, TlsMode::Starttls, 4190), "sieve is off"),
        (listener(Protocol::Http, TlsMode::Implicit, 443), "does not speak this"),
        (Wanted::Tls { endpoint: imap, tls: TlsMode::Implicit }, "a listener of its own"),
    ] {
        let refused = edited(KIND, &config, &[wish]).unwrap_err();
        assert!(refused.words.contains(words), "{refused}");
    }
}

#[test]
fn versions_ciphers_and_clients_are_as_wanted() {
    let (_room, config) = debian("ssl_min_protocol = TLSv1\nssl_prefer_server_ciphers = yes\n");
    let every = all(&config);
    apply(
        KIND,
        &config,
        &[
            Wanted::Profile { endpoints: every.clone(), profile: TlsProfile::Intermediate },
            Wanted::ClientCa { endpoints: every.clone(), file: "/ca.pem".into() },
            Wanted::ClientVerification { endpoints: every.clone(), verification: ClientVerification::Required, depth: None },
        ],
    );
    for (name, value) in [
        ("ssl_min_protocol", "TLSv1.2"),
        ("ssl_prefer_server_ciphers", "no"),
        ("ssl_ca", "</ca.pem"),
        ("ssl_require_crl", "no"),
        ("ssl_verify_client_cert", "yes"),
        ("auth_ssl_require_client_cert", "yes"),
    ] {
        assert_eq!(doveconf(&config, &["protocol=imap"], name), value, "{name}");
    }
    assert!(doveconf(&config, &[], "ssl_cipher_list").starts_with("ECDHE-ECDSA-AES128-GCM-SHA256:"));
    apply(KIND, &config, &[Wanted::Protocols { endpoints: every.clone(), lowest: TlsVersion::Tls13, highest: None }]);
    assert_eq!(doveconf(&config, &[], "ssl_min_protocol"), "TLSv1.3");
    let upper = Wanted::Protocols { endpoints: every, lowest: TlsVersion::Tls12, highest: Some(TlsVersion::Tls12) };
    assert!(edited(KIND, &config, &[upper]).unwrap_err().words.contains("none for the highest"));
}

/// The form of 2.4, of which Debian 12 has no program.
#[test]
fn the_form_of_2_4_is_kept_with_its_blocks() {
    let text = "dovecot_config_version = 2.4.1\nprotocols {\n  imap = yes\n}\nssl = required\nssl_server {\n  cert_file = /etc/ssl/mail.pem\n  key_file = /etc/ssl/mail.key\n}\n\
        local_name other.example.org {\n  ssl_server_cert_file = /etc/ssl/other.pem\n  ssl_server_key_file = /etc/ssl/other.key\n}\n";
    let (_room, config) = written(text);
    let plain = [named(&config, "imap"), named(&config, "imaps")].concat();
    apply(
        KIND,
        &config,
        &[
            pair(plain, "/new.pem", "/new.key"),
            Wanted::ClientCa { endpoints: all(&config), file: "/ca.pem".into() },
            Wanted::Protocols { endpoints: all(&config), lowest: TlsVersion::Tls12, highest: None },
            listener(Protocol::Imap, TlsMode::Implicit, 10993),
        ],
    );
    let now = std::fs::read_to_string(&config).unwrap();
    for expected in [
        "\nssl_min_protocol = TLSv1.2\n",
        "ssl_server_ca_file = /ca.pem\n",
        "ssl_server_require_crl = no\n",
        "ssl_server {\n  cert_file = /new.pem\n  key_file = /new.key\n}\n",
        "service imap-login {\n  inet_listener imap_10993 {\n    port = 10993\n    ssl = yes\n    listen = 127.0.0.1\n  }\n}\n",
        "  ssl_server_cert_file = /etc/ssl/other.pem\n  ssl_server_key_file = /etc/ssl/other.key\n}\n",
    ] {
        assert!(now.contains(expected), "{expected}\n{now}");
    }
    let (_room, config) = written("dovecot_config_version = 2.4.1\nssl_server {\n  cert_file = /etc/ssl/mail.pem\n}\n");
    apply(KIND, &config, &[pair(all(&config), "/new.pem", "/new.key")]);
    let now = std::fs::read_to_string(&config).unwrap();
    assert_eq!(now, "dovecot_config_version = 2.4.1\nssl_server {\n  cert_file = /new.pem\n  key_file = /new.key\n}\n");
}

#[test]
fn what_is_not_understood_is_refused_with_its_place() {
    for (text, line) in
        [("ssl = yes\nnothing here\n", 2), ("ssl_cert_file = /old\n", 1), ("!include gone.conf\n", 1), ("ssl = yes\nlocal 1 {\n", 2)]
    {
        let (_room, config) = written(text);
        let refused = edited(KIND, &config, &[pair(vec![0], "/a.pem", "/a.key")]).unwrap_err();
        assert_eq!(refused.place.as_ref().map(|place| place.line), Some(line), "{refused:?}");
    }
    let (_room, config) = written("ssl_cert = </a\n");
    for path in ["relative.pem", "/with a space", "/with#number", "/a\"b", "/$a"] {
        assert!(edited(KIND, &config, &[pair(vec![0], path, path)]).is_err(), "{path}");
    }
}

#[test]
fn a_circle_of_includes_is_refused_at_the_line_that_dovecot_names() {
    let (room, config) = written("ssl = yes\n!include one.conf\n");
    let included = room.path().join("one.conf");
    std::fs::write(&included, "ssl_cert = </a.pem\n!include dovecot.conf\n").unwrap();
    let (well, told) = asked("doveconf", &["-n", "-c", config.to_str().unwrap()]);
    assert!(!well && told.contains(&format!("{} line 2: Recursive include file", included.display())), "{told}");
    let refused = edited(KIND, &config, &[pair(vec![0], "/b.pem", "/b.key")]).unwrap_err();
    let place = refused.place.as_ref().map(|place| (place.file.as_str(), place.line));
    assert_eq!(place, Some((included.to_str().unwrap(), 2)), "{refused}");
    assert!(refused.words.contains("dovecot.conf includes itself"), "{refused}");
}

fn values(endpoint: &Endpoint) -> String {
    let pairs: Vec<_> = endpoint.pairs.iter().map(|pair| (&pair.certificate.value, &pair.key.value)).collect();
    format!("{} {:?} {:?} {pairs:?}", endpoint.name, endpoint.tls, endpoint.addresses)
}

static REAL: LazyLock<Vec<Sample>> =
    LazyLock::new(|| samples().into_iter().filter(|sample| sample.service == "dovecot" && !sample.file.contains("filter.d")).collect());

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn real_files_change_in_the_wanted_settings_alone(which in any::<Index>(), chosen in prop::collection::vec(any::<bool>(), 12), more in any::<bool>()) {
        let sample = which.get(REAL.as_slice());
        let local = if more { "\nprotocol imap {\n  ssl_cert = </own.pem\n}\nlocal_name a.example.org {\n  ssl_key = </own.key\n}\n" } else { "" };
        let (_room, config) = written(&format!("{}{local}", sample.text));
        let before = observed(KIND, &config).endpoints;
        let chosen: Vec<usize> = (0..before.len()).filter(|at| chosen[at % chosen.len()] && before[*at].tls != TlsMode::Off).collect();
        let wanted = [pair(chosen.clone(), "/new/mail.pem", "/new/mail.key")];
        if let Err(refused) = edited(KIND, &config, &wanted) {
            prop_assert!(refused.place.is_some() || refused.words.contains("the same for"), "{}: {refused:?}", sample.file);
            return Ok(());
        }
        let names = ["ssl_cert", "ssl_key", "ssl_server_cert_file", "ssl_server_key_file"];
        let kept = || others(&syntax::parse(config.clone(), std::fs::read(&config).unwrap()), &names);
        let old = kept();
        apply(KIND, &config, &wanted);
        let new = kept();
        // Nothing goes; blocks may come.
        let mut left = new.iter().peekable();
        for part in &old {
            prop_assert!(left.by_ref().any(|other| other == part), "{part}\n{new:?}");
        }
        prop_assert!(new.iter().filter(|part| !old.contains(part)).all(|part| part.starts_with("protocol ") || *part == "}"), "{new:?}");
        let after = observed(KIND, &config).endpoints;
        prop_assert_eq!(before.len(), after.len());
        for (at, (before, after)) in before.iter().zip(&after).enumerate() {
            if chosen.contains(&at) {
                prop_assert_eq!((after.pairs[0].certificate.value.as_str(), after.pairs[0].key.value.as_str()), ("/new/mail.pem", "/new/mail.key"));
            } else {
                prop_assert_eq!(values(before), values(after));
            }
        }
    }
}
