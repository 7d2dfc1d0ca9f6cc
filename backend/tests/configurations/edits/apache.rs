//! Apache's own dumps say what a changed configuration means.

use std::path::Path;
use std::process::Command;

use certdeck::deploy::change::{Control, Running, Wanted};
use certdeck::deploy::editor::editor;
use certdeck::host::tree::{Process, Tree};
use certdeck_shared::api::plan::{TlsProfile, TlsVersion};
use certdeck_shared::api::service::{Protocol, ServiceKind, TlsMode};

use super::{apply, difference, observed, pair};

const KIND: ServiceKind = ServiceKind::Apache;
const SNAKEOIL: (&str, &str) = ("/etc/ssl/certs/ssl-cert-snakeoil.pem", "/etc/ssl/private/ssl-cert-snakeoil.key");

/// Debian's own configuration in a folder, with mod_ssl where that is wanted.
fn debian(ssl: bool, sites: &[(&str, &str)]) -> tempfile::TempDir {
    let room = tempfile::tempdir().unwrap();
    let root = room.path().join("apache2");
    let copied = Command::new("cp").args(["-a", "/etc/apache2"]).arg(&root).status().unwrap();
    assert!(copied.success());
    for name in ["ssl.load", "ssl.conf", "socache_shmcb.load"].iter().filter(|_| ssl) {
        let _ = std::os::unix::fs::symlink(format!("../mods-available/{name}"), root.join(format!("mods-enabled/{name}")));
    }
    for (name, text) in sites {
        std::fs::write(root.join("sites-enabled").join(name), text).unwrap();
    }
    room
}

/// What Apache says with these questions.
fn dump(root: &Path, questions: &[&str]) -> String {
    let at = root.to_str().unwrap();
    let place = root.parent().unwrap().to_str().unwrap();
    let mut command = Command::new("apache2");
    command.env("PATH", "/usr/sbin:/usr/bin").env("APACHE_CONFDIR", at);
    for name in ["APACHE_PID_FILE", "APACHE_RUN_DIR", "APACHE_LOCK_DIR", "APACHE_LOG_DIR"] {
        command.env(name, place);
    }
    command.env("APACHE_RUN_USER", "www-data").env("APACHE_RUN_GROUP", "www-data");
    command.args(["-d", at, "-f", root.join("apache2.conf").to_str().unwrap()]);
    command.args(["-C", "LoadModule info_module /usr/lib/apache2/modules/mod_info.so", "-t"]);
    for question in questions {
        command.args(["-D", question]);
    }
    let output = command.output().unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{text}");
    text
}

fn host(name: &str, more: &str) -> String {
    format!("<VirtualHost *:443>\n    ServerName {name}\n    SSLEngine on\n{more}</VirtualHost>\n")
}

fn endpoint(room: &tempfile::TempDir, name: &str) -> usize {
    let observation = observed(KIND, &Tree::of_machine(), &room.path().join("apache2/apache2.conf"));
    observation.endpoints.iter().position(|endpoint| endpoint.name == name).unwrap()
}

fn change(room: &tempfile::TempDir, wanted: &[Wanted]) -> Vec<(Vec<String>, Vec<String>)> {
    let config = room.path().join("apache2/apache2.conf");
    let edits = apply(KIND, &Tree::of_machine(), Path::new("/"), &config, wanted).unwrap();
    edits.files.iter().map(|file| difference(&file.before, &file.after)).collect()
}

#[test]
fn a_setting_of_the_server_is_overridden_for_one_host_and_changed_for_all() {
    let inherited = format!("SSLCertificateFile {}\nSSLCertificateKeyFile {}\n", SNAKEOIL.0, SNAKEOIL.1);
    let room = debian(true, &[("0.conf", &inherited), ("1.conf", &host("one.example", "")), ("2.conf", &host("two.example", ""))]);
    let (one, two) = (endpoint(&room, "one.example"), endpoint(&room, "two.example"));
    let new = room.path().join("new.pem");
    let both = [std::fs::read(SNAKEOIL.0).unwrap(), std::fs::read(SNAKEOIL.1).unwrap()].concat();
    std::fs::write(&new, both).unwrap();
    let path = new.to_str().unwrap();
    let changed = change(&room, &[pair(&[one], 0, path, path)]);
    let lines = vec![format!("    SSLCertificateFile {path}\n"), format!("    SSLCertificateKeyFile {path}\n")];
    assert_eq!(changed, [(vec![], lines)]);
    let told = dump(&room.path().join("apache2"), &["DUMP_CERTS"]);
    assert!(told.contains(path) && told.contains(SNAKEOIL.0), "{told}");

    // Both at once: the second at the server, the first where it has its own.
    let other = room.path().join("other.pem");
    std::fs::copy(&new, &other).unwrap();
    let path = other.to_str().unwrap();
    change(&room, &[pair(&[one, two], 0, path, path)]);
    let told = dump(&room.path().join("apache2"), &["DUMP_CERTS"]);
    assert!(told.contains(path) && !told.contains(new.to_str().unwrap()) && !told.contains(SNAKEOIL.0), "{told}");
}

