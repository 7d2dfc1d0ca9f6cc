//! The systemd unit: what systemd itself thinks of it, and the service as it would start it, in a root where there is no systemd.

use std::io::{BufRead as _, BufReader};
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use ::support::{poll, run};

use crate::debian::Debian;

const UNIT: &str = "/lib/systemd/system/certdeck.service";

/// The service, started by the line of the unit, as its user, without capabilities and without a way to new ones.
pub struct Service<'a> {
    debian: &'a Debian,
    child: Child,
    notices: UnixDatagram,
    /// `https://127.0.0.1:PORT`.
    pub origin: String,
    /// The token of the setup link, where one was printed.
    pub setup_token: Option<String>,
    /// The fingerprint that was printed.
    pub fingerprint: String,
}

impl<'a> Service<'a> {
    /// Starts it and waits until it says that it is ready.
    pub async fn start(debian: &'a Debian) -> Self {
        let unit = debian.must(&["cat", UNIT]);
        let value = |name: &str| unit.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('=')).unwrap_or_default();
        assert_eq!((value("Type"), value("User"), value("CapabilityBoundingSet")), ("notify", "certdeck", ""));
        let socket = format!("certdeck-test-{}-{:p}", std::process::id(), debian);
        let notices = UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(&socket).unwrap()).unwrap();
        notices.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let become_user = "echo $$ >/run/certdeck.pid; exec setpriv --reuid certdeck --regid certdeck --init-groups --no-new-privs \
                           --bounding-set=-all --inh-caps=-all -- \"$@\"";
        let mut arguments = vec!["sh", "-euc", become_user, "sh"];
        arguments.extend(value("ExecStart").split(' '));
        let mut command = debian.command(&[&format!("NOTIFY_SOCKET=@{socket}"), "HOME=/var/lib/certdeck"], &arguments);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = mpsc::channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let mut service = Self { debian, child, notices, origin: String::new(), setup_token: None, fingerprint: String::new() };
        assert_eq!(service.notice(), "READY=1");
        // All was printed before it was ready; only our own thread may be behind.
        while let Ok(line) = lines.recv_timeout(Duration::from_secs(if service.origin.is_empty() { 10 } else { 1 })) {
            if let Some(url) = line.strip_prefix("listening on ") {
                url.clone_into(&mut service.origin);
            } else if let Some(link) = line.strip_prefix("setup: ") {
                service.setup_token = link.split('#').nth(1).map(str::to_owned);
            } else if let Some(fingerprint) = line.strip_prefix("certificate sha256: ") {
                fingerprint.clone_into(&mut service.fingerprint);
            }
        }
        service
    }

    fn notice(&self) -> String {
        let mut octets = [0; 256];
        let length = self.notices.recv(&mut octets).expect("the service says how far it is");
        String::from_utf8_lossy(&octets[..length]).into_owned()
    }

    /// SIGTERM, as systemd sends it: it says that it is ending, and ends with success.
    pub async fn stop(mut self) {
        self.debian.shell("kill -TERM $(cat /run/certdeck.pid)");
        assert_eq!(self.notice(), "STOPPING=1");
        let ended = poll::until("the end of the service", Duration::from_secs(60), async || self.child.try_wait().unwrap()).await;
        assert!(ended.success(), "{ended}");
    }
}

#[test]
fn systemd_takes_the_unit_and_finds_it_confined() {
    let debian = Debian::new(&crate::built::built().folder);
    debian.shell("dpkg -i /tmp/packages/certdeck_0.1.0-1_*.deb");
    let room = tempfile::tempdir().unwrap();
    let unit = room.path().join("certdeck.service");
    // Its program and its manual page are not on this host.
    let here = debian.must(&["cat", UNIT]).replace("ExecStart=/usr/bin/certdeck", "ExecStart=/usr/bin/true");
    std::fs::write(&unit, here).unwrap();
    let additions = room.path().join("certdeck.service.d");
    std::fs::create_dir(&additions).unwrap();
    let unit = unit.to_str().unwrap();
    let verified = |with: &str| {
        let said = run::ask("systemd-analyze", &["verify", "--man=no", unit]);
        let ours: Vec<_> = said.err.lines().filter(|line| line.contains("certdeck")).collect();
        assert!(ours.is_empty(), "{with}: {ours:?}");
    };
    verified("as it is");
    // Of 10.0 for a service that may do all; the threshold counts in tenths.
    let judged = run::ask("systemd-analyze", &["security", "--offline=true", "--threshold=20", unit]);
    assert!(judged.success, "{}", judged.out);
    for example in ["as-root.conf", "directories.conf"] {
        std::fs::write(additions.join(example), debian.must(&["cat", &format!("/usr/share/doc/certdeck/examples/{example}")])).unwrap();
        verified(example);
    }
}
