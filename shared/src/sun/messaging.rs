//! Parameters of Messaging Server that `configutil` shows and sets.

use super::Parameter;
use crate::api::service::Certainty::{Manual, Source};

const fn manual(name: &'static str, default: &'static str, meaning: &'static str) -> Parameter {
    Parameter { name, default, meaning, today: "", deprecated: false, certainty: Manual }
}

const fn source(name: &'static str, default: &'static str, meaning: &'static str) -> Parameter {
    Parameter { name, default, meaning, today: "", deprecated: false, certainty: Source }
}

const fn deprecated(name: &'static str, meaning: &'static str) -> Parameter {
    Parameter {
        name,
        default: "",
        meaning,
        today: "The release notes list it as deprecated: it is not read any more.",
        deprecated: true,
        certainty: Manual,
    }
}

/// All that concern TLS.
pub const PARAMETERS: &[Parameter] = &[
    manual("encryption.rsa.nssslpersonalityssl", "Server-Cert", "Nickname of the certificate of all services."),
    manual(
        "local.imta.sslnicknames",
        "",
        "Nicknames for SMTP and submission, one for each kind of key, as module:nickname where it is on a token.",
    ),
    manual("local.imap.sslnicknames", "", "Nicknames for IMAP; they count more than the one of all services."),
    manual("local.pop.sslnicknames", "", "Nicknames for POP; they count more than the one of all services."),
    manual("local.http.sslnicknames", "", "Nicknames for web mail; they count more than the one of all services."),
    manual("service.imap.enablesslport", "", "IMAP with TLS from the first byte."),
    manual("service.imap.sslport", "993", "Its port."),
    manual("service.imap.sslusessl", "", "STARTTLS is offered on the port of IMAP."),
    manual("service.pop.enablesslport", "", "POP with TLS from the first byte."),
    manual("service.pop.sslport", "995", "Its port."),
    manual("service.pop.sslusessl", "", "STLS is offered on the port of POP."),
    manual("service.http.enablesslport", "", "Web mail over HTTPS; it must be on for IMAP with TLS to another host."),
    manual("service.http.sslport", "443", "Its port."),
    manual("service.http.sslusessl", "", "TLS for web mail is ready to be used."),
    Parameter {
        today: "Anything below 128 lets passwords go in clear or nearly so.",
        ..manual(
            "service.imap.plaintextmincipher",
            "",
            "Bits of the cipher that a password needs: -1 forbids passwords, 0 wants none, 40 and 128 that many.",
        )
    },
    source("local.ugldapport", "", "Port of the directory with users and groups: 636 for LDAP with TLS."),
    source("local.ugldapusessl", "", "TLS to the directory with users and groups."),
    source("local.service.pab.ldapport", "", "Port of the directory with address books."),
    source("local.service.pab.ldapusessl", "", "TLS to the directory with address books."),
    Parameter {
        today: "With 0 anybody can pretend to be the directory.",
        ..source("local.ldapcheckcert", "", "The directory's certificate is checked: 0 or 1.")
    },
    source("local.webmail.cert.enable", "", "Web mail lets people in by their certificates."),
    source("local.webmail.smime.enable", "", "S/MIME in web mail."),
    manual("local.service.proxy.imapssl", "no", "TLS to the IMAP server behind web mail."),
    source("local.mmp.enable", "", "The multiplexor runs."),
    source("sasl.default.ldap.has_plain_passwords", "", "The directory has passwords in clear, for CRAM-MD5 and the like."),
    deprecated("encryption.fortezza.nssslactivation", "Fortezza."),
    deprecated("encryption.nscertfile", "File of the certificate database."),
    deprecated("encryption.nskeyfile", "File of the key database."),
    deprecated("encryption.nsssl2", "SSL 2."),
    deprecated("encryption.nsssl2ciphers", "Ciphers of SSL 2."),
    deprecated("encryption.nsssl3", "SSL 3."),
    deprecated("encryption.nsssl3ciphers", "Ciphers of SSL 3."),
    deprecated("encryption.nsssl3sessiontimeout", "How long sessions of SSL 3 are kept."),
    deprecated("encryption.nssslclientauth", "Certificates of clients."),
    deprecated("encryption.nssslsessiontimeout", "How long sessions are kept."),
    deprecated("encryption.rsa.nssslactivation", "Ciphers with RSA."),
    deprecated("encryption.rsa.nsssltoken", "Token with the private key; write it before the nickname instead."),
];
