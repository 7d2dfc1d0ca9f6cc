//! nginx's own check and dump say what a changed configuration means.

use std::path::Path;
use std::process::Command;

use certdeck::deploy::change::{Control, EditRefused, Edits, Running, Wanted};
use certdeck::deploy::editor::editor;
use certdeck::host::tree::{Process, Tree};
use certdeck_shared::api::plan::{ClientVerification, TlsProfile};
use certdeck_shared::api::service::{Protocol, ServiceKind, TlsMode};

use super::{apply, observed, pair};

const KIND: ServiceKind = ServiceKind::Nginx;
const SNAKEOIL: (&str, &str) = ("/etc/ssl/certs/ssl-cert-snakeoil.pem", "/etc/ssl/private/ssl-cert-snakeoil.key");

struct Site {
    room: tempfile::TempDir,
}

impl Site {
    /// `{}` in the text is the folder.
    fn new(text: &str) -> Self {
        let room = tempfile::tempdir().unwrap();
        let at = room.path().display().to_string();
        let text = format!("pid {at}/pid;\nerror_log {at}/log;\nevents {{}}\n{}", text.replace("DIR", &at));
        std::fs::write(room.path().join("nginx.conf"), text).unwrap();
        let site = Self { room };
        for (name, from) in [("a.pem", SNAKEOIL.0), ("a.key", SNAKEOIL.1), ("b.pem", SNAKEOIL.0), ("b.key", SNAKEOIL.1)] {
            std::fs::copy(from, site.room.path().join(name)).unwrap();
        }
        site
    }

    fn path(&self, name: &str) -> String {
        self.room.path().join(name).display().to_string()
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.path("nginx.conf")).unwrap().replace(&self.path(""), "DIR/")
    }

    fn change(&self, wanted: &[Wanted]) -> Result<Edits, EditRefused> {
        apply(KIND, &Tree::of_machine(), Path::new("/"), &self.room.path().join("nginx.conf"), wanted)
    }

    /// What nginx reads; it must be good.
    fn dump(&self) -> String {
        let output = Command::new("/usr/sbin/nginx").args(["-T", "-c", &self.path("nginx.conf")]).output().unwrap();
        let text = format!("{}{}", String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(&output.stdout));
        assert!(output.status.success(), "{text}");
        text
    }
}

const TWO: &str = "http {\n  ssl_certificate DIR/a.pem;\n  ssl_certificate_key DIR/a.key;\n  server {\n    listen 127.0.0.1:8443 ssl; # one\n    \
    server_name one.example;\n  }\n  server { listen 127.0.0.1:8443 ssl; server_name two.example; }\n}\n";

#[test]
fn what_a_server_inherits_is_overridden_for_one_and_changed_for_all() {
    let site = Site::new(TWO);
    site.change(&[pair(&[0], 0, &site.path("b.pem"), &site.path("b.key"))]).unwrap();
    let own = "    server_name one.example;\n    ssl_certificate DIR/b.pem;\n    ssl_certificate_key DIR/b.key;\n  }\n";
    assert!(site.text().contains(own), "{}", site.text());
    site.change(&[pair(&[1], 0, &site.path("b.pem"), &site.path("a.key"))]).unwrap();
    // The other one no longer has it from outside: there it is changed.
    assert!(site.text().contains("http {\n  ssl_certificate DIR/b.pem;\n  ssl_certificate_key DIR/a.key;\n"), "{}", site.text());
    site.dump();

    let one_line = Site::new(TWO);
    one_line.change(&[pair(&[1], 0, &one_line.path("b.pem"), &one_line.path("b.key"))]).unwrap();
    let own =
        "  server { listen 127.0.0.1:8443 ssl; server_name two.example; ssl_certificate DIR/b.pem; ssl_certificate_key DIR/b.key; }\n";
    assert!(one_line.text().contains(own), "{}", one_line.text());
    one_line.dump();
}

#[test]
fn a_second_pair_keeps_the_first_one_that_was_inherited() {
    let site = Site::new(TWO);
    site.change(&[pair(&[0], 1, &site.path("b.pem"), &site.path("b.key"))]).unwrap();
    let observation = observed(KIND, &Tree::of_machine(), &site.room.path().join("nginx.conf"));
    let pairs = super::files(&observation.endpoints[0].pairs);
    let expected = [(site.path("a.pem"), site.path("a.key")), (site.path("b.pem"), site.path("b.key"))];
    assert_eq!(pairs.iter().map(|pair| (pair.0.to_owned(), pair.1.to_owned())).collect::<Vec<_>>(), expected);
    assert_eq!(observation.endpoints[1].pairs.len(), 1);
    site.dump();
}

