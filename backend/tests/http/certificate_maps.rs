//! `certmap.conf` by REST: read, changed, and tried on a real slapd.

#![allow(clippy::disallowed_methods, reason = "slapd is started for the length of a test")]

use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use serde_json::{Value, json};

use crate::deck::Deck;

const MAPS: &str = "# ours\ncertmap default\t\tdefault\n#default:DNComps\ndefault:strange kept as it is\n\
                    certmap clients CN=Client CA,O=Example,C=CH\nclients:DNComps\nclients:FilterComps\te\n";

/// An access control list: rw for the owner, r for the user 7, at most r for all but the owner (acl(5), version 2 of the kernel).
const LIST: [u8; 44] = [
    2, 0, 0, 0, 1, 0, 6, 0, 255, 255, 255, 255, 2, 0, 4, 0, 7, 0, 0, 0, 4, 0, 0, 0, 255, 255, 255, 255, 16, 0, 4, 0, 255, 255, 255, 255,
    32, 0, 0, 0, 255, 255, 255, 255,
];

/// A certificate with these names, made by OpenSSL.
fn certificate(subject: &[(&str, &str)], issuer: &[(&str, &str)]) -> openssl::x509::X509 {
    use openssl::x509::{X509, X509Name};
    let name = |attributes: &[(&str, &str)]| {
        let mut name = X509Name::builder().unwrap();
        for (kind, value) in attributes {
            name.append_entry_by_text(kind, value).unwrap();
        }
        name.build()
    };
    let group = openssl::ec::EcGroup::from_curve_name(openssl::nid::Nid::X9_62_PRIME256V1).unwrap();
    let key = openssl::pkey::PKey::from_ec_key(openssl::ec::EcKey::generate(&group).unwrap()).unwrap();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_subject_name(&name(subject)).unwrap();
    builder.set_issuer_name(&name(issuer)).unwrap();
    builder.set_not_before(&openssl::asn1::Asn1Time::from_str("20260101000000Z").unwrap()).unwrap();
    builder.set_not_after(&openssl::asn1::Asn1Time::from_str("20270101000000Z").unwrap()).unwrap();
    builder.set_pubkey(&key).unwrap();
    builder.sign(&key, openssl::hash::MessageDigest::sha256()).unwrap();
    builder.build()
}

fn of_client(mail: &str) -> openssl::x509::X509 {
    certificate(
        &[("C", "CH"), ("O", "Example"), ("CN", mail), ("emailAddress", mail)],
        &[("C", "CH"), ("O", "Example"), ("CN", "Client CA")],
    )
}

fn pem(certificate: &openssl::x509::X509) -> String {
    String::from_utf8(certificate.to_pem().unwrap()).unwrap()
}

fn address(path: &Path) -> String {
    format!("/api/v1/certificate-maps?path={}", path.display())
}

