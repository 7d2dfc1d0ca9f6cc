//! `openssl s_server` on a port of its own, and certificates for it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use certdeck::probe::probe;
use certdeck_shared::api::probe::{NewProbe, ProbeReport};
use certdeck_shared::api::service::{Protocol, TlsMode};

pub const LIMIT: Duration = Duration::from_secs(5);

/// Certificates with their keys.
pub struct Room(tempfile::TempDir);

impl Room {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A self-signed pair `NAME.pem` and `NAME.key`, made by `openssl req` with these arguments more.
    pub fn pair(&self, name: &str, arguments: &[&str]) {
        let (key, certificate) = (self.path(&format!("{name}.key")), self.path(&format!("{name}.pem")));
        let subject = format!("/CN={name}");
        let mut command = Command::new("openssl");
        command.args(["req", "-x509", "-nodes", "-subj", &subject, "-keyout"]).arg(&key).arg("-out").arg(&certificate).args(arguments);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    pub fn ec(&self, name: &str) {
        self.pair(name, &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]);
    }

    /// SHA-256 of a certificate, as openssl says it.
    pub fn fingerprint(&self, name: &str) -> String {
        let output = Command::new("openssl")
            .args(["x509", "-noout", "-fingerprint", "-sha256", "-in"])
            .arg(self.path(&format!("{name}.pem")))
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap().trim().rsplit('=').next().unwrap().replace(':', "").to_lowercase()
    }

    /// A server with the pair of this name, and these arguments more.
    pub fn serve(&self, name: &str, arguments: &[&str]) -> Server {
        self.begin(name, arguments, "")
    }

    /// The same; it asks for another handshake as soon as one is complete, and for a certificate of the client in that.
    pub fn serve_anew(&self, name: &str, arguments: &[&str]) -> Server {
        self.begin(name, arguments, "R\n")
    }

    /// A server that is told this when a handshake is complete.
    fn begin(&self, name: &str, arguments: &[&str], told: &'static str) -> Server {
        let mut command = Command::new("openssl");
        command.args(["s_server", "-accept", "127.0.0.1:0", "-naccept", "100000", "-cert"]).arg(self.path(&format!("{name}.pem")));
        command.arg("-key").arg(self.path(&format!("{name}.key"))).args(arguments).current_dir(self.0.path());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        // "ACCEPT 127.0.0.1:PORT" comes once it listens; what follows is read away, so that it never waits for us.
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines.find_map(|line| line.unwrap().strip_prefix("ACCEPT ").map(|address| address.parse().unwrap())).unwrap();
        let mut commands = child.stdin.take().unwrap();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if line.starts_with("CIPHER is") {
                    let _ = commands.write_all(told.as_bytes());
                }
            }
        });
        Server { child, address }
    }
}

/// The server; it ends when it is dropped.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
}

impl Server {
    /// What implicit TLS shows.
    pub async fn probed(&self) -> ProbeReport {
        probe(&self.target(), LIMIT).await
    }

    pub fn target(&self) -> NewProbe {
        NewProbe::at(self.address, Protocol::Other, TlsMode::Implicit)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
