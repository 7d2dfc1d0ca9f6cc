//! Certificates and keys of connectors: PEM files of a `Certificate`, a key store that stays one, and the attributes that Tomcat had
//! before 8.5.

use std::path::Path;

use super::elements::Element;
use super::sheet::{Sheet, path, written};
use super::targets::{Target, Targets, is_old};
use crate::deploy::change::EditRefused;

/// Attributes of a `Certificate` that are about a key store.
const OF_STORE: [&str; 8] = [
    "certificateKeystoreFile",
    "certificateKeystorePassword",
    "certificateKeystorePasswordFile",
    "certificateKeystoreProvider",
    "certificateKeystoreType",
    "certificateKeyAlias",
    "certificateKeyPassword",
    "certificateKeyPasswordFile",
];

/// The files of a pair.
#[derive(Clone, Copy)]
pub struct Files<'a> {
    /// The certificate.
    pub certificate: &'a Path,
    /// The key.
    pub key: &'a Path,
    /// The chain alone.
    pub chain: Option<&'a Path>,
}

impl Files<'_> {
    /// Whether they are one key store.
    fn is_store(&self) -> bool {
        let ending = self.certificate.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
        self.certificate == self.key && ["p12", "pfx", "jks", "keystore"].contains(&ending.as_str())
    }
}

/// Names of the attributes for PEM files.
struct Names {
    certificate: &'static str,
    key: &'static str,
    chain: &'static str,
    store: &'static str,
}

const NEW: Names =
    Names { certificate: "certificateFile", key: "certificateKeyFile", chain: "certificateChainFile", store: "certificateKeystoreFile" };
const OLD: Names =
    Names { certificate: "SSLCertificateFile", key: "SSLCertificateKeyFile", chain: "SSLCertificateChainFile", store: "keystoreFile" };

/// Makes connectors name these files for one of their pairs.
pub fn set(
    sheet: &mut Sheet<'_>,
    base: &Path,
    targets: &Targets,
    (endpoints, at): (&[usize], usize),
    files: Files<'_>,
) -> Result<(), EditRefused> {
    for endpoint in endpoints {
        let target = targets.get(*endpoint)?;
        let elements = sheet.elements()?;
        let (connector, host) = target.find(&elements)?;
        match host {
            None if is_old(connector) => old(sheet, target, base, files)?,
            None if at == 0 => {
                let lines = format!("<SSLHostConfig>\n    {}\n</SSLHostConfig>", certificate_element(files, None)?);
                sheet.add(connector, &lines)?;
            }
            None => return Err(second_before_first(connector)),
            Some(host) => {
                let named = holders(host, base);
                match named.get(at) {
                    Some(element) => change(sheet, &|sheet, act| act_on(sheet, target, base, at, act), element, base, &NEW, files)?,
                    None if at == named.len() => {
                        let kind = if at == 0 { None } else { Some(other_kind(&named)?) };
                        sheet.add(host, &certificate_element(files, kind)?)?;
                    }
                    None => return Err(second_before_first(host)),
                }
            }
        }
    }
    Ok(())
}

/// The elements that name a pair: certificates of a host, or the host itself.
fn holders<'a>(host: &'a Element, base: &Path) -> Vec<&'a Element> {
    let of = |element: &&Element| element.pair(base, NEW.store, NEW.certificate, NEW.key, NEW.chain).is_some();
    let certificates: Vec<&Element> = host.children("Certificate").filter(of).collect();
    if certificates.is_empty() { Some(host).filter(of).into_iter().collect() } else { certificates }
}

