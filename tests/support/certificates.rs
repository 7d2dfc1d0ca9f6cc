//! Certificates made for a test, never stored: by openssl, or by the thousand from one template.

use std::path::{Path, PathBuf};

use crate::run::openssl;

/// Debian's ca-certificates bundle: the certificates every Debian server has.
pub const DEBIAN_BUNDLE: &str = "/etc/ssl/certs/ca-certificates.crt";

/// The DER of every certificate in a PEM text.
pub fn from_pem(pem: &str) -> Vec<Vec<u8>> {
    use base64::Engine as _;
    let blocks = pem.split("-----BEGIN CERTIFICATE-----").skip(1);
    let bodies = blocks.map(|block| block.split("-----END").next().unwrap().split_whitespace().collect::<String>());
    bodies.map(|body| base64::engine::general_purpose::STANDARD.decode(body).unwrap()).collect()
}

/// A certificate as PEM.
pub fn to_pem(der: &[u8]) -> String {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}

/// All of Debian's certificates.
pub fn debian() -> Vec<Vec<u8>> {
    from_pem(&std::fs::read_to_string(DEBIAN_BUNDLE).expect("ca-certificates is installed by `.ci/setup packages`"))
}

/// A CA of openssl in a directory of its own.
pub struct Authority {
    room: tempfile::TempDir,
    /// Its certificate, DER.
    pub certificate: Vec<u8>,
}

impl Authority {
    /// A self-signed CA with this common name.
    pub fn new(common_name: &str) -> Self {
        let room = tempfile::tempdir().unwrap();
        let subject = format!("/O=Certdeck tests/CN={common_name}");
        let (key, certificate) = (path(room.path(), "ca.key"), path(room.path(), "ca.pem"));
        let curve = "ec_paramgen_curve:P-256";
        let extension = "keyUsage=critical,keyCertSign,cRLSign";
        openssl(
            &[
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                curve,
                "-nodes",
                "-keyout",
                &key,
                "-out",
                &certificate,
                "-subj",
                &subject,
                "-days",
                "3650",
                "-addext",
                extension,
            ],
            b"",
        );
        let pem = std::fs::read_to_string(&certificate).unwrap();
        Self { certificate: from_pem(&pem).remove(0), room }
    }

    /// Signs a request as a CA does: the subject as asked, the names copied. Returns the certificate as PEM.
    pub fn sign(&self, request_pem: &str) -> String {
        let (key, certificate) = (path(self.room.path(), "ca.key"), path(self.room.path(), "ca.pem"));
        let request = path(self.room.path(), "request.pem");
        std::fs::write(&request, request_pem).unwrap();
        openssl(&["req", "-in", &request, "-noout", "-verify"], b"");
        let arguments = [
            "x509",
            "-req",
            "-in",
            &request,
            "-CA",
            &certificate,
            "-CAkey",
            &key,
            "-CAcreateserial",
            "-days",
            "397",
            "-copy_extensions",
            "copyall",
        ];
        String::from_utf8(openssl(&arguments, b"")).unwrap()
    }

    /// A leaf with a key of openssl's; returns the certificate's DER.
    pub fn leaf(&self, common_name: &str) -> Vec<u8> {
        let key = path(self.room.path(), "leaf.key");
        let curve = "ec_paramgen_curve:P-256";
        let names = format!("subjectAltName=DNS:{common_name}");
        let subject = format!("/CN={common_name}");
        let request = openssl(
            &["req", "-new", "-newkey", "ec", "-pkeyopt", curve, "-nodes", "-keyout", &key, "-subj", &subject, "-addext", &names],
            b"",
        );
        from_pem(&self.sign(&String::from_utf8(request).unwrap())).remove(0)
    }
}

fn path(directory: &Path, name: &str) -> String {
    PathBuf::from(directory).join(name).display().to_string()
}

/// Makes certificates by the thousand: one that openssl signed, with another serial number and common name each. Their signatures do not
/// verify, which nothing that lists or stores certificates looks at.
pub struct Template {
    der: Vec<u8>,
    serial: usize,
    names: Vec<usize>,
}

impl Template {
    const SERIAL: u64 = 0x4000_0000_0000_0000;
    const NAME: &str = "host-00000000";

    /// A server certificate with two names, valid for a year.
    pub fn new() -> Self {
        let room = tempfile::tempdir().unwrap();
        let key = path(room.path(), "key");
        let authority = path(room.path(), "authority.pem");
        let request = path(room.path(), "request.pem");
        openssl(
            &[
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-keyout",
                &key,
                "-subj",
                "/O=Certdeck tests/CN=Template CA",
                "-days",
                "3650",
                "-out",
                &authority,
            ],
            b"",
        );
        let subject = format!("/O=Certdeck tests/CN={}", Self::NAME);
        let names = format!("subjectAltName=DNS:{0}.example.org,DNS:{0}.example.net", Self::NAME);
        let usage = "extendedKeyUsage=serverAuth,clientAuth";
        openssl(&["req", "-new", "-key", &key, "-subj", &subject, "-addext", &names, "-addext", usage, "-out", &request], b"");
        let serial = format!("{:#x}", Self::SERIAL);
        let arguments = [
            "x509",
            "-req",
            "-in",
            &request,
            "-CA",
            &authority,
            "-CAkey",
            &key,
            "-set_serial",
            &serial,
            "-days",
            "365",
            "-copy_extensions",
            "copyall",
            "-outform",
            "DER",
        ];
        let der = openssl(&arguments, b"");
        let all = |needle: &[u8]| {
            der.windows(needle.len()).enumerate().filter(|(_, window)| *window == needle).map(|(at, _)| at).collect::<Vec<_>>()
        };
        let serial = all(&Self::SERIAL.to_be_bytes())[0];
        let names = all(Self::NAME.as_bytes());
        assert_eq!(names.len(), 3, "common name and two alternative names");
        Self { serial, names, der }
    }

    /// The certificate with this number; numbers differ in serial, subject and names.
    pub fn numbered(&self, number: u32) -> Vec<u8> {
        let mut der = self.der.clone();
        der[self.serial..self.serial + 8].copy_from_slice(&(Self::SERIAL + u64::from(number)).to_be_bytes());
        let digits = format!("{number:08}");
        for name in &self.names {
            der[name + 5..name + 13].copy_from_slice(digits.as_bytes());
        }
        der
    }

    /// Its nickname by habit.
    pub fn nickname(number: u32) -> String {
        format!("host-{number:08}")
    }
}

impl Default for Template {
    fn default() -> Self {
        Self::new()
    }
}
