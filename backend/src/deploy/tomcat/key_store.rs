//! The key store that a connector or certificate of `server.xml` names: its format, the alias of its key, and where its password stands.

use std::path::{Path, PathBuf};

use certdeck_shared::api::service::{Effective, Pair};
use certdeck_shared::keystore::jks;

use super::elements::{base, properties, replaced};
use super::xml;
use crate::deploy::adapter::{KeyStore, set_at};
use crate::deploy::plan::{KeyStoreFormat, PasswordPlace};
use crate::deploy::settings::What;
use crate::host::tree::Tree;

/// Most octets of a configuration, and of a key store.
const LONGEST: u64 = 4 << 20;
/// What Tomcat takes when nothing is set.
const USUAL_PASSWORD: &str = "changeit";
/// Alias of a key that nobody named, as in Tomcat's manual.
const USUAL_ALIAS: &str = "tomcat";

/// The key store of a pair; nothing when its files are PEM.
///
/// # Errors
/// What is not understood, as a sentence.
pub fn of(tree: &Tree, config: &Path, pair: &Pair) -> Result<Option<KeyStore>, String> {
    if !matches!(pair.key.name.as_str(), "certificateKeystoreFile" | "keystoreFile") {
        return Ok(None);
    }
    let Some(place) = &pair.key.place else {
        return Err("The key store is Tomcat's own, in the home of its user, which the configuration does not name.".to_owned());
    };
    let attributes = beside(tree, config, &pair.key).ok_or_else(|| format!("{}:{} cannot be read any more.", place.file, place.line))?;
    let of = |names: [&str; 2]| attributes.iter().find(|attribute| names.contains(&attribute.name.as_str()));
    let (base, properties) = (base(tree, config), properties(tree, config));
    let password = match (of(["certificateKeystorePasswordFile", "keystorePassFile"]), of(["certificateKeystorePassword", "keystorePass"]))
    {
        (Some(file), _) => PasswordPlace::File(base.join(replaced(&file.value, &properties))),
        (None, Some(set)) if set.value.contains("${") => {
            return Err(format!("The password of the key store {} is taken from a property, which is not followed.", pair.key.value));
        }
        (None, Some(set)) => attribute(set),
        (None, None) => PasswordPlace::BuiltIn(USUAL_PASSWORD.to_owned()),
    };
    let key = of(["certificateKeyPassword", "keyPass"]).filter(|key| !key.value.is_empty());
    let store = of(["certificateKeystorePassword", "keystorePass"]).map_or(USUAL_PASSWORD, |store| store.value.as_str());
    if key.is_some_and(|key| key.value != store) || of(["certificateKeyPasswordFile", "keyPassFile"]).is_some() {
        return Err(format!("The key in {} has a password of its own, beside that of the key store.", pair.key.value));
    }
    let named = of(["certificateKeystoreType", "keystoreType"]).map(|kind| kind.value.to_ascii_uppercase());
    let alias = of(["certificateKeyAlias", "keyAlias"]).map_or_else(|| USUAL_ALIAS.to_owned(), |alias| alias.value.clone());
    let format = format(tree, Path::new(&pair.key.value), named.as_deref())?;
    Ok(Some(KeyStore { format, alias, password }))
}

fn attribute(set: &Effective) -> PasswordPlace {
    let (file, line) = set.place.as_ref().map(|place| (PathBuf::from(&place.file), place.line)).unwrap_or_default();
    PasswordPlace::Attribute { file, line, name: set.name.clone() }
}

/// What is there says it best: Java opens each of the two under the name of the other.
fn format(tree: &Tree, path: &Path, named: Option<&str>) -> Result<KeyStoreFormat, String> {
    let begin = tree.read(path, LONGEST).unwrap_or_default();
    if begin.starts_with(&jks::JCEKS_MAGIC) {
        return Err(format!("{} is a JCEKS key store, which is not written.", path.display()));
    }
    match (begin.first(), named) {
        _ if begin.starts_with(&jks::MAGIC) => Ok(KeyStoreFormat::Jks),
        (Some(0x30), _) | (None, Some("PKCS12")) => Ok(KeyStoreFormat::Pkcs12),
        (None, Some("JKS") | None) => Ok(KeyStoreFormat::Jks),
        (None, Some(other)) => Err(format!("Key stores of type {other} are not written.")),
        (Some(_), _) => Err(format!("{} is neither a PKCS#12 nor a JKS key store.", path.display())),
    }
}

