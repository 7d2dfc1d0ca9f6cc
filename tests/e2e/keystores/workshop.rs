//! Certificates with their keys, and the programs that put them into files.

use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::keystore::KeystoreImport;
use support::certificates::{Authority, from_pem, to_pem};
use support::database::Database;
use support::deck::Deck;
use support::run;

/// Password of the files.
pub const FILE_PASSWORD: &str = "a file of 5 words";

/// Kinds of keys, as openssl and keytool call them.
pub const KINDS: [(&str, [&str; 2], [&str; 4]); 2] = [
    ("RSA", ["-newkey", "rsa:2048"], ["-keyalg", "RSA", "-keysize", "2048"]),
    ("EC", ["-newkey", "ec:p256"], ["-keyalg", "EC", "-groupname", "secp256r1"]),
];

/// A room with a CA, and a server's certificate and key of it: files `KIND.pem`, `KIND.key`, `KIND.chain`.
pub struct Workshop {
    room: tempfile::TempDir,
}

impl Workshop {
    pub fn new() -> Self {
        let authority = Authority::new("Keystore CA");
        let workshop = Self { room: tempfile::tempdir().unwrap() };
        std::fs::write(workshop.path("p256"), run::openssl(&["ecparam", "-name", "prime256v1"], b"")).unwrap();
        for (kind, new_key, _) in KINDS {
            let parameters = format!("ec:{}", workshop.path("p256"));
            let new_key = if new_key[1] == "ec:p256" { parameters.as_str() } else { new_key[1] };
            let (subject, key) = (format!("/CN={}.example", kind.to_lowercase()), workshop.path(&format!("{kind}.key")));
            let request = run::openssl(&["req", "-new", "-newkey", new_key, "-nodes", "-keyout", &key, "-subj", &subject], b"");
            let leaf = authority.sign(&String::from_utf8(request).unwrap());
            std::fs::write(workshop.path(&format!("{kind}.pem")), &leaf).unwrap();
            std::fs::write(workshop.path(&format!("{kind}.chain")), to_pem(&authority.certificate)).unwrap();
        }
        workshop
    }

    pub fn path(&self, name: &str) -> String {
        self.room.path().join(name).display().to_string()
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    pub fn leaf(&self, kind: &str) -> Vec<u8> {
        from_pem(&String::from_utf8(self.read(&format!("{kind}.pem"))).unwrap()).remove(0)
    }

    /// A PKCS#12 file of openssl's with key, certificate and chain.
    pub fn by_openssl(&self, kind: &str, name: &str, password: &str, more: &[&str]) -> Vec<u8> {
        let (leaf, key, chain) =
            (self.path(&format!("{kind}.pem")), self.path(&format!("{kind}.key")), self.path(&format!("{kind}.chain")));
        let (out, password) = (self.path("by-openssl.p12"), format!("pass:{password}"));
        let arguments =
            ["pkcs12", "-export", "-in", &leaf, "-inkey", &key, "-certfile", &chain, "-name", name, "-passout", &password, "-out", &out];
        run::openssl(&[&arguments[..], more].concat(), b"");
        self.read("by-openssl.p12")
    }

    /// A PKCS#12 file of pk12util's, out of a database of its own.
    pub fn by_pk12util(&self, kind: &str, name: &str, password: &str, more: &[&str]) -> Vec<u8> {
        let database = Database::made_by_certutil();
        let source = self.path("source.p12");
        std::fs::write(&source, self.by_openssl(kind, name, "x", &[])).unwrap();
        pk12util(&database, &["-i", &source, "-W", "x"]);
        let (out, password_file) = (self.path("by-pk12util.p12"), self.path("pk12util.password"));
        std::fs::write(&password_file, format!("{password}\n")).unwrap();
        drop(std::fs::remove_file(&out));
        pk12util(&database, &[&["-o", &out, "-n", name, "-w", &password_file][..], more].concat());
        self.read("by-pk12util.p12")
    }

    /// A store of keytool's with a self-signed certificate.
    pub fn by_keytool(&self, key: &[&str], alias: &str, password: &str, store_type: &str) -> Vec<u8> {
        let file = self.path("by-keytool");
        drop(std::fs::remove_file(&file));
        let common = ["-genkeypair", "-alias", alias, "-dname", "CN=by keytool", "-keystore", &file, "-storetype", store_type];
        keytool(&[&common[..], &["-storepass", password, "-keypass", password], key].concat());
        self.read("by-keytool")
    }

    /// The same key, certificate and chain as a store of keytool's; what it says where it makes none.
    pub fn repacked_by_keytool(&self, kind: &str, alias: &str, password: &str, more: &[&str]) -> Result<Vec<u8>, String> {
        let (source, file) = (self.path("source.p12"), self.path("by-keytool"));
        std::fs::write(&source, self.by_openssl(kind, alias, FILE_PASSWORD, &[])).unwrap();
        drop(std::fs::remove_file(&file));
        let from = ["-importkeystore", "-srckeystore", &source, "-srcstorepass", FILE_PASSWORD, "-destkeystore", &file];
        let said = ask_keytool(&[&from[..], &["-deststoretype", "PKCS12", "-deststorepass", password], more].concat());
        if said.success { Ok(self.read("by-keytool")) } else { Err([said.out, said.err].concat()) }
    }
}

pub fn pk12util(database: &Database, arguments: &[&str]) -> String {
    let directory = format!("sql:{}", database.path());
    let common = ["-d", &directory, "-k", database.password_file().to_str().unwrap()];
    run::must("pk12util", &[arguments, &common].concat())
}

/// keytool, which reads its arguments in the encoding of the locale and is quiet about its opinion of JKS.
pub fn ask_keytool(arguments: &[&str]) -> run::Said {
    run::ask("env", &[&["LC_ALL=C.UTF-8", "keytool", "-J-Xshare:auto", "-J-XX:TieredStopAtLevel=1"][..], arguments].concat())
}

/// The same, and it must succeed.
pub fn keytool(arguments: &[&str]) -> String {
    let said = ask_keytool(arguments);
    assert!(said.success, "keytool {arguments:?} failed\n{}{}", said.out, said.err);
    said.out
}

pub fn import(file: &[u8], password: &str) -> KeystoreImport {
    KeystoreImport { file: Base64(file.to_vec()), password: Some(password.to_owned()), ..KeystoreImport::default() }
}

/// A deck whose database has the workshop's certificates and keys, as `RSA` and `EC`.
pub async fn stocked(workshop: &Workshop) -> Deck {
    let deck = Deck::new().await;
    for (kind, ..) in KINDS {
        deck.client.import_keystore(&deck.id, &import(&workshop.by_openssl(kind, kind, "x", &[]), "x")).await.unwrap();
    }
    deck
}
