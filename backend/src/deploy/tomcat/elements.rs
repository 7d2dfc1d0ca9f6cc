//! The elements of `server.xml`, with what their attributes are once properties are replaced.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use certdeck_shared::api::service::{Effective, Pair, Place};

use super::xml;
use crate::deploy::adapter::{ObserveError, built_in, pair, set_at};
use crate::deploy::reading::{Reading, place};
use crate::deploy::settings::What;
use crate::host::tree::Tree;

/// An element with what it holds.
#[derive(Debug, Clone)]
pub struct Element {
    /// Its name.
    pub name: String,
    /// Where it begins.
    pub place: Place,
    /// Its attributes, in order, each with its entry of the file.
    pub attributes: Vec<(Effective, usize)>,
    /// What it holds.
    pub children: Vec<Element>,
    /// The entries of the file that it begins and ends with.
    pub entries: (usize, usize),
}

/// What is in a `server.xml`.
pub struct Elements {
    /// The outermost ones: one, when the file is good.
    pub roots: Vec<Element>,
    /// The first thing that is not understood.
    pub unknown: Option<(Place, String)>,
}

/// Reads the elements of a file.
///
/// # Errors
/// When it cannot be read.
pub fn read(reading: &mut Reading<'_>, config: &Path) -> Result<Elements, ObserveError> {
    let Some(document) = reading.begin(config, None, xml::parse) else {
        return Err(ObserveError::Unreadable(reading.remarks.pop().map(|remark| remark.words).unwrap_or_default()));
    };
    let properties = properties(reading.tree, config);
    let mut open: Vec<Element> = Vec::new();
    let mut elements = Elements { roots: Vec::new(), unknown: None };
    for (at, entry) in document.entries.iter().enumerate() {
        let here = place(&document, entry.line);
        match &entry.what {
            What::Quiet => {}
            What::Unknown(words) => {
                reading.remark(&here, words);
                elements.unknown.get_or_insert_with(|| (here, words.clone()));
            }
            What::Open(element) => {
                let name = element.name.clone();
                open.push(Element { name, place: here, attributes: Vec::new(), children: Vec::new(), entries: (at, at) });
            }
            What::Setting(attribute) => {
                let value = replaced(&attribute.text, &properties);
                if value.contains("${") {
                    reading.remark(&here, format!("{} names a property that catalina.properties does not set.", attribute.name));
                }
                if let Some(element) = open.last_mut() {
                    element.attributes.push((set_at(&attribute.name, value, &here), at));
                }
            }
            What::Close(_) => {
                let Some(mut element) = open.pop() else { continue };
                element.entries.1 = at;
                open.last_mut().map_or(&mut elements.roots, |outer| &mut outer.children).push(element);
            }
        }
    }
    reading.end();
    Ok(elements)
}

/// CATALINA_BASE, where relative paths begin. Debian keeps the configuration in `/etc/tomcat10`, and `conf` of `/var/lib/tomcat10` is a link
/// to it.
#[must_use]
pub fn base(tree: &Tree, config: &Path) -> PathBuf {
    let conf = config.parent().unwrap_or(Path::new("/"));
    let beside = conf.parent().unwrap_or(conf).to_owned();
    if conf.ends_with("conf") {
        return beside;
    }
    let debian = Path::new("/var/lib").join(conf.file_name().unwrap_or_default());
    if tree.follow(&debian.join("conf")).is_ok_and(|way| way.end == conf) { debian } else { beside }
}

/// `name=value` of `catalina.properties`, and the two that Tomcat sets by itself.
#[must_use]
pub fn properties(tree: &Tree, config: &Path) -> HashMap<String, String> {
    let (conf, base) = (config.parent().unwrap_or(Path::new("/")), base(tree, config));
    let content = tree.read(&conf.join("catalina.properties"), 1 << 20).unwrap_or_default();
    let content = String::from_utf8_lossy(&content).into_owned();
    let set = content.lines().map(str::trim).filter(|line| !line.starts_with(['#', '!'])).filter_map(|line| line.split_once('='));
    let mut properties: HashMap<String, String> = set.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect();
    properties.insert("catalina.base".to_owned(), base.display().to_string());
    properties.entry("catalina.home".to_owned()).or_insert_with(|| base.display().to_string());
    properties
}

/// Replaces `${name}`; what is not set stays.
#[must_use]
pub fn replaced(text: &str, properties: &HashMap<String, String>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, behind)) = after.split_once('}') else { break };
        out.push_str(before);
        // `${name:-default}` since 10.
        let (name, default) = name.split_once(":-").map_or((name, None), |(name, default)| (name, Some(default)));
        match properties.get(name).map(String::as_str).or(default) {
            Some(value) => out.push_str(value),
            None => out.push_str(&["${", name, "}"].concat()),
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

impl Element {
    /// All elements of a name in it, itself too, in the order of the file.
    #[must_use]
    pub fn all<'a>(&'a self, name: &str) -> Vec<&'a Self> {
        let own = (self.name == name).then_some(self);
        own.into_iter().chain(self.children.iter().flat_map(|child| child.all(name))).collect()
    }

    /// The elements of a name right in it.
    pub fn children(&self, name: &str) -> impl Iterator<Item = &Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// An attribute.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Effective> {
        self.attributes.iter().find(|(attribute, _)| attribute.name == name).map(|(attribute, _)| attribute)
    }

    /// What an attribute says; nothing when there is none.
    #[must_use]
    pub fn value(&self, name: &str) -> &str {
        self.attribute(name).map_or("", |attribute| attribute.value.as_str())
    }

    /// A path that an attribute names.
    #[must_use]
    pub fn file(&self, name: &str, base: &Path) -> Option<Effective> {
        let attribute = self.attribute(name)?;
        Some(Effective { value: base.join(&attribute.value).display().to_string(), ..attribute.clone() })
    }

    /// One of two: a key store holds both halves; PEM files come in pairs.
    #[must_use]
    pub fn pair(&self, base: &Path, store: &str, certificate: &str, key: &str, chain: &str) -> Option<Pair> {
        if let Some(store) = self.file(store, base) {
            return Some(pair(store.clone(), store, None));
        }
        let certificate = self.file(certificate, base)?;
        let key = self.file(key, base).unwrap_or_else(|| built_in(key, certificate.value.clone()));
        Some(pair(certificate, key, self.file(chain, base)))
    }
}
