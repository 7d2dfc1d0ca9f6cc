//! Files that hold private keys, opened and sealed: PKCS#12, JKS, and keys as PEM or DER. How the files are built is known in
//! `certdeck_shared::keystore`; here are the ciphers, which are OpenSSL's.

mod cipher;
mod contents;
mod derivation;
mod error;
mod jks;
mod mac;
mod password;
mod pem;
mod pkcs12;
mod private_key;

pub use contents::{CertificateInFile, Contents, KeyInFile, Kind, Passwords, open};
pub use error::KeyFileError;
pub use jks::save as save_jks;
pub use pem::{certificate as certificate_pem, encrypted_key as encrypted_key_pem, key as key_pem};
pub use pkcs12::{Strength, save as save_pkcs12};
pub use private_key::PrivateKey;

/// A key with its certificates, as it leaves.
#[derive(Clone, Copy)]
pub struct ToSave<'a> {
    /// The private key, PKCS#8.
    pub pkcs8: &'a [u8],
    /// friendlyName of the key and its certificate, or the alias.
    pub name: &'a str,
    /// Certificates, that of the key first, each with its nickname.
    pub chain: &'a [(Vec<u8>, Option<String>)],
}
