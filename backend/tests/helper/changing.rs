//! What is changed, what must be there before, and what may be there afterwards.

use std::os::unix::fs::MetadataExt as _;

use certdeck::host::entry::{Entry, Rights};
use certdeck::host::files::Owner;

use crate::scene::{CALLER, Scene, file, mode, owned, pair};

#[test]
fn a_file_is_replaced_kept_and_put_back_without_its_key_travelling() {
    let scene = Scene::new();
    let (path, old) = (scene.path("ssl/ftp.key"), scene.text("ssl/ftp.key"));
    let Entry::File { content, rights } = scene.entry("ssl/ftp.key") else { panic!("no file") };
    let sha256 = certdeck_shared::x509::fingerprint::sha256_hex(&content);
    let before = Entry::Held { sha256, length: 0, rights: Rights { labels: None, ..rights } };
    let (_, key, _) = pair();
    let after = file(&key, 0o640);
    scene.put(&path, &before, &after).unwrap();
    assert_eq!(scene.text("ssl/ftp.key"), key);
    assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o7777, 0o640);
    assert!(scene.put(&path, &before, &after).unwrap_err().contains("is not what it was"), "no blind write");
    scene.put(&path, &after, &before).unwrap();
    assert_eq!(scene.text("ssl/ftp.key"), old);
    assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o7777, 0o600);
    let left: Vec<_> = std::fs::read_dir(scene.path("ssl")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
    assert_eq!(std::fs::metadata(scene.path("kept")).unwrap().mode() & 0o777, 0o700);
    // What it never replaced it cannot put back.
    let strange = Entry::Held {
        sha256: "ab".repeat(32),
        length: 0,
        rights: Rights { owner: Owner { user: 0, group: 0 }, mode: 0o600, labels: None },
    };
    assert!(scene.put(&path, &before, &strange).unwrap_err().contains("did not replace"));
}

#[test]
fn what_is_no_certificate_and_no_key_is_neither_written_nor_replaced() {
    let scene = Scene::new();
    let (certificate, key, _) = pair();
    let path = scene.path("ssl/ftp.crt");
    let before = scene.entry("ssl/ftp.crt");
    for content in ["", "root::0:0::/root:/bin/sh\n", "* * * * * root id\n", &format!("#!/bin/sh\nid\n{certificate}")] {
        assert!(scene.put(&path, &before, &file(content, 0o600)).unwrap_err().contains("something else in it"), "{content}");
    }
    // A file that the configuration was made to name, such as /etc/shadow.
    let config = scene.text("etc/vsftpd.conf").replace("ssl/ftp.crt", "elsewhere/secret");
    std::fs::write(scene.path("etc/vsftpd.conf"), config).unwrap();
    let (named, is) = (scene.path("elsewhere/secret"), scene.entry("elsewhere/secret"));
    for after in [file(&certificate, 0o600), Entry::Absent] {
        assert!(scene.put(&named, &is, &after).unwrap_err().contains("neither a certificate nor a key"));
    }
    assert_eq!(scene.text("elsewhere/secret"), "nobody's business\n");
    for outside in ["elsewhere/new.crt", "helper.toml", "new.crt", "kept/x"] {
        assert!(
            scene.put(&scene.path(outside), &Entry::Absent, &file(&key, 0o600)).unwrap_err().contains("belongs to no service"),
            "{outside}"
        );
    }
    assert!(!scene.path("elsewhere/new.crt").exists());
}

#[test]
fn owners_and_modes_are_those_that_a_service_needs() {
    let scene = Scene::new();
    let (certificate, key, _) = pair();
    let directory = |mode| Entry::Directory(Rights { owner: Owner { user: 0, group: 0 }, mode, labels: None });
    for wrong in [0o4755, 0o2755, 0o1777, 0o777] {
        assert!(scene.put(&scene.path("new"), &Entry::Absent, &directory(wrong)).is_err(), "{wrong:o}");
    }
    scene.put(&scene.path("new"), &Entry::Absent, &directory(0o755)).unwrap();
    let path = scene.path("new/ftp.pem");
    for (content, mode) in [(&certificate, 0o4755), (&certificate, 0o2644), (&certificate, 0o646), (&key, 0o644), (&key, 0o604)] {
        assert!(scene.put(&path, &Entry::Absent, &file(content, mode)).unwrap_err().contains("mode"), "{mode:o}");
    }
    for stranger in [CALLER, 33, 12345] {
        assert!(
            scene.put(&path, &Entry::Absent, &owned(&certificate, 0o644, stranger)).unwrap_err().contains("nobody who has to do"),
            "{stranger}"
        );
    }
    scene.put(&path, &Entry::Absent, &file(&certificate, 0o644)).unwrap();
    scene.put(&path, &file(&certificate, 0o644), &file(&certificate, 0o600)).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o7777, 0o600, "owner and mode alone");
    scene.put(&path, &file(&certificate, 0o600), &Entry::Absent).unwrap();
    scene.put(&scene.path("new"), &directory(0o755), &Entry::Absent).unwrap();
    assert!(!scene.path("new").exists());
}

#[test]
fn of_a_configuration_only_settings_of_tls_change_and_come_back() {
    let scene = Scene::new();
    let (path, config) = (scene.path("etc/vsftpd.conf"), scene.text("etc/vsftpd.conf"));
    mode(&path, 0o600);
    let before = file(&config, 0o600);
    let new = config.replace(&scene.path("ssl/ftp.crt").display().to_string(), &scene.path("new/ftp.crt").display().to_string());
    for wrong in [
        format!("{config}user_sub_token=x\n"),
        format!("{config}rsa_cert_file=/etc/shadow\n"),
        config.replace("listen=YES", "listen=NO"),
        String::new(),
    ] {
        assert!(scene.put(&path, &before, &file(&wrong, 0o600)).is_err(), "{wrong}");
    }
    assert!(scene.put(&path, &before, &file(&new, 0o644)).unwrap_err().contains("keeps owner, group and mode"));
    assert!(scene.put(&path, &before, &Entry::Absent).is_err());
    scene.put(&path, &before, &file(&new, 0o600)).unwrap();
    // What it says no more may come back, because the helper has seen it.
    scene.put(&path, &file(&new, 0o600), &before).unwrap();
    assert_eq!(scene.text("etc/vsftpd.conf"), config);
}
