//! A slapd of its own: Debian's first configuration, in a directory that ends with it, on a socket and a free port of 127.0.0.1.

use std::fs::Permissions;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use certdeck::deploy::change::AttributeEdit;
use certdeck::deploy::slapd::ldapi::tls_state;
use openssl::ssl::{Ssl, SslContext, SslMethod, SslVerifyMode, SslVersion};

use crate::pair::Pair;

pub const PATIENCE: Duration = Duration::from_secs(10);
/// StartTLS (RFC 4511, section 4.14): message 1, extended request, 1.3.6.1.4.1.1466.20037.
const START_TLS: &[u8] = b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037";

pub struct Instance {
    folder: tempfile::TempDir,
    child: Child,
    port: u16,
    config: &'static str,
}

/// User and group that Debian runs slapd as.
fn openldap() -> (u32, u32) {
    let users = std::fs::read_to_string("/etc/passwd").unwrap();
    let fields: Vec<&str> = users.lines().find(|line| line.starts_with("openldap:")).expect("slapd is installed").split(':').collect();
    (fields[2].parse().unwrap(), fields[3].parse().unwrap())
}

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

impl Instance {
    /// Serves this pair from `ldap.crt` and `ldap.key`, with itself as the CA in `ca.crt`.
    pub fn serving(pair: &Pair) -> Self {
        Self::start(Some(pair))
    }

    /// Has no TLS.
    pub fn without_tls() -> Self {
        Self::start(None)
    }

    /// Serves this pair as `slapd.conf` says, which has a database behind.
    pub fn with_slapd_conf(pair: &Pair) -> Self {
        let folder = folder();
        let at = folder.path();
        place(at, pair);
        let database = at.join("db").display().to_string();
        let text = format!(
            "include\t\t/etc/ldap/schema/core.schema\nmodulepath\t/usr/lib/ldap\nmoduleload\tback_mdb\n\n# Keys\nTLSCertificateFile\t{0}/ldap.crt\n\
             TLSCertificateKeyFile \"{0}/ldap.key\"\n\ndatabase\tmdb\nsuffix\t\t\"dc=example,dc=com\"\ndirectory\t{database}\nmaxsize 10485760\n",
            at.display()
        );
        std::fs::write(at.join("slapd.conf"), text).unwrap();
        Self::launched(folder, "slapd.conf")
    }

    fn start(pair: Option<&Pair>) -> Self {
        let folder = folder();
        let at = folder.path();
        let (user, group) = openldap();
        let mut tls = "olcLogLevel: stats".to_owned();
        if let Some(pair) = pair {
            place(at, pair);
            for (name, file) in [("CertificateFile", "ldap.crt"), ("CertificateKeyFile", "ldap.key"), ("CACertificateFile", "ca.crt")] {
                tls += &format!("\nolcTLS{name}: {}", at.join(file).display());
            }
        }
        let template = std::fs::read_to_string("/usr/share/slapd/slapd.init.ldif").expect("slapd is installed");
        let first = template
            .replace("@SUFFIX@", "dc=example,dc=com")
            .replace("@PASSWORD@", "secret")
            .replace("/var/lib/ldap", &at.join("db").display().to_string())
            .replace("/var/run/slapd", &at.join("run").display().to_string())
            .replace("olcDbMaxSize: 1073741824", "olcDbMaxSize: 10485760")
            .replace("olcLogLevel: none", &tls);
        assert!(pair.is_none() || first.contains("olcTLS"), "{first}");
        std::fs::write(at.join("first.ldif"), first).unwrap();
        let arguments = ["-n", "0", "-F", path(&at.join("slapd.d")), "-l", path(&at.join("first.ldif"))].map(str::to_owned);
        let added = Command::new("setpriv")
            .args([format!("--reuid={user}"), format!("--regid={group}"), "--init-groups".to_owned(), "/usr/sbin/slapadd".to_owned()])
            .args(arguments)
            .output()
            .unwrap();
        assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
        Self::launched(folder, "slapd.d")
    }

    fn launched(folder: tempfile::TempDir, config: &'static str) -> Self {
        let port = free_port();
        let child = Self::run(folder.path(), port, config);
        let mut instance = Self { folder, child, port, config };
        instance.wait();
        instance
    }