/// One change of an element.
type Act<'a> = &'a dyn Fn(&mut Sheet<'_>, &Element) -> Result<(), EditRefused>;

/// Finds the element of a pair where it is now, and changes it.
fn act_on(sheet: &mut Sheet<'_>, target: &Target, base: &Path, at: usize, act: Act<'_>) -> Result<(), EditRefused> {
    let elements = sheet.elements()?;
    let (connector, host) = target.find(&elements)?;
    let host = host.unwrap_or(connector);
    let held = holders(host, base);
    act(sheet, held.get(at).copied().unwrap_or(host))
}

fn change(
    sheet: &mut Sheet<'_>,
    on: &dyn Fn(&mut Sheet<'_>, Act<'_>) -> Result<(), EditRefused>,
    element: &Element,
    base: &Path,
    names: &Names,
    files: Files<'_>,
) -> Result<(), EditRefused> {
    let is = |name: &str, path: &Path| element.file(name, base).is_some_and(|file| Path::new(&file.value) == path);
    if let Some(store) = element.attribute(names.store) {
        if is(names.store, files.certificate) && files.certificate == files.key {
            return Ok(());
        }
        let file = path(files.certificate)?.to_owned();
        if files.is_store() {
            return on(sheet, &|sheet, element| sheet.set(element, names.store, &file));
        }
        if names.store == OLD.store {
            let words = "Tomcat before 8.5 takes PEM files only with its native library: replace the key store in place, or give the \
                         connector an SSLHostConfig.";
            return Err(EditRefused { place: store.place.clone(), words: words.to_owned() });
        }
    } else if files.is_store() {
        let words = "PEM files are named here, and a key store needs a password that somebody must choose.".to_owned();
        return Err(EditRefused { place: Some(element.place.clone()), words });
    }
    if !is(names.certificate, files.certificate) {
        let file = path(files.certificate)?.to_owned();
        on(sheet, &|sheet, element| sheet.set(element, names.certificate, &file))?;
    }
    // Without one of its own, the key is in the certificate's file.
    if !is(names.key, files.key) && (files.key != files.certificate || element.attribute(names.key).is_some()) {
        let file = path(files.key)?.to_owned();
        on(sheet, &|sheet, element| sheet.set(element, names.key, &file))?;
    }
    match files.chain {
        Some(chain) if !is(names.chain, chain) => {
            let file = path(chain)?.to_owned();
            on(sheet, &|sheet, element| sheet.set(element, names.chain, &file))?;
        }
        Some(_) => {}
        None => on(sheet, &|sheet, element| sheet.unset(element, names.chain))?,
    }
    if element.attribute(names.store).is_some() {
        for name in OF_STORE {
            on(sheet, &|sheet, element| sheet.unset(element, name))?;
        }
    }
    Ok(())
}

fn old(sheet: &mut Sheet<'_>, target: &Target, base: &Path, files: Files<'_>) -> Result<(), EditRefused> {
    let elements = sheet.elements()?;
    let (connector, _) = target.find(&elements)?;
    if connector.attribute(OLD.certificate).is_none() && connector.attribute(OLD.store).is_none() {
        let words = "The key store is the one in the home directory of Tomcat's user: name it with keystoreFile first.".to_owned();
        return Err(EditRefused { place: Some(connector.place.clone()), words });
    }
    let on = |sheet: &mut Sheet<'_>, act: Act<'_>| {
        let elements = sheet.elements()?;
        let (connector, _) = target.find(&elements)?;
        act(sheet, connector)
    };
    change(sheet, &on, connector, base, &OLD, files)
}

/// A `Certificate` with PEM files.
pub fn certificate_element(files: Files<'_>, kind: Option<&str>) -> Result<String, EditRefused> {
    if files.is_store() {
        return Err(EditRefused::because("A key store needs a password that somebody must choose: name PEM files."));
    }
    let mut text = format!("<Certificate {}=\"{}\"", NEW.certificate, written(path(files.certificate)?)?);
    if files.key != files.certificate {
        text.push_str(&format!(" {}=\"{}\"", NEW.key, written(path(files.key)?)?));
    }
    if let Some(chain) = files.chain {
        text.push_str(&format!(" {}=\"{}\"", NEW.chain, written(path(chain)?)?));
    }
    if let Some(kind) = kind {
        text.push_str(&format!(" type=\"{kind}\""));
    }
    text.push_str(" />");
    Ok(text)
}

/// The kind of key that a second certificate must be of, which Tomcat wants to be told.
fn other_kind(named: &[&Element]) -> Result<&'static str, EditRefused> {
    let [first] = named else {
        return Err(EditRefused::because("There are two certificates already, one for each kind of key."));
    };
    let refused = || {
        let words =
            "Tomcat tells two certificates apart by their types: give the one that is there type=\"RSA\" or type=\"EC\".".to_owned();
        EditRefused { place: Some(first.place.clone()), words }
    };
    match first.value("type") {
        "RSA" => Ok("EC"),
        "EC" => Ok("RSA"),
        _ => Err(refused()),
    }
}

fn second_before_first(element: &Element) -> EditRefused {
    EditRefused::at(&element.place, "There is no pair before this one: the first one is set first.")
}