#[tokio::test]
async fn a_file_is_read_changed_and_stays_what_it_is_otherwise() {
    // Not every file system for temporary files takes attributes.
    let room = tempfile::tempdir_in(std::env::current_dir().unwrap()).unwrap();
    let path = room.path().join("certmap.conf");
    std::fs::write(&path, MAPS).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::chown(&path, Some(4321), Some(4321)).unwrap();
    rustix::fs::setxattr(&path, "user.comment", b"by hand", rustix::fs::XattrFlags::empty()).unwrap();
    rustix::fs::setxattr(&path, "system.posix_acl_access", &LIST, rustix::fs::XattrFlags::empty()).unwrap();
    let link = room.path().join("link.conf");
    std::os::unix::fs::symlink("certmap.conf", &link).unwrap();
    let (deck, cookie) = Deck::set_up().await;
    let read = deck.get(&address(&link), &[("cookie", &cookie)]).await;
    assert_eq!((read.json()["content"].as_str(), read.json()["mode"].as_str()), (Some(MAPS), Some("0640")));
    assert_eq!(read.json()["maps"][1]["properties"][1], json!({"name": "FilterComps", "value": "e", "line": 7}));
    let tag = read.header("etag").to_owned();
    let changes = json!({"changes": [
        {"change": "set-property", "map": "clients", "property": "verifycert", "value": "on"},
        {"change": "add-map", "map": "staff", "issuer": "CN=Staff CA"},
    ]});
    let body = || axum::body::Body::from(changes.to_string());
    let headers = |tag: &'static str| {
        [("cookie", cookie.as_str()), ("origin", crate::deck::ORIGIN), ("content-type", "application/json"), ("if-match", tag)]
    };
    let stale = deck.call(Method::PATCH, &address(&link), &headers("\"0000\""), body()).await;
    assert_eq!(stale.code(), "revision-mismatch");
    let tried = deck.call_from_page(Method::PATCH, &format!("{}&preview=true", address(&link)), &cookie, &changes).await;
    let expected = format!("{MAPS}clients:verifycert\ton\n\ncertmap staff\t\tCN=Staff CA\n");
    assert_eq!(tried.json()["content"], expected.as_str());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), MAPS);
    let tag: &'static str = tag.leak();
    let made = deck.call(Method::PATCH, &address(&link), &headers(tag), body()).await;
    assert_eq!(made.status, 200, "{}", made.text);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), expected);
    let now = std::fs::metadata(&path).unwrap();
    assert_eq!((now.mode() & 0o7777, now.uid(), now.gid()), (0o640, 4321, 4321));
    let kept = |name: &str| {
        let mut value = [0; 64];
        let length = rustix::fs::getxattr(&path, name, &mut value).unwrap();
        value[..length].to_vec()
    };
    assert_eq!((kept("user.comment"), kept("system.posix_acl_access")), (b"by hand".to_vec(), LIST.to_vec()));
    assert!(link.is_symlink(), "the file is written, not the link");
    assert_eq!(deck.call(Method::PATCH, &address(&link), &headers(tag), body()).await.code(), "revision-mismatch");
    let wrong = json!({"changes": [{"change": "remove-map", "map": "nobody"}]});
    let refused = deck.call_from_page(Method::PATCH, &address(&path), &cookie, &wrong).await;
    assert_eq!((refused.code(), &refused.json()["errors"][0]["pointer"]), ("invalid-input".to_owned(), &json!("/changes/0")));
    let actions: Vec<_> =
        deck.actions().await.into_iter().filter(|(action, _)| action == "certificate-maps.change").map(|(_, outcome)| outcome).collect();
    assert_eq!(actions, ["invalid-input", "revision-mismatch", "success", "revision-mismatch"]);
}

#[tokio::test]
async fn what_is_no_certmap_conf_is_refused_with_its_line() {
    let room = tempfile::tempdir().unwrap();
    let (deck, cookie) = Deck::set_up().await;
    let write = |name: &str, content: &[u8]| {
        let path = room.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    };
    let cases = [
        (write("other", b"certmap default default\nuser = root\n"), "configuration-not-understood", "line 2"),
        (write("octets", b"# a\n\n\xff\n"), "configuration-not-understood", "line 3 is no UTF-8"),
        (write("long", &[b'#'; 300_000]), "invalid-input", "longer than"),
        (room.path().join("absent"), "invalid-input", "No such file"),
        (room.path().to_owned(), "invalid-input", "directory"),
        (PathBuf::from("etc/certmap.conf"), "invalid-input", "absolute"),
        (PathBuf::from("/etc/../etc/certmap.conf"), "invalid-input", "absolute"),
    ];
    for (path, code, words) in cases {
        let answer = deck.get(&address(&path), &[("cookie", &cookie)]).await;
        assert_eq!(answer.code(), code, "{}", answer.text);
        assert!(answer.text.contains(words), "{}", answer.text);
    }
}

/// A slapd with four people, for the length of a test.
struct Slapd {
    child: Child,
    room: tempfile::TempDir,
    port: u16,
}

