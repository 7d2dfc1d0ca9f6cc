//! Changes of `slapd.conf` and of where slapd listens, on files as people write them. Nothing is started.

use std::path::{Path, PathBuf};

use certdeck::deploy::change::{EditRefused, Edits, Wanted};
use certdeck::deploy::settings::What;
use certdeck::deploy::slapd::conf;
use certdeck::host::tree::Tree;
use certdeck_shared::api::plan::ClientVerification;
use certdeck_shared::api::service::{Protocol, ServiceKind, TlsMode};

use super::{edited, observed};
use crate::corpus::samples;

const CONFIG: &str = "/etc/ldap/slapd.conf";
const OWN: [&str; 4] = ["tlscertificatefile", "tlscertificatekeyfile", "tlscacertificatefile", "tlsverifyclient"];

fn edited_at(root: &Path, wanted: impl Fn(Vec<usize>) -> Vec<Wanted>) -> Result<Edits, EditRefused> {
    let tree = Tree::rooted(root);
    let endpoints = observed(ServiceKind::Slapd, &tree, Path::new(CONFIG)).endpoints.len();
    edited(ServiceKind::Slapd, &tree, Path::new(CONFIG), &wanted((0..endpoints).collect()))
}

fn host(conf: &str, defaults: Option<&str>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("etc/ldap")).unwrap();
    std::fs::create_dir_all(folder.path().join("etc/default")).unwrap();
    std::fs::write(folder.path().join("etc/ldap/slapd.conf"), conf).unwrap();
    if let Some(defaults) = defaults {
        std::fs::write(folder.path().join("etc/default/slapd"), defaults).unwrap();
    }
    folder
}

/// The bytes that belong to no directive of ours.
fn others(text: &[u8]) -> Vec<u8> {
    let document = conf::parse(PathBuf::from(CONFIG), text.to_vec());
    let own = |what: &What| matches!(what, What::Setting(setting) if OWN.contains(&setting.name.to_ascii_lowercase().as_str()));
    document.entries.iter().filter(|entry| !own(&entry.what)).flat_map(|entry| text[entry.span.clone()].to_vec()).collect()
}

#[test]
fn only_the_directives_that_were_wished_change_and_only_once() {
    let wishes = |endpoints: Vec<usize>| {
        vec![
            Wanted::Pair {
                endpoints: endpoints.clone(),
                pair: 0,
                certificate: "/etc/ldap/ssl/certs/a b.crt".into(),
                key: "/etc/ldap/ssl/private/ab.key".into(),
                chain: None,
            },
            Wanted::ClientCa { endpoints: endpoints.clone(), file: "/etc/ldap/ssl/client-ca.pem".into() },
            Wanted::ClientVerification { endpoints, verification: ClientVerification::Required, depth: None },
        ]
    };
    let mut seen = 0;
    for sample in samples().into_iter().filter(|sample| sample.service == "slapd") {
        let folder = host(&sample.text, None);
        let edits = edited_at(folder.path(), wishes).unwrap_or_else(|refused| panic!("{}: {refused:?}", sample.file));
        let [file] = edits.files.as_slice() else { panic!("{}: {edits:?}", sample.file) };
        assert_eq!(file.before, sample.text.as_bytes());
        let (before, after) = (others(&file.before), others(&file.after));
        // A last line without an end gets one when something follows it.
        assert!(after == before || after.strip_suffix(b"\n") == Some(&before), "{}", sample.file);
        let document = conf::parse(PathBuf::from(CONFIG), file.after.clone());
        let last = |name: &str| {
            document.settings().filter(|(setting, _)| setting.name.eq_ignore_ascii_case(name)).last().map(|(one, _)| one.text.clone())
        };
        assert_eq!(last("TLSCertificateFile").as_deref(), Some("\"/etc/ldap/ssl/certs/a b.crt\""), "{}", sample.file);
        assert_eq!(last("TLSCertificateKeyFile").as_deref(), Some("/etc/ldap/ssl/private/ab.key"), "{}", sample.file);
        let place = |wanted: &str| document.settings().position(|(setting, _)| setting.name.eq_ignore_ascii_case(wanted));
        assert!(
            place("database").is_none_or(|database| place("TLSCertificateFile") < Some(database)) || sample.text.contains("TLS"),
            "{}",
            sample.file
        );
        std::fs::write(folder.path().join("etc/ldap/slapd.conf"), &file.after).unwrap();
        assert_eq!(edited_at(folder.path(), wishes).unwrap().files, [], "{}: twice changes nothing", sample.file);
        seen += 1;
    }
    assert!(seen > 5, "{seen}");
}

fn listener(port: u16, address: Option<&str>) -> Wanted {
    let address = address.map(str::to_owned);
    Wanted::Listener { protocol: Protocol::Ldap, tls: TlsMode::Implicit, port, address, server_name: None, pair: None }
}

