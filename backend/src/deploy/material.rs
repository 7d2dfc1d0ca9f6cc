//! What is written to a file, made of the certificates and keys that a plan only names.

use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::plan::{Content, KeyStoreFormat, MaterialPart, MaterialReference, PasswordPlace};
use super::tomcat::xml;
use crate::host::files::FileError;
use crate::host::tree::Tree;
use crate::keystore::{self, KeyFileError, Strength, ToSave};

/// A file with a password is one line; a configuration with one is not much longer.
const LONGEST: u64 = 4 << 20;

/// A certificate of a plan with its key, as it is fetched to be written.
pub struct Material {
    /// Which it is.
    pub reference: MaterialReference,
    /// The private key, PKCS#8 DER; absent when no file gets it.
    pub key_pkcs8: Option<Zeroizing<Vec<u8>>>,
}

impl Material {
    fn key(&self) -> Result<&[u8], MaterialError> {
        self.key_pkcs8.as_ref().map(|key| key.as_slice()).ok_or_else(|| MaterialError::NoKey(self.reference.nickname.clone()))
    }
}

/// Why a file's content cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum MaterialError {
    /// The plan names a certificate that was not fetched.
    #[error("certificate {0} of the plan is not at hand")]
    Missing(usize),
    /// A file gets a key that was not fetched.
    #[error("the key of {0} is not at hand")]
    NoKey(String),
    /// The file in which a password stands cannot be read.
    #[error("the password of the key store cannot be read")]
    Unreadable(#[from] FileError),
    /// The password is not where the plan saw it.
    #[error("the password of the key store is not where it was when the plan was made: {0}")]
    NoPassword(String),
    /// The key store cannot be made.
    #[error("the key store cannot be made")]
    KeyStore(#[from] KeyFileError),
}

/// The bytes of a file; nothing where the plan has none and names none to be made. `now` is the date that a JKS entry has.
///
/// # Errors
/// See [`MaterialError`]; no password and no key is in its words.
pub fn render(
    tree: &Tree,
    content: &Content,
    materials: &[Material],
    now: OffsetDateTime,
) -> Result<Option<Zeroizing<Vec<u8>>>, MaterialError> {
    let at = |place: usize| materials.get(place).ok_or(MaterialError::Missing(place));
    Ok(Some(match content {
        Content::Directory | Content::Earlier { .. } => return Ok(None),
        Content::Bytes(bytes) => bytes.clone().into(),
        Content::Material { material, parts } => pem(at(*material)?, parts)?,
        Content::KeyStore { material, format, alias, password } => {
            let material = at(*material)?;
            let password = read_password(tree, password)?;
            let certificates = std::iter::once(&material.reference.leaf).chain(&material.reference.chain);
            let chain: Vec<_> = certificates.map(|der| (der.clone(), None)).collect();
            let what = ToSave { pkcs8: material.key()?, name: alias, chain: &chain };
            match format {
                KeyStoreFormat::Pkcs12 => keystore::save_pkcs12(what, &password, Strength::Modern)?,
                KeyStoreFormat::Jks => keystore::save_jks(what, &password, now.unix_timestamp())?,
            }
            .into()
        }
    }))
}

fn pem(material: &Material, parts: &[MaterialPart]) -> Result<Zeroizing<Vec<u8>>, MaterialError> {
    let mut armoured: Vec<Zeroizing<String>> = Vec::new();
    for part in parts {
        match part {
            MaterialPart::Key => armoured.push(keystore::key_pem(material.key()?)),
            MaterialPart::Leaf => armoured.push(keystore::certificate_pem(&material.reference.leaf).into()),
            MaterialPart::Parameters(pem) => armoured.push(pem.clone().into()),
            MaterialPart::Chain => armoured.extend(material.reference.chain.iter().map(|der| keystore::certificate_pem(der).into())),
        }
    }
    // Whole from the start: growing would leave copies behind.
    let mut text = Zeroizing::new(Vec::with_capacity(armoured.iter().map(|part| part.len()).sum()));
    for part in &armoured {
        text.extend_from_slice(part.as_bytes());
    }
    Ok(text)
}

/// The password of a key store.
///
/// # Errors
/// When it is not where the plan saw it.
pub fn read_password(tree: &Tree, place: &PasswordPlace) -> Result<Zeroizing<String>, MaterialError> {
    match place {
        PasswordPlace::BuiltIn(password) => Ok(password.clone().into()),
        PasswordPlace::File(path) => {
            let content = Zeroizing::new(tree.read(path, LONGEST)?);
            let line = content.split(|octet| *octet == b'\n').next().unwrap_or_default();
            let line = std::str::from_utf8(line.strip_suffix(b"\r").unwrap_or(line));
            let line = line.map_err(|_| MaterialError::NoPassword(format!("the first line of {} is no UTF-8", path.display())))?;
            Ok(line.to_owned().into())
        }
        PasswordPlace::Attribute { file, line, name } => {
            let document = xml::parse(file.clone(), tree.read(file, LONGEST)?);
            let setting = document.settings().find(|(setting, at)| at == line && setting.name == *name).map(|(setting, _)| setting);
            let absent = || MaterialError::NoPassword(format!("{} has no attribute {name} in line {line}", file.display()));
            let text = Zeroizing::new(setting.ok_or_else(absent)?.text.clone());
            if text.contains("${") {
                let words = format!("{name} in line {line} of {} is taken from a property, which is not followed here", file.display());
                return Err(MaterialError::NoPassword(words));
            }
            Ok(text)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use openssl::x509::X509;

    use super::*;
    use crate::keystore::{Passwords, open};

    fn material() -> Material {
        let key = openssl::pkey::PKey::from_ec_key(
            openssl::ec::EcKey::generate(&openssl::ec::EcGroup::from_curve_name(openssl::nid::Nid::X9_62_PRIME256V1).unwrap()).unwrap(),
        )
        .unwrap();
        let mut names = openssl::x509::X509Name::builder().unwrap();
        names.append_entry_by_text("CN", "mail.example.org").unwrap();
        let name = names.build();
        let mut builder = X509::builder().unwrap();
        builder.set_subject_name(&name).unwrap();
        builder.set_issuer_name(&name).unwrap();
        builder.set_pubkey(&key).unwrap();
        builder.set_not_before(&openssl::asn1::Asn1Time::days_from_now(0).unwrap()).unwrap();
        builder.set_not_after(&openssl::asn1::Asn1Time::days_from_now(1).unwrap()).unwrap();
        builder.sign(&key, openssl::hash::MessageDigest::sha256()).unwrap();
        let leaf = builder.build().to_der().unwrap();
        let reference =
            MaterialReference { database: "d".to_owned(), token: None, nickname: "mail".to_owned(), leaf: leaf.clone(), chain: vec![leaf] };
        Material { reference, key_pkcs8: Some(key.private_key_to_pkcs8().unwrap().into()) }
    }

    fn rendered(root: &Path, content: &Content) -> Result<Vec<u8>, MaterialError> {
        let rendered = render(&Tree::rooted(root), content, &[material()], OffsetDateTime::UNIX_EPOCH)?;
        Ok(rendered.unwrap().to_vec())
    }

    #[test]
    fn parts_come_in_the_order_of_the_plan_and_openssl_reads_them() {
        let parts = vec![MaterialPart::Key, MaterialPart::Leaf, MaterialPart::Chain];
        let pem = rendered(Path::new("/"), &Content::Material { material: 0, parts }).unwrap();
        assert!(pem.starts_with(b"-----BEGIN PRIVATE KEY-----\n"));
        let key = openssl::pkey::PKey::private_key_from_pem(&pem).unwrap();
        let certificates = X509::stack_from_pem(&pem).unwrap();
        assert_eq!(certificates.len(), 2);
        assert!(certificates[0].public_key().unwrap().public_eq(&key));
        let missing = rendered(Path::new("/"), &Content::Material { material: 1, parts: Vec::new() });
        assert!(matches!(missing, Err(MaterialError::Missing(1))));
    }

    #[test]
    fn key_stores_open_with_the_password_from_where_it_stands() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("word"), "of four words\r\nsecond line\n").unwrap();
        let xml = "<Server>\n <Certificate a='1'\n  certificateKeystorePassword=\"of &quot;four&quot;\"/>\n</Server>\n";
        std::fs::write(folder.path().join("server.xml"), xml).unwrap();
        let attribute =
            |line| PasswordPlace::Attribute { file: PathBuf::from("/server.xml"), line, name: "certificateKeystorePassword".to_owned() };
        let places = [
            (PasswordPlace::File(PathBuf::from("/word")), "of four words"),
            (attribute(3), "of \"four\""),
            (PasswordPlace::BuiltIn("changeit".to_owned()), "changeit"),
        ];
        for (place, password) in places {
            for format in [KeyStoreFormat::Pkcs12, KeyStoreFormat::Jks] {
                let content = Content::KeyStore { material: 0, format, alias: "tomcat".to_owned(), password: place.clone() };
                let store = rendered(folder.path(), &content).unwrap();
                let found = open(&store, Passwords { file: Some(password), key: None }).unwrap();
                assert_eq!((found.keys.len(), found.certificates.len()), (1, 1), "{format:?}: the leaf twice is one certificate");
            }
        }
        let content = |place| Content::KeyStore { material: 0, format: KeyStoreFormat::Jks, alias: String::new(), password: place };
        assert!(matches!(rendered(folder.path(), &content(attribute(2))), Err(MaterialError::NoPassword(_))));
    }
}
