//! `ics.conf` of Calendar Server: the parameters of chapter 7 and section E.2.10 of its manual, in that order.

use super::Parameter;
use crate::api::service::Certainty::{self, Manual, Remembered};

const fn known(name: &'static str, default: &'static str, meaning: &'static str, today: &'static str, certainty: Certainty) -> Parameter {
    Parameter { name, default, meaning, today, deprecated: false, certainty }
}

/// All that concern TLS.
pub const PARAMETERS: &[Parameter] = &[
    known("encryption.rsa.nssslactivation", "on", "Ciphers with RSA are used.", "", Remembered),
    known("encryption.rsa.nssslpersonalityssl", "SampleSSLServerCert", "Nickname of the server's certificate.", "", Manual),
    known("encryption.rsa.nsssltoken", "internal", "Token with the private key.", "", Remembered),
    known("service.http.tmpdir", "/var/opt/SUNWics5/tmp", "Directory for temporary files.", "", Remembered),
    known("service.http.uidir.path", "html", "Directory of the pages.", "", Remembered),
    known("service.http.ssl.cachedir", ".", "Directory for the sessions of TLS.", "", Remembered),
    known("service.http.ssl.cachesize", "10000", "Most sessions of TLS that are kept.", "", Remembered),
    known("local.ssldbpath", "/etc/opt/SUNWics5/config", "Directory of the NSS database and of sslpassword.conf (6.3).", "", Manual),
    Parameter {
        name: "service.http.ssl.certdb.path",
        default: "/var/opt/SUNWics5/alias",
        meaning: "Directory of the NSS database before 6.3.",
        today: "6.3 reads local.ssldbpath instead.",
        deprecated: true,
        certainty: Manual,
    },
    Parameter {
        name: "service.http.ssl.certdb.password",
        default: "",
        meaning: "Password of the NSS database before 6.3.",
        today: "6.3 reads it from sslpassword.conf; take it out of this file, which more people may read.",
        deprecated: true,
        certainty: Remembered,
    },
    known("service.http.ssl.port.enable", "", "The server listens on its port for HTTPS when it is yes.", "", Manual),
    known("service.http.ssl.port", "443", "Port for HTTPS.", "Never 80: HTTP cannot be turned off and is there.", Manual),
    known("service.http.ssl.securesession", "yes", "The whole session is encrypted, not the signing in alone.", "", Remembered),
    Parameter {
        name: "service.http.ssl.securelogin",
        default: "",
        meaning: "The signing in is encrypted.",
        today: "What comes after it is not: the session can be taken over. Use service.http.ssl.securesession.",
        deprecated: true,
        certainty: Remembered,
    },
    known(
        "service.http.ssl.sourceurl",
        "https://localhost:port",
        "Address of the server; its host is that of the certificate.",
        "",
        Manual,
    ),
    known("service.http.ssl.ssl2.ciphers", "", "Ciphers of SSL 2.", "SSL 2 is forbidden (RFC 6176): leave it empty.", Remembered),
    known(
        "service.http.ssl.ssl2.sessiontimeout",
        "0",
        "How long sessions of SSL 2 are kept.",
        "SSL 2 is forbidden (RFC 6176).",
        Remembered,
    ),
    known(
        "service.http.ssl.ssl3.ciphers",
        "rsa_rc4_40_md5, rsa_rc2_40_md5, rsa_des_sha, rsa_rc4_128_md5, rsa_3des_sha",
        "Ciphers of SSL 3 and TLS, commas between them.",
        "All five of the default are forbidden or broken. Take those with AES, where the version has them.",
        Remembered,
    ),
    known("service.http.ssl.ssl3.sessiontimeout", "0", "How long sessions of SSL 3 and TLS are kept.", "", Remembered),
    known("service.http.ssl.usessl", "yes", "TLS is ready to be used.", "", Remembered),
    known("service.http.enable", "yes", "The server for HTTP and HTTPS runs.", "Never no: HTTPS ends with it.", Manual),
    known("service.http.port", "80", "Port for HTTP, which cannot be turned off.", "A number that nobody is told hides it.", Manual),
    known("service.http.calendarhostname", "", "Host name of the server; the certificate must have it.", "", Manual),
];
