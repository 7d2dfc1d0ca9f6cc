//! A vsftpd that is only configured, a helper for it, and a user that may ask.

use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use certdeck::helper::{self, Client, List};
use certdeck::host::as_user::{self, Account};
use certdeck::host::beyond::{Beyond as _, Seen};
use certdeck::host::entry::{Entry, Rights};
use certdeck::host::files::Owner;
use openssl::asn1::Asn1Time;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::x509::{X509Builder, X509Name};
use zeroize::Zeroizing;

/// The user that may ask, who has no rights to anything here.
pub const CALLER: u32 = 65534;

pub struct Scene {
    pub room: tempfile::TempDir,
    pub socket: PathBuf,
    _runtime: tokio::runtime::Runtime,
}

/// A certificate and its key, PEM.
pub fn pair() -> (String, String, PKey<Private>) {
    let key = PKey::from_ec_key(EcKey::generate(&EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap()).unwrap()).unwrap();
    let mut name = X509Name::builder().unwrap();
    name.append_entry_by_text("CN", "ftp.example.org").unwrap();
    let name = name.build();
    let mut builder = X509Builder::new().unwrap();
    builder.set_version(2).unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(&name).unwrap();
    builder.set_pubkey(&key).unwrap();
    builder.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::days_from_now(9).unwrap()).unwrap();
    builder.sign(&key, MessageDigest::sha256()).unwrap();
    let text = |pem: Vec<u8>| String::from_utf8(pem).unwrap();
    (text(builder.build().to_pem().unwrap()), text(key.private_key_to_pem_pkcs8().unwrap()), key)
}

pub fn mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

impl Scene {
    /// With the files of a pair, which root alone may read.
    pub fn new() -> Self {
        let room = tempfile::tempdir().unwrap();
        mode(room.path(), 0o755);
        let place = |name: &str| room.path().join(name);
        for directory in ["etc", "ssl", "elsewhere", "run"] {
            std::fs::create_dir(place(directory)).unwrap();
        }
        let (certificate, key, _) = pair();
        std::fs::write(place("ssl/ftp.crt"), certificate).unwrap();
        std::fs::write(place("ssl/ftp.key"), key).unwrap();
        std::fs::write(place("elsewhere/secret"), "nobody's business\n").unwrap();
        for (name, bits) in [("ssl/ftp.key", 0o600), ("ssl/ftp.crt", 0o600), ("ssl", 0o700), ("elsewhere", 0o700)] {
            mode(&place(name), bits);
        }
        let config = format!(
            "listen=YES\nssl_enable=YES\nrsa_cert_file={}\nrsa_private_key_file={}\n",
            place("ssl/ftp.crt").display(),
            place("ssl/ftp.key").display()
        );
        std::fs::write(place("etc/vsftpd.conf"), config).unwrap();
        let list = format!(
            "user = \"nobody\"\nkept = {:?}\ndirectories = [{:?}]\n[[service]]\nkind = \"vsftpd\"\nconfig = {:?}\ncheck = [\"/bin/echo\"]\nreload = [\"/bin/false\"]\n",
            place("kept"),
            place("new"),
            place("etc/vsftpd.conf")
        );
        std::fs::write(place("helper.toml"), list).unwrap();
        mode(&place("helper.toml"), 0o600);
        let list = List::read(&place("helper.toml")).unwrap();
        let socket = place("run/helper.sock");
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let listener = helper::listen(Some(&socket), CALLER).unwrap();
        runtime.spawn(async move { helper::serve(list, listener).await.unwrap() });
        // Whoever may not ask is told so by the helper, not by the mode of its socket.
        mode(&socket, 0o666);
        Self { socket, room, _runtime: runtime }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.room.path().join(name)
    }

    pub fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// What the helper answers to the caller.
    pub fn asked<T: Send>(&self, ask: impl FnOnce(&Client) -> T + Send) -> T {
        let client = Client::new(self.socket.clone());
        self.by(CALLER, || ask(&client))
    }

    /// Done as this user.
    pub fn by<T: Send>(&self, user: u32, what: impl FnOnce() -> T + Send) -> T {
        let account = Account { name: String::new(), user, group: user, groups: vec![user] };
        as_user::look(&account, what).unwrap()
    }

    pub fn connected(&self, user: u32) -> UnixStream {
        self.by(user, || UnixStream::connect(&self.socket).unwrap())
    }

    pub fn put(&self, path: &Path, before: &Entry, after: &Entry) -> Result<(), String> {
        self.asked(|client| client.put(path, before, after)).map_err(|error| error.to_string())
    }

    pub fn look(&self, path: &Path, follow: bool) -> Result<Seen, String> {
        self.asked(|client| client.look(path, follow)).map_err(|error| error.to_string())
    }

    /// A file as it is, and as root would have it written.
    pub fn entry(&self, name: &str) -> Entry {
        Entry::at(&self.path(name)).unwrap()
    }
}

/// A file of root's.
pub fn file(content: &str, mode: u32) -> Entry {
    owned(content, mode, 0)
}

/// A file of somebody's.
pub fn owned(content: &str, mode: u32, user: u32) -> Entry {
    let rights = Rights { owner: Owner { user, group: user }, mode, labels: None };
    Entry::File { content: Zeroizing::new(content.as_bytes().to_vec()), rights }
}

/// Gives something to somebody.
pub fn give(path: &Path, user: u32) {
    chown(path, Some(user), Some(user)).unwrap();
}