#[test]
fn two_pairs_stand_beside_each_other_and_the_chain_goes_into_the_file() {
    let own = format!(
        "    SSLCertificateFile {0}\n    SSLCertificateKeyFile {1}\n    SSLCertificateChainFile {0}\n    # The end\n",
        SNAKEOIL.0, SNAKEOIL.1
    );
    let room = debian(true, &[("1.conf", &host("one.example", &own))]);
    let one = endpoint(&room, "one.example");
    let copy = |name: &str, from: &str| {
        let path = room.path().join(name).to_str().unwrap().to_owned();
        std::fs::copy(from, &path).unwrap();
        path
    };
    let (certificate, key) = (copy("an ec.pem", SNAKEOIL.0), copy("an ec.key", SNAKEOIL.1));
    change(&room, &[pair(&[one], 1, &certificate, &key)]);
    let text = std::fs::read_to_string(room.path().join("apache2/sites-enabled/1.conf")).unwrap();
    let expected = format!(
        "<VirtualHost *:443>\n    ServerName one.example\n    SSLEngine on\n    SSLCertificateFile {}\n    SSLCertificateFile \"{certificate}\"\n    \
         SSLCertificateKeyFile {}\n    SSLCertificateKeyFile \"{key}\"\n    # The end\n</VirtualHost>\n",
        SNAKEOIL.0, SNAKEOIL.1
    );
    assert_eq!(text, expected);
    let told = dump(&room.path().join("apache2"), &["DUMP_CERTS"]);
    assert!(told.contains(&certificate) && told.contains(SNAKEOIL.0), "{told}");
}

#[test]
fn a_profile_is_what_apache_says_it_has() {
    let own = format!("    SSLCertificateFile {}\n    SSLCertificateKeyFile {}\n", SNAKEOIL.0, SNAKEOIL.1);
    let room = debian(true, &[("1.conf", &host("one.example", &own)), ("2.conf", &host("two.example", &own))]);
    let one = endpoint(&room, "one.example");
    let wanted = [
        Wanted::Profile { endpoints: vec![one], profile: TlsProfile::Intermediate },
        Wanted::Protocols { endpoints: vec![one], lowest: TlsVersion::Tls12, highest: Some(TlsVersion::Tls12) },
    ];
    // Both are about the versions: the later one counts, and what the first left is kept.
    let config = room.path().join("apache2/apache2.conf");
    let edits = super::edited(KIND, &Tree::of_machine(), &config, &wanted).unwrap();
    for file in &edits.files {
        std::fs::write(&file.path, &file.after).unwrap();
    }
    let told = dump(&room.path().join("apache2"), &["DUMP_CONFIG"]);
    let section = told.split("ServerName one.example").nth(1).unwrap().split("</VirtualHost>").next().unwrap();
    assert!(section.contains("SSLProtocol -all +TLSv1.2"), "{section}");
    assert!(section.contains("SSLCipherSuite ECDHE-ECDSA-AES128-GCM-SHA256:"), "{section}");
    let second = told.split("ServerName two.example").nth(1).unwrap().split("</VirtualHost>").next().unwrap();
    assert!(!second.contains("SSLProtocol"), "{second}");
}

#[test]
fn tls_is_turned_on_where_mod_ssl_is_loaded() {
    let plain = "<VirtualHost *:8443>\n\tServerName plain.example\n\tDocumentRoot /var/www\n</VirtualHost>\n";
    let tls = |room: &tempfile::TempDir| {
        let at = endpoint(room, "plain.example");
        [Wanted::Tls { endpoint: at, tls: TlsMode::Implicit }, pair(&[at], 0, SNAKEOIL.0, SNAKEOIL.1)]
    };
    let without = debian(false, &[("1.conf", plain)]);
    let config = without.path().join("apache2/apache2.conf");
    let refused = super::edited(KIND, &Tree::of_machine(), &config, &tls(&without)).unwrap_err();
    assert!(refused.words.contains("a2enmod ssl"), "{refused}");
    assert!(refused.place.unwrap().file.ends_with("1.conf"));

    let room = debian(true, &[("1.conf", plain)]);
    let at = endpoint(&room, "plain.example");
    let no_pair = [Wanted::Tls { endpoint: at, tls: TlsMode::Implicit }];
    let config = room.path().join("apache2/apache2.conf");
    assert!(super::edited(KIND, &Tree::of_machine(), &config, &no_pair).unwrap_err().words.contains("needs a certificate"));
    change(&room, &tls(&room));
    let told = dump(&room.path().join("apache2"), &["DUMP_VHOSTS", "DUMP_CERTS", "DUMP_CONFIG"]);
    assert!(told.contains("Listen 8443 https"), "{told}");
    assert!(told.lines().any(|line| line.trim().starts_with("*:8443") && line.contains("plain.example")), "{told}");
    assert!(told.contains(SNAKEOIL.0), "{told}");
}