/// The attributes of the element that has this one, as they are written.
fn beside(tree: &Tree, config: &Path, wanted: &Effective) -> Option<Vec<Effective>> {
    let place = wanted.place.as_ref()?;
    let document = xml::parse(PathBuf::from(&place.file), tree.read(config, LONGEST).ok()?);
    let mut open: Vec<(bool, Vec<Effective>)> = Vec::new();
    for entry in &document.entries {
        match &entry.what {
            What::Open(_) => open.push((false, Vec::new())),
            What::Setting(setting) => {
                let (is_it, attributes) = open.last_mut()?;
                *is_it |= setting.name == wanted.name && entry.line == place.line;
                attributes.push(set_at(&setting.name, setting.text.clone(), &crate::deploy::reading::place(&document, entry.line)));
            }
            What::Close(_) => {
                if let (true, attributes) = open.pop()? {
                    return Some(attributes);
                }
            }
            What::Quiet | What::Unknown(_) => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deploy::adapter::ServiceAdapter as _;
    use crate::deploy::tomcat::Tomcat;

    fn store(connector: &str, content: &[u8]) -> Result<Option<KeyStore>, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("t/conf")).unwrap();
        let text = format!("<Server>\n<Service>\n{connector}\n</Service>\n</Server>\n");
        std::fs::write(folder.path().join("t/conf/server.xml"), text).unwrap();
        std::fs::write(folder.path().join("t/conf/store"), content).unwrap();
        let (tree, config) = (Tree::rooted(folder.path()), Path::new("/t/conf/server.xml"));
        let observation = Tomcat.observe(&tree, config).unwrap();
        Tomcat.key_store(&tree, config, &observation.endpoints[0].pairs[0])
    }

    fn modern(attributes: &str) -> String {
        format!(
            "<Connector port='8443' SSLEnabled='true'><SSLHostConfig>\n<Certificate certificateKeystoreFile='conf/store'\n {attributes}/></SSLHostConfig></Connector>"
        )
    }

    #[test]
    fn format_alias_and_place_of_the_password_are_found() {
        let found = store(&modern("certificateKeystorePassword='secret' certificateKeyAlias='web'"), b"\xfe\xed\xfe\xed").unwrap().unwrap();
        assert_eq!((found.format, found.alias.as_str()), (KeyStoreFormat::Jks, "web"));
        let name = "certificateKeystorePassword".to_owned();
        assert_eq!(found.password, PasswordPlace::Attribute { file: "/t/conf/server.xml".into(), line: 5, name });

        let found = store(&modern("certificateKeystorePasswordFile='conf/word'"), b"\x30\x82").unwrap().unwrap();
        assert_eq!((found.format, found.password), (KeyStoreFormat::Pkcs12, PasswordPlace::File("/t/conf/word".into())));

        let old = "<Connector port='8443' SSLEnabled='true' keystoreFile='conf/store'/>";
        let found = store(old, b"\xfe\xed\xfe\xed").unwrap().unwrap();
        assert_eq!((found.alias.as_str(), found.password), ("tomcat", PasswordPlace::BuiltIn("changeit".to_owned())));
    }

    #[test]
    fn what_is_not_understood_is_said() {
        for (attributes, content, said) in [
            ("certificateKeystorePassword='${word}'", b"\x30\x82\0\0".as_slice(), "a property"),
            ("certificateKeystorePassword='a' certificateKeyPassword='b'", b"\x30\x82\0\0", "a password of its own"),
            ("", b"\xce\xce\xce\xce", "JCEKS"),
            ("", b"text", "neither a PKCS#12 nor a JKS"),
        ] {
            let words = store(&modern(attributes), content).unwrap_err();
            assert!(words.contains(said), "{words}");
        }
        let pem = "<Connector port='1' SSLEnabled='true'><SSLHostConfig><Certificate certificateFile='a' certificateKeyFile='b'/></SSLHostConfig></Connector>";
        assert_eq!(store(pem, b""), Ok(None));
    }
}