#[test]
fn files_that_others_include_and_variables_are_refused_with_their_place() {
    let site = Site::new(
        "http {\n  server {\n    listen 8443 ssl;\n    include DIR/pair.conf;\n  }\n  server {\n    listen 9443 ssl;\n    include DIR/pair.conf;\n  }\n  server {\n    listen 9444 ssl;\n    ssl_certificate DIR/$ssl_server_name.pem;\n  }\n}\n",
    );
    let snippet = format!("ssl_certificate {};\nssl_certificate_key {};\n", site.path("a.pem"), site.path("a.key"));
    std::fs::write(site.path("pair.conf"), snippet).unwrap();
    let wanted = |servers: &[usize]| [pair(servers, 0, &site.path("b.pem"), &site.path("b.key"))];
    let refused = site.change(&wanted(&[0])).unwrap_err();
    assert!(refused.place.clone().unwrap().file.ends_with("pair.conf") && refused.words.contains("other servers"), "{refused}");
    let refused = site.change(&wanted(&[2])).unwrap_err();
    assert_eq!(refused.place.clone().unwrap().line, 15, "{refused}");
    site.change(&wanted(&[0, 1])).unwrap();
    assert!(std::fs::read_to_string(site.path("pair.conf")).unwrap().contains("b.pem"));
    let broken = Site::new("http {\n  server {\n    listen 8443 ssl\n  }\n}\n");
    assert!(broken.change(&wanted(&[0])).unwrap_err().words.contains("; is missing"));
}

#[test]
fn a_profile_is_good_for_nginx_and_is_set_for_all_servers_of_an_address() {
    let site = Site::new(TWO);
    let profile = |endpoints: Vec<usize>| [Wanted::Profile { endpoints, profile: TlsProfile::Intermediate }];
    let refused = site.change(&profile(vec![0])).unwrap_err();
    assert!(refused.words.contains("all servers at an address"), "{refused}");
    site.change(&profile(vec![0, 1])).unwrap();
    let told = site.dump();
    assert_eq!(told.matches("ssl_protocols TLSv1.2 TLSv1.3;").count(), 2, "{told}");
    assert_eq!(told.matches("ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:").count(), 2, "{told}");
    assert!(!told.contains("ssl_prefer_server_ciphers"), "it is off by itself");
    let clients = std::path::PathBuf::from(site.path("a.pem"));
    site.change(&[
        Wanted::ClientCa { endpoints: vec![0], file: clients },
        Wanted::ClientVerification { endpoints: vec![0], verification: ClientVerification::Required, depth: Some(2) },
    ])
    .unwrap();
    let told = site.dump();
    assert!(
        told.contains("ssl_verify_client on;") && told.contains("ssl_verify_depth 2;") && told.contains("ssl_client_certificate "),
        "{told}"
    );
}

#[test]
fn tls_is_turned_on_and_a_server_is_added_like_its_namesake() {
    let plain = "http {\n  server {\n    listen 127.0.0.1:8080;\n    server_name one.example;\n\n    # The shop\n    location / {\n      return 204;\n    }\n  }\n}\n";
    let site = Site::new(plain);
    let tls = Wanted::Tls { endpoint: 0, tls: TlsMode::Implicit };
    assert!(site.change(std::slice::from_ref(&tls)).unwrap_err().words.contains("needs a certificate"));
    site.change(&[tls, pair(&[0], 0, &site.path("a.pem"), &site.path("a.key"))]).unwrap();
    assert!(site.text().contains("    listen 127.0.0.1:8080 ssl;\n"), "{}", site.text());
    site.dump();

    let site = Site::new(plain);
    let wanted = Wanted::Listener {
        protocol: Protocol::Http,
        tls: TlsMode::Implicit,
        port: 8443,
        address: Some("127.0.0.1".to_owned()),
        server_name: Some("one.example".to_owned()),
        pair: Some((site.path("a.pem").into(), site.path("a.key").into())),
    };
    let config = site.room.path().join("nginx.conf");
    let edits = super::edited(KIND, &Tree::of_machine(), &config, std::slice::from_ref(&wanted)).unwrap();
    std::fs::write(&config, &edits.files[0].after).unwrap();
    let added = "  }\n  server {\n      listen 127.0.0.1:8443 ssl;\n      ssl_certificate DIR/a.pem;\n      ssl_certificate_key DIR/a.key;\n    \
        server_name one.example;\n    # The shop\n    location / {\n      return 204;\n    }\n  }\n}\n";
    assert!(site.text().ends_with(added), "{}", site.text());
    site.dump();
    assert!(site.change(&[wanted]).unwrap_err().words.contains("already"));
}

#[test]
fn the_check_names_what_the_running_one_was_given() {
    let arguments = vec!["nginx: master process /usr/sbin/nginx -p /srv/web -c my.conf -g daemon off;".to_owned()];
    let main = Process { id: 7, arguments, program: "nginx".to_owned(), directory: None, parent: 1 };
    let running = Running { main: Some(main), unit: None };
    let check = editor(KIND).own_check(&Tree::of_machine(), Path::new("/srv/web/my.conf"), &running, &Control::default()).unwrap();
    assert_eq!(check.arguments, ["/usr/sbin/nginx", "-t", "-c", "/srv/web/my.conf", "-p", "/srv/web"]);
}
