//! A CA of openssl that gives people certificates to sign in with.

use std::path::{Path, PathBuf};

use crate::run::must;

/// Rules by which the UID in a certificate is the account.
pub const BY_UID: &str = "certmap default default\ndefault:FilterComps uid\n";

/// The CA, in a directory of its own.
pub struct Authority(PathBuf);

impl Authority {
    /// A new one, within a room.
    pub fn new(room: &Path) -> Self {
        let place = room.join("authority");
        std::fs::create_dir(&place).unwrap();
        let lines = format!(
            "[ca]\ndefault_ca=own\n[own]\ndatabase={0}/index.txt\nnew_certs_dir={0}\nserial={0}/serial\ncrlnumber={0}/number\n\
             default_md=sha256\ndefault_days=30\ndefault_crl_days=30\npolicy=any\nunique_subject=no\n\
             [any]\nUID=optional\ncommonName=optional\n[client]\nextendedKeyUsage=clientAuth\n",
            place.display()
        );
        for (name, text) in [("index.txt", ""), ("serial", "4D\n"), ("number", "01\n"), ("openssl.cnf", &lines)] {
            std::fs::write(place.join(name), text).unwrap();
        }
        let authority = Self(place);
        let (key, certificate) = (authority.file("ca.key"), authority.file("ca.pem"));
        let subject = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", "/CN=Staff CA"];
        must("openssl", &[&["req"][..], &subject, &["-keyout", &key, "-out", &certificate]].concat());
        authority
    }

    /// One of its files: `ca.pem` is its certificate.
    pub fn file(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }

    /// Settings of a console that lets in whom these rules (certmap.conf) lead to an account.
    pub fn settings(&self, rules: &str) -> String {
        let (certificate, map) = (self.file("ca.pem"), self.file("certmap.conf"));
        std::fs::write(&map, rules).unwrap();
        format!("client-certificate-authorities = {certificate:?}\nclient-certificate-map = {map:?}\n")
    }

    /// Certificate and key for a subject, PEM: where they lie.
    pub fn issue(&self, name: &str, subject: &str) -> (String, String) {
        let (request, key, certificate) =
            (self.file(&format!("{name}.csr")), self.file(&format!("{name}.key")), self.file(&format!("{name}.pem")));
        let new = ["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", subject];
        must("openssl", &[&new[..], &["-keyout", &key, "-out", &request]].concat());
        self.ca(&["-in", &request, "-out", &certificate, "-extensions", "client", "-notext"]);
        (certificate, key)
    }

    /// Takes one back; the next list tells so.
    pub fn revoke(&self, certificate: &str) {
        self.ca(&["-revoke", certificate]);
    }

    fn ca(&self, more: &[&str]) {
        let (config, certificate, key) = (self.file("openssl.cnf"), self.file("ca.pem"), self.file("ca.key"));
        must("openssl", &[&["ca", "-batch", "-config", &config, "-cert", &certificate, "-keyfile", &key], more].concat());
    }

    /// Writes the list of what is revoked by now.
    pub fn list(&self) -> String {
        let list = self.file("list.pem");
        self.ca(&["-gencrl", "-out", &list]);
        list
    }
}
