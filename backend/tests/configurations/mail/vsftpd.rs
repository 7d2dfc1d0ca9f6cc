use std::path::{Path, PathBuf};

use certdeck::deploy::change::{Control, Running, Verdict, Wanted};
use certdeck::deploy::editor::editor;
use certdeck::deploy::vsftpd::syntax;
use certdeck::host::tree::Tree;
use certdeck_shared::api::plan::{ClientVerification, TlsProfile, TlsVersion};
use certdeck_shared::api::service::{Protocol, ServiceKind, TlsMode};

use super::{apply, difference, edited, observed, others};
use crate::corpus::samples;

const KIND: ServiceKind = ServiceKind::Vsftpd;

fn pair(pair: usize, certificate: &Path, key: &Path) -> Wanted {
    Wanted::Pair { endpoints: vec![0], pair, certificate: certificate.into(), key: key.into(), chain: None }
}

fn made(room: &Path, name: &str, kind: &[&str]) -> (PathBuf, PathBuf) {
    let (certificate, key) = (room.join(format!("{name}.pem")), room.join(format!("{name}.key")));
    let (out, keyout) = (certificate.to_str().unwrap(), key.to_str().unwrap());
    let fixed = ["req", "-x509", "-nodes", "-days", "9", "-subj", "/CN=ftp.example.org", "-out", out, "-keyout", keyout];
    let (well, told) = super::asked("openssl", &[&fixed[..], kind].concat());
    assert!(well, "{told}");
    (certificate, key)
}

/// What the program says when it is run as the check of its editor.
fn judged(config: &Path) -> Result<(), String> {
    let run = editor(KIND).own_check(&Tree::of_machine(), config, &Running::default(), &Control::default()).unwrap();
    let Verdict::Writes(expected) = &run.verdict else { panic!("{run:?}") };
    let said = tempfile::tempfile().unwrap();
    let mut command = std::process::Command::new(&run.arguments[0]);
    // Its words go to the standard input.
    let status = command.args(&run.arguments[1..]).env("PATH", "/usr/sbin:/usr/bin").stdin(said.try_clone().unwrap()).status().unwrap();
    assert!(!status.success());
    let mut text = String::new();
    std::io::Seek::rewind(&mut &said).unwrap();
    std::io::Read::read_to_string(&mut &said, &mut text).unwrap();
    if text.contains(expected) { Ok(()) } else { Err(text) }
}

#[test]
fn debians_file_gets_tls_with_a_pair_of_its_own() {
    let room = tempfile::tempdir().unwrap();
    let config = room.path().join("vsftpd.conf");
    std::fs::copy("/etc/vsftpd.conf", &config).unwrap();
    std::fs::create_dir(room.path().join("empty")).unwrap();
    let (certificate, key) = made(room.path(), "rsa", &["-newkey", "rsa:2048"]);
    let tls = Wanted::Tls { endpoint: 0, tls: TlsMode::Starttls };
    let files = apply(KIND, &config, &[tls, pair(0, &certificate, &key)]);
    assert_eq!(
        difference(&files[0]),
        [
            "-rsa_cert_file=/etc/ssl/certs/ssl-cert-snakeoil.pem".to_owned(),
            "-rsa_private_key_file=/etc/ssl/private/ssl-cert-snakeoil.key".to_owned(),
            "-ssl_enable=NO".to_owned(),
            format!("+rsa_cert_file={}", certificate.display()),
            format!("+rsa_private_key_file={}", key.display()),
            "+ssl_enable=YES".to_owned(),
        ]
    );
    judged(&config).unwrap();
    let endpoint = &observed(KIND, &config).endpoints[0];
    assert_eq!((endpoint.tls, endpoint.pairs[0].key.value.as_str()), (TlsMode::Starttls, key.to_str().unwrap()));

    // A second pair, of another kind; and everything else that can be wanted.
    let (second, second_key) = made(room.path(), "ec", &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]);
    let all = vec![0];
    apply(
        KIND,
        &config,
        &[
            pair(1, &second, &second_key),
            Wanted::Profile { endpoints: all.clone(), profile: TlsProfile::Intermediate },
            Wanted::ClientCa { endpoints: all.clone(), file: certificate.clone() },
            Wanted::ClientVerification { endpoints: all.clone(), verification: ClientVerification::Required, depth: None },
        ],
    );
    judged(&config).unwrap();
    let text = std::fs::read_to_string(&config).unwrap();
    for line in ["require_cert=YES", "validate_cert=YES", "ssl_tlsv1=NO"] {
        assert!(text.lines().any(|one| one == line), "{line}\n{text}");
    }
    // The judge sees what a configuration check would have to see.
    let (_, other_key) = made(room.path(), "other", &["-newkey", "rsa:2048"]);
    apply(KIND, &config, &[pair(0, &certificate, &other_key)]);
    assert!(judged(&config).unwrap_err().contains("cannot load RSA private key"));
}