impl Drop for Slapd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Slapd {
    async fn start(ada: &openssl::x509::X509, other: &openssl::x509::X509) -> Self {
        let room = tempfile::tempdir().unwrap();
        let at = room.path().display();
        let data = room.path().join("data");
        std::fs::create_dir(&data).unwrap();
        let key = openssl::pkey::PKey::from_rsa(openssl::rsa::Rsa::generate(2048).unwrap()).unwrap();
        std::fs::write(room.path().join("key.pem"), key.private_key_to_pem_pkcs8().unwrap()).unwrap();
        std::fs::write(room.path().join("ldap.pem"), of_server(&key).to_pem().unwrap()).unwrap();
        let schemas: String = ["core", "cosine", "inetorgperson"].map(|name| format!("include /etc/ldap/schema/{name}.schema\n")).concat();
        let config = format!(
            "{schemas}TLSCertificateFile {at}/ldap.pem\nTLSCertificateKeyFile {at}/key.pem\ndatabase ldif\nsuffix dc=example,dc=org\n\
             directory {at}/data\nrootdn cn=admin,dc=example,dc=org\nrootpw secret\n"
        );
        std::fs::write(room.path().join("slapd.conf"), config).unwrap();
        let entry = |uid: &str, mail: &str, certificate: Option<&openssl::x509::X509>| {
            let binary = |der: Vec<u8>| format!("userCertificate;binary:: {}\n", STANDARD.encode(der));
            let certificate = certificate.map(|certificate| binary(certificate.to_der().unwrap())).unwrap_or_default();
            format!(
                "dn: uid={uid},dc=example,dc=org\nobjectClass: inetOrgPerson\nuid: {uid}\ncn: {uid}\nsn: {uid}\nmail: {mail}\n{certificate}\n"
            )
        };
        let people = [
            entry("ada", "ada@example.org", Some(ada)),
            entry("bob", "bob@example.org", None),
            entry("eve", "eve@example.org", Some(other)),
            entry("twin", "ada@example.net", None),
            entry("double", "ada@example.net", Some(ada)),
        ];
        let ldif = format!(
            "dn: dc=example,dc=org\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: Example\n\n{}",
            people.concat()
        );
        let mut load = Command::new("/usr/sbin/slapadd");
        let mut load = load.arg("-f").arg(room.path().join("slapd.conf")).stdin(Stdio::piped()).spawn().unwrap();
        load.stdin.take().unwrap().write_all(ldif.as_bytes()).unwrap();
        assert!(load.wait().unwrap().success());
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let socket = format!("{at}/ldapi").replace('/', "%2F");
        let child = Command::new("/usr/sbin/slapd")
            .args(["-d", "0", "-h", &format!("ldapi://{socket}/ ldap://127.0.0.1:{port}/")])
            .arg("-f")
            .arg(room.path().join("slapd.conf"))
            .spawn()
            .unwrap();
        let slapd = Self { child, room, port };
        for _ in 0..200 {
            if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return slapd;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("slapd does not listen");
    }

    fn socket(&self) -> String {
        format!("ldapi://{}", format!("{}/ldapi", self.room.path().display()).replace('/', "%2F"))
    }
}

fn of_server(key: &openssl::pkey::PKey<openssl::pkey::Private>) -> openssl::x509::X509 {
    use openssl::x509::extension::SubjectAlternativeName;
    let mut builder = openssl::x509::X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_not_before(&openssl::asn1::Asn1Time::days_from_now(0).unwrap()).unwrap();
    builder.set_not_after(&openssl::asn1::Asn1Time::days_from_now(30).unwrap()).unwrap();
    builder.set_pubkey(key).unwrap();
    let names = SubjectAlternativeName::new().dns("localhost").build(&builder.x509v3_context(None, None)).unwrap();
    builder.append_extension(names).unwrap();
    builder.sign(key, openssl::hash::MessageDigest::sha256()).unwrap();
    builder.build()
}

#[tokio::test]
async fn a_certificate_leads_to_an_entry_of_a_real_directory() {
    let (ada, other) = (of_client("ada@example.org"), of_client("other@example.org"));
    let slapd = Slapd::start(&ada, &other).await;
    let path = slapd.room.path().join("certmap.conf");
    std::fs::write(&path, MAPS).unwrap();
    let (deck, cookie) = Deck::set_up().await;
    let verifying = json!({"change": "set-property", "map": "clients", "property": "verifycert", "value": "on"});
    let asked = |certificate: &openssl::x509::X509, changes: &[&Value], directory: Value| json!({"path": path.display().to_string(), "certificate": pem(certificate), "changes": changes, "directory": directory});
    let socket = json!({"url": slapd.socket()});
    let cases: [(&str, bool, Option<&str>, &str); 8] = [
        ("ada@example.org", false, Some("uid=ada,dc=example,dc=org"), "leads to"),
        ("ada@example.org", true, Some("uid=ada,dc=example,dc=org"), "this very certificate"),
        ("bob@example.org", false, Some("uid=bob,dc=example,dc=org"), "leads to"),
        ("bob@example.org", true, None, "has no userCertificate"),
        ("eve@example.org", true, None, "holds another certificate"),
        ("nobody@example.org", false, None, "No entry"),
        ("ada@example.net", false, None, "2 entries match"),
        ("*", false, None, "No entry"),
    ];
    for (mail, verify, entry, words) in cases {
        let certificate = if mail == "ada@example.org" { ada.clone() } else { of_client(mail) };
        let changes: &[&Value] = if verify { &[&verifying] } else { &[] };
        let answer = deck
            .call_from_page(Method::POST, "/api/v1/certificate-maps/trial", &cookie, &asked(&certificate, changes, socket.clone()))
            .await;
        let told = &answer.json()["directory"];
        assert_eq!(told["entry"].as_str(), entry, "{mail}: {}", answer.text);
        assert!(told["words"].as_str().unwrap().contains(words), "{mail}: {}", answer.text);
        assert_eq!(told["searches"][0]["base"], "dc=example,dc=org", "the naming contexts of the directory are its tree");
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), MAPS, "changes of a trial are for it alone");

