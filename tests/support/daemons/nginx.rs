//! nginx from Debian's `/etc/nginx`, with the lines for TLS of its default site taken out of their comments.

use std::os::unix::fs::symlink;

use certdeck_shared::api::service::{Protocol, ServiceKind, TlsMode};

use super::instance::{Endpoint, Instance, Manner, Parts, words};
use super::ports;
use super::room::Room;
use crate::pki::Pair;

/// One server with this pair.
pub fn start(pair: &Pair) -> Instance {
    let room = Room::new("nginx", &["www", "temp"]);
    let port = ports::free();
    room.copy("/etc/nginx", "etc/nginx");
    let files = room.place(pair, "etc/nginx/ssl", "www", None);
    room.edit(
        "etc/nginx/nginx.conf",
        &[
            ("/etc/nginx", &room.text("etc/nginx")),
            ("/run/nginx.pid", &room.text("run/nginx.pid")),
            ("/var/log/nginx", &room.text("log")),
            ("worker_processes auto", "worker_processes 1"),
        ],
    );
    room.edit(
        "etc/nginx/sites-available/default",
        &[
            ("\tlisten 80 default_server;\n\tlisten [::]:80 default_server;\n", ""),
            ("# listen 443 ssl", &format!("listen 127.0.0.1:{} ssl", port.number)),
            (
                "# include snippets/snakeoil.conf;",
                &format!("ssl_certificate {};\n\tssl_certificate_key {};", files.certificate.display(), files.key.display()),
            ),
            ("/var/www/html", &room.text("www")),
        ],
    );
    // The link of the package leads to the machine's own site.
    std::fs::remove_file(room.join("etc/nginx/sites-enabled/default")).unwrap();
    symlink("../sites-available/default", room.join("etc/nginx/sites-enabled/default")).unwrap();
    for name in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
        room.append("etc/nginx/conf.d/instance.conf", &format!("{name}_temp_path {};\n", room.text(&format!("temp/{name}"))));
    }
    let config = room.join("etc/nginx/nginx.conf");
    let nginx = |more: &[&str]| {
        let named = words(["/usr/sbin/nginx", "-e", &room.text("log/error.log"), "-c", config.to_str().unwrap()]);
        named.into_iter().chain(more.iter().map(|word| (*word).to_owned())).collect::<Vec<_>>()
    };
    Instance::start(Parts {
        kind: ServiceKind::Nginx,
        files,
        endpoints: vec![Endpoint::new("https", Protocol::Http, TlsMode::Implicit, &port)],
        ports: vec![port],
        command: nginx(&["-g", "daemon off;"]),
        environment: Vec::new(),
        pid_file: room.join("run/nginx.pid"),
        manner: Manner::Own,
        check: Some(nginx(&["-t"])),
        reload: Some(nginx(&["-s", "reload"])),
        config: config.clone(),
        room,
    })
}