#[test]
fn what_this_version_cannot_do_is_refused() {
    let room = tempfile::tempdir().unwrap();
    let config = room.path().join("vsftpd.conf");
    std::fs::write(&config, "listen=YES\nssl_enable=YES\nssl_ciphers=HIGH\n").unwrap();
    let protocols = |lowest| Wanted::Protocols { endpoints: vec![0], lowest, highest: None };
    // 3.0.3 has a switch for TLS 1.0 and none for the later ones.
    for lowest in [TlsVersion::Tls12, TlsVersion::Tls13] {
        assert!(edited(KIND, &config, &[protocols(lowest)]).unwrap_err().words.contains("no switch for TLSv1.1"));
    }
    apply(KIND, &config, &[protocols(TlsVersion::Tls11)]);
    assert!(std::fs::read_to_string(&config).unwrap().ends_with("ssl_ciphers=HIGH\nssl_tlsv1=NO\n"));
    let other =
        Wanted::Listener { protocol: Protocol::Ftp, tls: TlsMode::Implicit, port: 990, address: None, server_name: None, pair: None };
    assert!(edited(KIND, &config, &[other]).unwrap_err().words.contains("listens once"));
    assert!(edited(KIND, &config, &[Wanted::Tls { endpoint: 0, tls: TlsMode::Implicit }]).unwrap_err().words.contains("clients rely"));
    for (line, words) in [
        ("ssl_ciphers = HIGH", "no space"),
        ("write_enable=YES ", "space behind"),
        ("write_enable=YES\r", "space behind"),
        ("nothing", "no ="),
    ] {
        std::fs::write(&config, format!("listen=YES\n{line}\n")).unwrap();
        let refused = edited(KIND, &config, &[pair(0, Path::new("/a.pem"), Path::new("/a.key"))]).unwrap_err();
        assert_eq!(refused.place.map(|place| place.line), Some(2));
        assert!(refused.words.contains(words), "{}", refused.words);
    }
}

/// The switches of Debian 13's program; its manual has other names, which it refuses.
#[test]
fn a_newer_program_gets_the_switches_that_it_knows() {
    let room = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(room.path().join("usr/sbin")).unwrap();
    std::fs::write(room.path().join("usr/sbin/vsftpd"), b"\0ssl_tlsv1\0ssl_tlsv11\0ssl_tlsv12\0ssl_tlsv13\0").unwrap();
    std::fs::write(room.path().join("vsftpd.conf"), "ssl_enable=YES\nssl_tlsv11=YES\n# the end").unwrap();
    let tree = Tree::rooted(room.path());
    let config = Path::new("/vsftpd.conf");
    let observation = certdeck::deploy::adapter::adapter(KIND).observe(&tree, config).unwrap();
    let wanted = [Wanted::Protocols { endpoints: vec![0], lowest: TlsVersion::Tls12, highest: None }];
    let edits = editor(KIND).edit(&tree, config, &observation, &wanted).unwrap();
    let text = String::from_utf8(edits.files[0].after.clone()).unwrap();
    assert_eq!(text, "ssl_enable=YES\nssl_tlsv11=NO\nssl_tlsv1=NO\nssl_tlsv12=YES\nssl_tlsv13=YES\n# the end");
}

#[test]
fn real_files_change_in_the_wanted_settings_alone() {
    let names = ["ssl_enable", "implicit_ssl", "rsa_cert_file", "rsa_private_key_file", "ssl_ciphers", "ca_certs_file"];
    let mut seen = 0;
    for sample in samples().into_iter().filter(|sample| sample.service == "vsftpd" && !sample.file.contains("filter.d")) {
        let room = tempfile::tempdir().unwrap();
        let config = room.path().join("vsftpd.conf");
        std::fs::write(&config, &sample.text).unwrap();
        let before = others(&syntax::parse(config.clone(), sample.text.clone().into_bytes()), &names);
        let tls = match observed(KIND, &config).endpoints[0].tls {
            TlsMode::Off => TlsMode::Starttls,
            other => other,
        };
        let wanted = [
            Wanted::Tls { endpoint: 0, tls },
            pair(0, Path::new("/new/ftp.pem"), Path::new("/new/ftp.key")),
            Wanted::Ciphers { endpoints: vec![0], ciphers: "ECDHE+AESGCM".to_owned() },
            Wanted::ClientCa { endpoints: vec![0], file: "/new/ca.pem".into() },
        ];
        if let Err(refused) = edited(KIND, &config, &wanted) {
            assert!(refused.place.is_some(), "{}: {refused}", sample.file);
            continue;
        }
        apply(KIND, &config, &wanted);
        let endpoint = &observed(KIND, &config).endpoints[0];
        assert_eq!(
            (endpoint.tls, endpoint.pairs[0].certificate.value.as_str(), endpoint.pairs[0].key.value.as_str()),
            (tls, "/new/ftp.pem", "/new/ftp.key")
        );
        assert_eq!(endpoint.ciphers.as_ref().unwrap().value, "ECDHE+AESGCM");
        assert_eq!(others(&syntax::parse(config.clone(), std::fs::read(&config).unwrap()), &names), before, "{}", sample.file);
        seen += 1;
    }
    println!("{seen} files edited");
    assert!(seen >= 8);
}
