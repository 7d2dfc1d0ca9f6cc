//! The TLS library of the installed slapd: Debian 12 builds 2.5 with GnuTLS, Debian 13 builds 2.6 with OpenSSL. They spell ciphers differently,
//! have different words for the same trouble, and what a running slapd does after a failure differs as well.

use std::process::Command;
use std::sync::LazyLock;

use certdeck::deploy::slapd::library::TlsLibrary;
use certdeck::host::tree::Tree;

static IS_OPENSSL: LazyLock<bool> = LazyLock::new(|| {
    let said = Command::new("/usr/sbin/slapd").arg("-VV").output().unwrap();
    let said = String::from_utf8_lossy(&[said.stdout, said.stderr].concat()).into_owned();
    let version = said.split("slapd ").nth(1).unwrap_or_else(|| panic!("slapd tells no version: {said}"));
    !version.starts_with("2.5.")
});

/// One or the other.
pub fn either<T>(gnutls: T, openssl: T) -> T {
    if *IS_OPENSSL { openssl } else { gnutls }
}

/// What slapd says of a key that belongs to another certificate.
pub fn mismatch() -> &'static str {
    either("do not match", "key values mismatch")
}

/// Some of the ciphers that the library knows.
pub fn ciphers() -> &'static str {
    either("SECURE256", "HIGH")
}

#[test]
fn it_is_known_without_a_slapd_that_runs() {
    assert_eq!(TlsLibrary::installed(&Tree::of_machine()), Some(either(TlsLibrary::GnuTls, TlsLibrary::OpenSsl)));
}