    fn run(at: &Path, port: u16, config: &str) -> Child {
        let socket = path(&at.join("run/ldapi")).replace('/', "%2F");
        let option = if config == "slapd.d" { "-F" } else { "-f" };
        Command::new("/usr/sbin/slapd")
            .args(["-d", "0", "-u", "openldap", "-g", "openldap", option, path(&at.join(config))])
            .args(["-h", &format!("ldap://127.0.0.1:{port}/ ldapi://{socket}/")])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(at.join("log")).unwrap())
            .spawn()
            .unwrap()
    }

    fn wait(&mut self) {
        let begun = Instant::now();
        while tls_state(&self.url(), PATIENCE).is_err() {
            assert!(self.child.try_wait().unwrap().is_none(), "slapd ended");
            assert!(begun.elapsed() < PATIENCE, "slapd does not answer");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn url(&self) -> String {
        format!("ldapi://{}/", path(&self.at("run/ldapi")).replace('/', "%2F"))
    }

    pub fn config(&self) -> PathBuf {
        self.at(self.config)
    }

    /// What its file says.
    pub fn entry(&self) -> String {
        let text = std::fs::read_to_string(self.config().join("cn=config.ldif")).unwrap();
        text.replace("\n ", "")
    }

    /// Writes a file that the group of slapd may read.
    pub fn write(&self, name: &str, content: &[u8]) {
        write(&self.at(name), content, 0o640);
    }

    pub fn stop(&mut self) {
        rustix::process::kill_process(rustix::process::Pid::from_child(&self.child), rustix::process::Signal::TERM).unwrap();
        self.child.wait().unwrap();
    }

    pub fn start_again(&mut self) {
        self.child = Self::run(self.folder.path(), self.port, self.config);
        self.wait();
    }

    /// The same values of the three attributes, written again.
    pub fn same_values(&self) -> Vec<AttributeEdit> {
        [("olcTLSCertificateFile", "ldap.crt"), ("olcTLSCertificateKeyFile", "ldap.key"), ("olcTLSCACertificateFile", "ca.crt")]
            .map(|(name, file)| {
                let value = vec![self.at(file).display().to_string()];
                AttributeEdit { name: name.to_owned(), before: value.clone(), after: value }
            })
            .to_vec()
    }

    /// The leaf that is served after STARTTLS at the port; an answer's code when it refuses.
    pub fn leaf(&self) -> Result<Vec<u8>, u8> {
        self.leaf_with(None).map(Option::unwrap)
    }

    /// Whether it speaks a version of TLS.
    pub fn speaks(&self, version: SslVersion) -> bool {
        self.leaf_with(Some(version)).unwrap().is_some()
    }

    fn leaf_with(&self, version: Option<SslVersion>) -> Result<Option<Vec<u8>>, u8> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(START_TLS).unwrap();
        // The answer: a sequence with message 1 and an extended response, which begins with the code.
        let mut head = [0; 2];
        stream.read_exact(&mut head).unwrap();
        let mut answer = vec![0; usize::from(head[1])];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(answer[..4], [2, 1, 1, 0x78], "{answer:?}");
        if answer[7] != 0 {
            return Err(answer[7]);
        }
        let mut context = SslContext::builder(SslMethod::tls_client()).unwrap();
        context.set_verify(SslVerifyMode::NONE);
        context.set_cipher_list("ALL:@SECLEVEL=0").unwrap();
        context.set_min_proto_version(version).unwrap();
        context.set_max_proto_version(version).unwrap();
        let handshake = Ssl::new(&context.build()).unwrap().connect(stream).ok();
        Ok(handshake.map(|handshake| handshake.ssl().peer_certificate().unwrap().to_der().unwrap()))
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where a slapd may write its data and its socket.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    let (user, group) = openldap();
    for name in ["slapd.d", "run", "db"] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
        chown(folder.path().join(name), Some(user), Some(group)).unwrap();
    }
    folder
}

fn place(at: &Path, pair: &Pair) {
    write(&at.join("ldap.crt"), &pair.certificate_pem(), 0o644);
    write(&at.join("ca.crt"), &pair.certificate_pem(), 0o644);
    write(&at.join("ldap.key"), &pair.key_pem(), 0o640);
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn write(path: &Path, content: &[u8], mode: u32) {
    std::fs::write(path, content).unwrap();
    std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    chown(path, Some(0), Some(openldap().1)).unwrap();
}
