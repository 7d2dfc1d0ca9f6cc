//! The certificate itself and its key.

use certdeck_shared::x509::life::date;
use certdeck_shared::x509::usage;
use certdeck_shared::x509::view::CertificateView;
use time::{Duration, OffsetDateTime};

use super::Checks;
use crate::deploy::plan::present::same_key;
use crate::deploy::plan::target::{KeyStanding, Source};

/// Days before the end from which it is not worth the trouble.
const SHORT: Duration = Duration::days(7);

/// Dates, purpose and strength.
pub fn check(view: &CertificateView, fewest_rsa_bits: u32, now: OffsetDateTime, checks: &mut Checks) {
    let name = view.display_name();
    dates(view, &name, now, checks);
    strength(view, &name, fewest_rsa_bits, checks);
    if usage::is_tls_server(view) {
        checks.pass("server-usage", format!("{name} may serve TLS."));
    } else if view.is_ca() {
        checks.fail(
            "server-usage",
            format!("{name} is a certificate authority, not a server."),
            Some("Bind the server's own certificate.".to_owned()),
        );
    } else {
        checks.fail(
            "server-usage",
            format!("{name} is for {}, not for servers: clients refuse it.", usage::words(view).join(", ")),
            Some("Request one with the extended key usage serverAuth.".to_owned()),
        );
    }
}

/// The key: whether it can be written to a file, or is there where the service itself reads the database.
pub fn key(material: &Source, name: &str, in_database: bool, checks: &mut Checks) {
    let token = material.reference.token.as_deref().unwrap_or("the database's own token");
    let public_key = match &material.key {
        KeyStanding::Ready { public_key } => public_key,
        KeyStanding::Kept if in_database => {
            return checks.pass("key-available", format!("The key of {name} is in {token}, which the service reads itself."));
        }
        KeyStanding::LoggedOut if in_database => {
            return checks.warn(
                "key-available",
                format!("Whether the key of {name} is good cannot be seen: nobody is logged in to {token}."),
                Some("Log in to the token and make the plan anew to have it looked at.".to_owned()),
            );
        }
        KeyStanding::LoggedOut => {
            return checks.fail(
                "key-available",
                format!("The key of {name} cannot be looked for: nobody is logged in to {token}."),
                Some("Log in to the token and make the plan anew.".to_owned()),
            );
        }
        KeyStanding::Kept => {
            return checks.fail(
                "key-available",
                format!("The key of {name} cannot leave {token}, and the service reads its key from a file."),
                Some(
                    "Make a new key in a token that lets it out, or have it made in the browser, and request a certificate for it."
                        .to_owned(),
                ),
            );
        }
        KeyStanding::Absent => {
            return checks.fail(
                "key-available",
                format!("There is no key of {name} in {token}."),
                Some("Import the key, or bind the certificate of a key that is there.".to_owned()),
            );
        }
    };
    let use_of_it = match in_database {
        true => "which the service reads itself",
        false => "and can be written to a file, not encrypted, as daemons need it",
    };
    let between = if in_database { ", " } else { " " };
    checks.pass("key-available", format!("The key of {name} is in {token}{between}{use_of_it}."));
    match certificate_key(&material.reference.leaf) {
        Some(of_leaf) if same_key(&of_leaf, public_key) => checks.pass("key-belongs", format!("Key and certificate of {name} are a pair.")),
        _ => checks.fail(
            "key-belongs",
            format!("The key is not that of {name}."),
            Some("The database has another key under its identifier: import the right one.".to_owned()),
        ),
    }
}

/// The public key of a certificate, SubjectPublicKeyInfo in DER.
fn certificate_key(leaf: &[u8]) -> Option<Vec<u8>> {
    openssl::x509::X509::from_der(leaf).ok()?.public_key().ok()?.public_key_to_der().ok()
}

fn dates(view: &CertificateView, name: &str, now: OffsetDateTime, checks: &mut Checks) {
    const CODE: &str = "dates";
    let (begin, end) = (date(view.not_before), date(view.not_after));
    if now > view.not_after {
        checks.fail(CODE, format!("{name} expired on {end}."), Some("Renew it first.".to_owned()));
    } else if now < view.not_before {
        checks.fail(
            CODE,
            format!("{name} is valid from {begin} only."),
            Some("Deploy it then; or is the clock of this host wrong?".to_owned()),
        );
    } else if view.not_after - now < SHORT {
        checks.warn(CODE, format!("{name} ends on {end}, in less than 7 days."), Some("Renew it soon.".to_owned()));
    } else {
        checks.pass(CODE, format!("{name} is valid from {begin} until {end}."));
    }
}

fn strength(view: &CertificateView, name: &str, fewest_rsa_bits: u32, checks: &mut Checks) {
    let key = &view.public_key;
    let kind = key.short();
    if key.algorithm.starts_with("RSA") && key.bits < fewest_rsa_bits {
        checks.fail(
            "key-size",
            format!("{name} has a key of {kind}; the program's TLS library takes {fewest_rsa_bits} bits and more."),
            Some("Renew it with a larger key.".to_owned()),
        );
    } else if key.algorithm.starts_with("RSA") && key.bits < 2048 {
        checks.warn("key-size", format!("{name} has a key of {kind}: many clients refuse less than 2048 bits."), None);
    } else {
        checks.pass("key-size", format!("{name} has a key of {kind}."));
    }
    let algorithm = &view.signature_algorithm;
    let weak = ["MD2", "MD4", "MD5", "SHA-1"].iter().any(|weak| algorithm.split(' ').any(|word| word == *weak));
    // OpenSSL's security level 2, which also wants RSA keys of 2048 bits, takes no such certificate unless it is self-signed.
    if weak && fewest_rsa_bits >= 2048 && !view.self_issued {
        checks.fail(
            "signature-algorithm",
            format!("{name} is signed by {algorithm}, which the program's TLS library refuses."),
            Some("Have it issued anew, signed with SHA-256.".to_owned()),
        );
    } else if weak {
        checks.warn("signature-algorithm", format!("{name} is signed by {algorithm}: many clients refuse that."), None);
    } else {
        checks.pass("signature-algorithm", format!("{name} is signed by {algorithm}."));
    }
}
