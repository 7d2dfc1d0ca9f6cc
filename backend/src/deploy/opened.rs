//! Key stores opened with the password that the configuration names, so that they are told like PEM files. Neither the password nor a key
//! goes into what is told.

use std::path::Path;

use certdeck_shared::x509::parse;
use openssl::x509::X509;

use super::adapter::KeyStore;
use super::material::read_password;
use super::served::{self, LONGEST, MOST_CERTIFICATES, Served};
use crate::host::tree::Tree;
use crate::keystore::{self, Passwords};

/// The password that Java's own documents use.
const KNOWN_TO_ALL: &str = "changeit";

/// Looks into a key store; what is wrong with it is noted as findings of the file.
pub fn open(tree: &Tree, served: &mut Served, store: &KeyStore) {
    if !served.file.key_store || !served.file.certificates.is_empty() {
        return;
    }
    if let Err(words) = opened(tree, served, store) {
        served.file.findings.push(words);
    }
}

fn opened(tree: &Tree, served: &mut Served, store: &KeyStore) -> Result<(), String> {
    let password = read_password(tree, &store.password).map_err(|error| format!("It is not opened: {error}."))?;
    if *password == KNOWN_TO_ALL {
        served.file.findings.push(format!("Its password is {KNOWN_TO_ALL}, which everybody knows."));
    }
    let bytes = tree.read(Path::new(&served.file.path), LONGEST).map_err(|error| format!("It cannot be read: {}.", error.source))?;
    let passwords = Passwords { file: Some(&password), key: None };
    let contents = keystore::open(&bytes, passwords).map_err(|error| format!("It cannot be opened: {error}."))?;
    // Java's aliases have no case.
    let named = |name: &Option<String>| name.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(&store.alias));
    let key = contents.keys.iter().find(|key| named(&key.name)).or(contents.keys.first()).ok_or("There is no private key in it.")?;
    let belongs = |der: &[u8]| parse::certificate(der).is_ok_and(|view| view.public_key.nss_key_id.as_ref() == Some(&key.id));
    let (leaf, others): (Vec<_>, Vec<_>) = contents.certificates.iter().partition(|certificate| belongs(&certificate.der));
    for certificate in leaf.iter().chain(&others).take(MOST_CERTIFICATES) {
        match served::certificate(&certificate.der) {
            Ok(told) => served.file.certificates.push(told),
            Err(error) => served.file.findings.push(format!("A certificate in it cannot be read: {error}.")),
        }
    }
    let leaf = leaf.first().ok_or("There is no certificate in it that belongs to its key.")?;
    let public = X509::from_der(&leaf.der).and_then(|leaf| leaf.public_key()?.public_key_to_der()).ok();
    served.leaf = Some(leaf.der.clone());
    served.certificate_key.clone_from(&public);
    served.key = public;
    Ok(())
}

#[cfg(test)]
mod tests {
    use openssl::asn1::Asn1Time;
    use openssl::hash::MessageDigest;
    use openssl::pkey::{PKey, Private};
    use openssl::rsa::Rsa;
    use openssl::x509::{X509Builder, X509Name};

    use super::*;
    use crate::deploy::plan::{KeyStoreFormat, PasswordPlace};

    fn pair() -> (X509, PKey<Private>) {
        let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
        let mut name = X509Name::builder().unwrap();
        name.append_entry_by_text("CN", "shop.example.org").unwrap();
        let name = name.build();
        let mut builder = X509Builder::new().unwrap();
        builder.set_version(2).unwrap();
        builder.set_subject_name(&name).unwrap();
        builder.set_issuer_name(&name).unwrap();
        builder.set_pubkey(&key).unwrap();
        builder.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
        builder.set_not_after(&Asn1Time::days_from_now(9).unwrap()).unwrap();
        builder.sign(&key, MessageDigest::sha256()).unwrap();
        (builder.build(), key)
    }

    fn looked(content: &[u8], password: &str) -> Served {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("store"), content).unwrap();
        let tree = Tree::rooted(folder.path());
        let mut served = served::look(&tree, "/store");
        let password = PasswordPlace::BuiltIn(password.to_owned());
        open(&tree, &mut served, &KeyStore { format: KeyStoreFormat::Pkcs12, alias: "web".to_owned(), password });
        served
    }

    fn store(password: &str) -> Vec<u8> {
        let (certificate, key) = pair();
        openssl::pkcs12::Pkcs12::builder().name("web").pkey(&key).cert(&certificate).build2(password).unwrap().to_der().unwrap()
    }

    #[test]
    fn a_key_store_is_told_like_pem_files() {
        let served = looked(&store("changeit"), "changeit");
        assert_eq!(served.file.certificates[0].subject, "CN=shop.example.org");
        assert!(served.key.is_some() && served.key == served.certificate_key);
        assert_eq!(served.file.findings, ["Its password is changeit, which everybody knows."]);
        assert_eq!(looked(&store("another one"), "another one").file.findings, Vec::<String>::new());
    }

    #[test]
    fn what_does_not_open_says_why_without_the_password() {
        let served = looked(&store("right"), "guessed");
        assert!(served.file.certificates.is_empty());
        assert_eq!(served.file.findings, ["It cannot be opened: the password of the file is wrong."]);
        let foreign = looked(&[0xce, 0xce, 0xce, 0xce, 0, 0, 0, 2, 0, 0, 0, 0], "guessed");
        assert!(foreign.file.findings[0].contains("JCEKS"), "{:?}", foreign.file.findings);
    }
}