    // Of two entries the one with the certificate is taken; the search attribute comes before base and filter.
    let by_subject = json!({"change": "set-property", "map": "clients", "property": "CmapLdapAttr", "value": "description"});
    let answer =
        deck.call_from_page(Method::POST, "/api/v1/certificate-maps/trial", &cookie, &asked(&ada, &[&by_subject], socket.clone())).await;
    let searches = answer.json()["directory"]["searches"].clone();
    assert_eq!(searches.as_array().unwrap().len(), 2, "{}", answer.text);
    assert!(searches[0]["filter"].as_str().unwrap().starts_with("(description=E=ada@example.org,CN="), "{searches}");

    // StartTLS with the directory's own certificate as the only one trusted, and a password.
    let ca = std::fs::read_to_string(slapd.room.path().join("ldap.pem")).unwrap();
    let encrypted = json!({
        "url": format!("ldap://localhost:{}", slapd.port), "starttls": true, "ca": ca,
        "bind_dn": "cn=admin,dc=example,dc=org", "password": "secret", "suffix": "dc=example,dc=org",
    });
    let trial = asked(&ada, &[], encrypted.clone());
    let answer = deck.call_from_page(Method::POST, "/api/v1/certificate-maps/trial", &cookie, &trial).await;
    assert_eq!(answer.json()["directory"]["searches"][0]["entries"][0]["certificate"], "same", "{}", answer.text);
    assert_eq!(answer.json()["directory"]["searches"][0]["entries"][0]["uid"], "ada");
    let refused = [
        ("password", json!("wrong"), "directory-unreachable", "does not let"),
        ("ca", json!(pem(&other)), "directory-unreachable", "UnknownIssuer"),
        ("ca", json!("no PEM"), "invalid-input", "no certificate in PEM"),
        ("url", json!("https://localhost"), "invalid-input", "ldap://"),
        ("url", json!("ldap://localhost:1"), "directory-unreachable", "refused"),
        ("url", json!("ldapi://%2Fnowhere"), "directory-unreachable", "No such file"),
    ];
    for (field, value, code, words) in refused {
        let mut directory = encrypted.clone();
        directory[field] = value;
        let answer = deck.call_from_page(Method::POST, "/api/v1/certificate-maps/trial", &cookie, &asked(&ada, &[], directory)).await;
        assert_eq!(answer.code(), code, "{field}: {}", answer.text);
        assert!(answer.text.contains(words), "{field}: {}", answer.text);
        assert!(!answer.text.contains("secret"));
    }
    let in_clear = json!({"url": "ldap://192.0.2.1", "bind_dn": "cn=admin", "password": "secret"});
    let answer = deck.call_from_page(Method::POST, "/api/v1/certificate-maps/trial", &cookie, &asked(&ada, &[], in_clear)).await;
    assert_eq!((answer.code(), answer.text.contains("only over ldaps")), ("invalid-input".to_owned(), true), "{}", answer.text);
    let nowhere = json!({"url": slapd.socket(), "suffix": "dc=example,dc=com"});
    let answer = deck.call_from_page(Method::POST, "/api/v1/certificate-maps/trial", &cookie, &asked(&ada, &[], nowhere)).await;
    assert!(answer.json()["directory"]["searches"][0]["problem"].as_str().unwrap().contains("noSuchObject"), "{}", answer.text);
}

#[tokio::test]
async fn a_trial_takes_one_certificate() {
    let room = tempfile::tempdir().unwrap();
    let path = room.path().join("certmap.conf");
    std::fs::write(&path, MAPS).unwrap();
    let (deck, cookie) = Deck::set_up().await;
    let ada = pem(&of_client("ada@example.org"));
    for (certificate, words) in [(format!("{ada}{ada}"), "here are 2"), ("nothing".to_owned(), "here are 0")] {
        let body = json!({"path": path.display().to_string(), "certificate": certificate});
        let answer = deck.call_from_page(Method::POST, "/api/v1/certificate-maps/trial", &cookie, &body).await;
        assert_eq!((answer.code(), answer.text.contains(words)), ("invalid-input".to_owned(), true), "{}", answer.text);
    }
    let body = json!({"path": path.display().to_string(), "certificate": ada});
    let told = deck.call_from_page(Method::POST, "/api/v1/certificate-maps/trial", &cookie, &body).await.json();
    assert_eq!((told["trial"]["map"].as_str(), told["directory"].is_null()), (Some("clients"), true));
    assert_eq!(told["trial"]["searches"], json!([{"base": null, "filter": "(mail=ada@example.org)"}]));
}