#[test]
fn a_virtual_host_is_added_with_the_directory_of_its_namesake() {
    let plain = "<VirtualHost *:80>\n\tServerName www.example\n\tDocumentRoot /var/www\n</VirtualHost>\n# behind\n";
    let room = debian(true, &[("1.conf", plain)]);
    let files = (SNAKEOIL.0.into(), SNAKEOIL.1.into());
    let wanted = Wanted::Listener {
        protocol: Protocol::Http,
        tls: TlsMode::Implicit,
        port: 9443,
        address: None,
        server_name: Some("www.example".to_owned()),
        pair: Some(files),
    };
    let config = room.path().join("apache2/apache2.conf");
    let edits = super::edited(KIND, &Tree::of_machine(), &config, std::slice::from_ref(&wanted)).unwrap();
    for file in &edits.files {
        std::fs::write(&file.path, &file.after).unwrap();
        assert_eq!(difference(&file.before, &file.after).0, Vec::<String>::new(), "nothing goes");
    }
    let told = dump(&room.path().join("apache2"), &["DUMP_VHOSTS", "DUMP_CERTS"]);
    assert!(told.lines().any(|line| line.trim().starts_with("*:9443") && line.contains("www.example")), "{told}");
    assert!(told.contains(SNAKEOIL.0), "{told}");
    let again = super::edited(KIND, &Tree::of_machine(), &config, std::slice::from_ref(&wanted)).unwrap_err();
    assert!(again.words.contains("already"), "{again}");
}

#[test]
fn conditions_and_macros_are_refused_with_their_place() {
    for (more, line) in [
        ("    <IfDefine OLD>\n        SSLCertificateFile /old.pem\n    </IfDefine>\n", 5),
        ("    Use Certificates one\n", 4),
        ("    SSLOpenSSLConfCmd Certificate /other.pem\n", 4),
    ] {
        let room = debian(true, &[("1.conf", &host("one.example", more))]);
        let one = endpoint(&room, "one.example");
        let config = room.path().join("apache2/apache2.conf");
        let refused = super::edited(KIND, &Tree::of_machine(), &config, &[pair(&[one], 0, "/n.pem", "/n.key")]).unwrap_err();
        let place = refused.place.clone().unwrap();
        assert!(place.file.ends_with("sites-enabled/1.conf"), "{refused}");
        assert_eq!(place.line, line, "{refused}");
    }
    let room = debian(true, &[("1.conf", &host("one.example", ""))]);
    let one = endpoint(&room, "one.example");
    let config = room.path().join("apache2/apache2.conf");
    let refused = super::edited(KIND, &Tree::of_machine(), &config, &[pair(&[one], 0, "/n\".pem", "/n.key")]).unwrap_err();
    assert!(refused.words.contains("cannot be written"), "{refused}");
}

#[test]
fn the_check_asks_what_the_running_one_was_given() {
    let room = tempfile::tempdir().unwrap();
    let root = room.path();
    std::fs::create_dir_all(root.join("proc/7")).unwrap();
    std::fs::create_dir_all(root.join("srv/a")).unwrap();
    std::fs::write(root.join("srv/a/envvars"), "export APACHE_RUN_USER=www-data\nexport APACHE_LOG_DIR=/var/log/apache2$SUFFIX\n").unwrap();
    std::fs::write(root.join("proc/7/environ"), "APACHE_LOG_DIR=/srv/log\0APACHE_CONFDIR=/srv/a\0").unwrap();
    let arguments = ["/usr/sbin/apache2", "-d", "/srv/a", "-DFOREGROUND", "-k", "start"].map(str::to_owned).to_vec();
    let main = Process { id: 7, arguments, program: "apache2".to_owned(), directory: None, parent: 1 };
    let running = Running { main: Some(main), unit: None };
    let tree = Tree::rooted(root);
    let check = editor(KIND).own_check(&tree, Path::new("/srv/a/apache2.conf"), &running, &Control::default()).unwrap();
    assert_eq!(check.arguments, ["/usr/sbin/apache2", "-d", "/srv/a", "-DFOREGROUND", "-t"]);
    let variable = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        check.environment,
        [variable("APACHE_CONFDIR", "/srv/a"), variable("APACHE_LOG_DIR", "/srv/log"), variable("APACHE_RUN_USER", "www-data")]
    );
}