#[test]
fn an_address_is_added_to_what_starts_slapd_within_its_quotes() {
    let conf = "TLSCertificateFile /c\nTLSCertificateKeyFile /k\n";
    for (before, expected) in [
        (
            "# SLAPD_SERVICES=\"no\"\nSLAPD_SERVICES=\"ldap:/// ldapi:///\"\nA=b\n",
            "# SLAPD_SERVICES=\"no\"\nSLAPD_SERVICES=\"ldap:/// ldapi:/// ldaps:///\"\nA=b\n",
        ),
        ("SLAPD_SERVICES='ldap://127.0.0.1:389/'\r\n", "SLAPD_SERVICES='ldap://127.0.0.1:389/ ldaps:///'\r\n"),
        ("SLAPD_SERVICES=ldap:///", "SLAPD_SERVICES=\"ldap:/// ldaps:///\""),
        ("SLAPD_USER=openldap\n", "SLAPD_USER=openldap\nSLAPD_SERVICES=\"ldap:/// ldaps:///\"\n"),
        ("SLAPD_SERVICES=\"\"\n", "SLAPD_SERVICES=\"ldap:/// ldaps:///\"\n"),
    ] {
        let folder = host(conf, Some(before));
        let edits = edited_at(folder.path(), |_| vec![listener(636, None)]).unwrap();
        let [file] = edits.files.as_slice() else { panic!("{edits:?}") };
        assert_eq!(String::from_utf8_lossy(&file.after), expected);
        std::fs::write(folder.path().join("etc/default/slapd"), &file.after).unwrap();
        assert_eq!(edited_at(folder.path(), |_| vec![listener(636, None)]).unwrap(), Edits::default(), "twice changes nothing");
        let other = edited_at(folder.path(), |_| vec![listener(1636, Some("::1"))]).unwrap();
        assert!(String::from_utf8_lossy(&other.files[0].after).contains(" ldaps://[::1]:1636/"));
    }
}

#[test]
fn what_a_shell_puts_together_and_what_nobody_knows_is_refused() {
    let conf = "TLSCertificateFile /c\n";
    let refused = |conf: &str, defaults: Option<&str>, wish: Wanted| {
        let folder = host(conf, defaults);
        edited_at(folder.path(), |_| vec![wish.clone()]).unwrap_err().words
    };
    assert!(refused(conf, Some("SLAPD_SERVICES=\"ldap:/// $MORE\"\n"), listener(636, None)).contains("shell"));
    assert!(refused(conf, None, listener(636, None)).contains("-h"));
    assert!(refused("", Some("SLAPD_SERVICES=\"ldap:///\"\n"), listener(636, None)).contains("no certificate"));
    assert!(refused(conf, Some(""), listener(636, Some("a b"))).contains("address"));
    let clients = Wanted::ClientVerification { endpoints: vec![0], verification: ClientVerification::Required, depth: None };
    assert!(refused(conf, None, clients).contains("CA certificates"));
    let second = Wanted::Pair { endpoints: vec![0], pair: 1, certificate: "/c".into(), key: "/k".into(), chain: None };
    assert!(refused(conf, None, second).contains("one certificate"));
}

#[test]
fn replication_over_tls_is_told_with_its_place_and_without_its_password() {
    let folder = host(
        "TLSCertificateFile /etc/ldap/ldap.crt\ndatabase mdb\nsyncrepl rid=001\n  provider=ldaps://one.example.org\n  credentials=s3cret\n  \
         tls_cacert=/etc/ldap/ca.pem\noverlay syncprov\n",
        None,
    );
    let root = folder.path().join("etc/ldap/slapd.d");
    let database = root.join("cn=config/olcDatabase={1}mdb");
    std::fs::create_dir_all(&database).unwrap();
    std::fs::write(root.join("cn=config.ldif"), "dn: cn=config\nobjectClass: olcGlobal\ncn: config\n").unwrap();
    let consumer = "dn: olcDatabase={1}mdb\nolcSyncrepl: {0}rid=001 provider=ldap://one.example.org starttls=critical tls_cacert=/etc/ldap/ca.pe\n m \
                    credentials=s3cret\n";
    std::fs::write(root.join("cn=config/olcDatabase={1}mdb.ldif"), consumer).unwrap();
    std::fs::write(database.join("olcOverlay={0}syncprov.ldif"), "dn: olcOverlay={0}syncprov\nolcOverlay: {0}syncprov\n").unwrap();
    let tree = Tree::rooted(folder.path());
    for (config, places) in [
        (CONFIG, ["/etc/ldap/slapd.conf:3", "/etc/ldap/slapd.conf:7"]),
        (
            "/etc/ldap/slapd.d",
            [
                "/etc/ldap/slapd.d/cn=config/olcDatabase={1}mdb.ldif:2",
                "/etc/ldap/slapd.d/cn=config/olcDatabase={1}mdb/olcOverlay={0}syncprov.ldif:2",
            ],
        ),
    ] {
        let mut remarks = observed(ServiceKind::Slapd, &tree, Path::new(config)).remarks;
        remarks.sort_by_key(|remark| remark.place.file.contains("syncprov"));
        let told: Vec<String> = remarks.iter().map(|remark| format!("{}:{}", remark.place.file, remark.place.line)).collect();
        assert_eq!(told, places);
        assert!(remarks[0].words.contains("one.example.org") && remarks[0].words.contains("/etc/ldap/ca.pem"), "{remarks:?}");
        assert!(remarks.iter().all(|remark| !remark.words.contains("s3cret")), "{remarks:?}");
    }
}
