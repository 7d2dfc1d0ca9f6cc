//! Sun's servers. None of their programs is here: the files are written after what their manuals, and scripts that use them, say of the
//! format (SOURCES.md), and what must hold for every file is tried on files that are made up.

use std::path::{Path, PathBuf};

use certdeck::deploy::adapter::{Observation, adapter};
use certdeck::deploy::change::{EditRefused, Wanted};
use certdeck::deploy::editor::editor;
use certdeck::deploy::{sun_calendar, sun_messaging};
use certdeck::host::tree::Tree;
use certdeck_shared::api::service::{Endpoint, Protocol, ServiceKind, TlsMode};
use proptest::prelude::*;

const ICS: &str = include_str!("sun/ics.conf");

fn written(root: &Path, files: &[(&str, &str)]) -> Tree {
    for (path, text) in files {
        let path = root.join(path.trim_start_matches('/'));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    Tree::rooted(root)
}

fn calendar(text: &str) -> (tempfile::TempDir, Tree, Observation) {
    let room = tempfile::tempdir().unwrap();
    let tree = written(room.path(), &[("/srv/ics.conf", text)]);
    let observation = adapter(ServiceKind::SunCalendar).observe(&tree, Path::new("/srv/ics.conf")).unwrap();
    (room, tree, observation)
}

fn https(observation: &Observation) -> Option<&Endpoint> {
    observation.endpoints.iter().find(|endpoint| endpoint.name == "https")
}

#[test]
fn calendar_server_names_nickname_and_database() {
    let (_room, _, observation) = calendar(ICS);
    let https = https(&observation).unwrap();
    assert_eq!((https.tls, https.addresses.as_slice()), (TlsMode::Implicit, ["*:443".to_owned()].as_slice()));
    assert_eq!(https.server_names, ["calendar.example.org"]);
    let pair = &https.pairs[0];
    assert_eq!(pair.certificate.value, "hostname SSL Server Test Cert");
    // The second of two counts.
    assert_eq!(pair.certificate.place.as_ref().unwrap().line, 19);
    assert_eq!(pair.database.as_ref().unwrap().directory.value, "/etc/opt/SUNWics5/config");
    assert_eq!(observation.key_reader.user, "icsuser");
    let words: Vec<&str> = observation.remarks.iter().map(|remark| remark.words.as_str()).collect();
    assert_eq!(words.len(), 2, "{words:?}");
    assert!(words[0].contains("does not stand in quotes") && words[1].contains("rsa_rc4_40_md5"), "{words:?}");
    assert_eq!(observation.remarks[0].place.line, 23);
}

#[test]
fn what_the_manual_warns_of_is_named_with_its_line() {
    let rules = [
        ("service.http.enable = \"no\"\n", "HTTPS ends as well"),
        ("service.http.ssl.port.enable = \"yes\"\nservice.http.ssl.port = \"80\"\n", "the port of HTTP"),
        (
            "service.http.ssl.port.enable = \"yes\"\nservice.http.calendarhostname = \"a.example.org\"\n\
             service.http.ssl.sourceurl = \"https://b.example.org:443\"\n",
            "must be that of",
        ),
        ("service.http.ssl.certdb.path = \"/var/opt/SUNWics5/alias\"\n", "local.ssldbpath instead"),
        ("service.http.ssl.certdb.password = \"secret\"\n", "sslpassword.conf"),
    ];
    for (text, words) in rules {
        let (_room, _, observation) = calendar(text);
        assert_eq!(observation.remarks.len(), 1, "{text} {:?}", observation.remarks);
        assert!(observation.remarks[0].words.contains(words) && !observation.remarks[0].words.contains("secret"), "{text}");
    }
    let (_room, _, observation) = calendar("service.http.enable = \"no\"\nservice.http.ssl.port.enable = \"yes\"\n");
    assert!(https(&observation).is_none());
    let (_room, _, observation) = calendar("encryption.rsa.nsssltoken=\"accel\"\nservice.http.ssl.port.enable=\"yes\"\n");
    assert_eq!(https(&observation).unwrap().pairs[0].certificate.value, "accel:SampleSSLServerCert");
}

fn edited(text: &str, wanted: Wanted) -> Result<String, EditRefused> {
    let (_room, tree, observation) = calendar(text);
    let editor = editor(ServiceKind::SunCalendar);
    let edits = editor.edit(&tree, Path::new("/srv/ics.conf"), &observation, &[wanted])?;
    Ok(edits.files.first().map_or(text.to_owned(), |file| String::from_utf8(file.after.clone()).unwrap()))
}

fn listener(port: u16, server_name: &str) -> Wanted {
    let server_name = Some(server_name.to_owned());
    Wanted::Listener { protocol: Protocol::Http, tls: TlsMode::Implicit, port, address: None, server_name, pair: None }
}

#[test]
fn tls_is_turned_on_by_the_rules_of_the_manual() {
    let text = "! shipped\r\nservice.http.port = \"8080\"\r\n!!service.http.ssl.port = \"443\"\r\nservice.http.enable = \"no\"\r\n";
    let after = edited(text, listener(8443, "calendar.example.org")).unwrap();
    let expected = format!(
        "{}! My ics.conf Changes\r\nservice.http.calendarhostname = \"calendar.example.org\"\r\nservice.http.ssl.usessl = \"yes\"\r\n\
         service.http.ssl.port.enable = \"yes\"\r\nservice.http.ssl.port = \"8443\"\r\n\
         service.http.ssl.sourceurl = \"https://calendar.example.org:8443\"\r\n",
        text.replace("service.http.enable = \"no\"", "service.http.enable = \"yes\"")
    );
    assert_eq!(after, expected);
    let (_room, _, observation) = calendar(&after);
    assert_eq!(observation.remarks, []);
    assert_eq!(https(&observation).unwrap().addresses, ["*:8443"]);
    assert_eq!(edited(&after, listener(8443, "calendar.example.org")).unwrap(), after, "what is so is not touched");
    // The last of two counts, and is the one that changes.
    let changed = edited(ICS, listener(444, "calendar.example.org")).unwrap();
    assert_eq!(changed, ICS.replace("port = \"443\"", "port = \"444\"").replace("org:443", "org:444"));
}

#[test]
fn what_would_end_https_is_refused() {
    for (wanted, words) in [
        (listener(80, "calendar.example.org"), "port of HTTP"),
        (listener(443, "two words"), "Name the host"),
        (listener(443, ""), "Name the host"),
        (Wanted::Ciphers { endpoints: vec![1], ciphers: "rsa_rc4_40_md5".to_owned() }, "must not be used"),
        (Wanted::ClientCa { endpoints: vec![1], file: PathBuf::from("/ca") }, "certificates of clients"),
    ] {
        let refused = edited(ICS, wanted).unwrap_err();
        assert!(refused.words.contains(words), "{refused}");
    }
    let ciphers = Wanted::Ciphers { endpoints: vec![1], ciphers: "tls_rsa_aes_256_sha, tls_rsa_aes_128_sha".to_owned() };
    let after = edited(ICS, ciphers).unwrap();
    assert_eq!(after, ICS.replace("rsa_rc4_40_md5, tls_rsa_aes_128_sha", "tls_rsa_aes_256_sha, tls_rsa_aes_128_sha"));
}

fn messaging(files: &[(&str, &str)]) -> Observation {
    let room = tempfile::tempdir().unwrap();
    let tree = written(room.path(), files);
    adapter(ServiceKind::SunMessaging).observe(&tree, Path::new("/msg/config")).unwrap()
}

fn told(observation: &Observation) -> Vec<(String, TlsMode, String, Vec<String>)> {
    let endpoints = observation.endpoints.iter();
    endpoints
        .map(|endpoint| {
            let names = endpoint.pairs.iter().map(|pair| pair.certificate.value.clone()).collect();
            (endpoint.name.clone(), endpoint.tls, endpoint.addresses.join(" "), names)
        })
        .collect()
}

#[test]
fn messaging_server_names_nicknames_for_each_of_its_services() {
    let observation = messaging(&[
        ("/msg/config/msg.conf", include_str!("sun/msg.conf")),
        ("/msg/config/dispatcher.cnf", include_str!("sun/dispatcher.cnf")),
        ("/msg/config/imta.cnf", include_str!("sun/imta.cnf")),
        ("/msg/config/ImapProxyAService.cfg", include_str!("sun/ImapProxyAService.cfg")),
    ]);
    use TlsMode::{Implicit, Off, Starttls};
    let expected = [
        ("imap", Starttls, "*:143", &["accel:imap cert"] as &[&str]),
        ("imaps", Implicit, "*:993", &["accel:imap cert"]),
        ("pop", Off, "*:110", &[]),
        ("http", Off, "*:80", &[]),
        ("https", Implicit, "*:8991", &["Server-Cert"]),
        ("SMTP", Starttls, "*:25", &["RSA cert", "DSS cert"]),
        ("SMTP_SUBMIT", Starttls, "*:587", &["RSA cert", "DSS cert"]),
        ("SMTP_SUBMIT/TLS", Implicit, "*:465", &["RSA cert", "DSS cert"]),
        ("IMAP proxy", Implicit, "*:1993", &["Server-Cert"]),
    ];
    let expected: Vec<_> = expected
        .iter()
        .map(|(name, tls, addresses, names)| {
            ((*name).to_owned(), *tls, (*addresses).to_owned(), names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
        })
        .collect();
    assert_eq!(told(&observation), expected);
    let directories =
        observation.endpoints.iter().flat_map(|endpoint| &endpoint.pairs).map(|pair| &pair.database.as_ref().unwrap().directory);
    assert!(directories.into_iter().all(|directory| directory.value == "/msg/config"));
    let proxy = observation.endpoints.last().unwrap();
    assert_eq!(proxy.client_verification.as_ref().unwrap().value, "/msg/config/certmap.conf");
    assert_eq!(observation.remarks.len(), 1, "{:?}", observation.remarks);
    assert!(observation.remarks[0].words.contains("encryption.nsssl3ciphers"), "{:?}", observation.remarks);
}

#[test]
fn what_is_not_there_or_not_understood_is_said() {
    let room = tempfile::tempdir().unwrap();
    let tree = written(room.path(), &[("/empty/x", "")]);
    assert!(adapter(ServiceKind::SunMessaging).observe(&tree, Path::new("/empty")).is_err());
    assert!(adapter(ServiceKind::SunCalendar).observe(&tree, Path::new("/empty")).is_err());
    let alone = messaging(&[("/msg/config/msg.conf", "service.imap.enablesslport = yes\nwhat is this\n")]);
    assert_eq!(alone.endpoints.len(), 4);
    assert_eq!((alone.remarks.len(), alone.remarks[0].place.line), (1, 2));
}

#[test]
fn a_keyword_of_the_defaults_holds_where_a_channel_says_nothing() {
    let with = |imta: &str| {
        let files =
            [("/msg/config/msg.conf", ""), ("/msg/config/dispatcher.cnf", "[SERVICE=SMTP]\nPORT=25\n"), ("/msg/config/imta.cnf", imta)];
        messaging(&files).endpoints.last().unwrap().tls
    };
    assert_eq!(with("!\n$* $A\n\ndefaults maytls\n\ntcp_local smtp\nhost\n"), TlsMode::Starttls);
    assert_eq!(with("$* $A\n\ndefaults maytls\n\ntcp_local smtp notls\nhost\n"), TlsMode::Off);
    assert_eq!(with("$* $A\n\ndefaults maytls\n\nnodefaults\n\ntcp_local smtp \\\n  musttls\nhost\n"), TlsMode::Starttls);
    // A rule is no channel.
    assert_eq!(with("tcp_local musttls\n\nl\nhost\n"), TlsMode::Off);
}

proptest! {
    #[test]
    fn any_file_prints_back_and_a_value_changes_alone(
        text in "(name|service\\.http\\.enable|=|\"|!|\\[|\\]|:|\\\\|[a-z0-9 \t\r\n.]){0,60}", value in "[a-z]{1,8}",
    ) {
        let readers = [
            sun_calendar::syntax::parse, sun_messaging::syntax::parameters, sun_messaging::syntax::dispatcher,
            sun_messaging::syntax::imta, sun_messaging::syntax::multiplexor,
        ];
        for parse in readers {
            let document = parse(PathBuf::from("/etc/sample"), text.clone().into_bytes());
            prop_assert_eq!(document.print(), text.as_bytes());
        }
        let document = sun_calendar::syntax::parse(PathBuf::from("/etc/sample"), text.clone().into_bytes());
        if let Some((setting, _)) = document.settings().last() {
            let after = certdeck::deploy::splice::replaced(document.bytes(), &setting.value, &value);
            let read = sun_calendar::syntax::parse(PathBuf::from("/etc/sample"), after);
            prop_assert_eq!(&read.settings().last().unwrap().0.text, &value);
            prop_assert_eq!(read.settings().count(), document.settings().count());
        }
    }
}
