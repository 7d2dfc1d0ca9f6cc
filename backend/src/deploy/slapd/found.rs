//! What a configuration of slapd says: directives of `slapd.conf` and the files that it includes, or attributes of `cn=config`.

use std::path::Path;

use certdeck_shared::api::service::Place;

use super::{conf, ldif};
use crate::deploy::reading::{Missing, Reading, place};
use crate::deploy::settings::What;

/// The file of the entry `cn=config` in a directory `slapd.d`.
pub const ENTRY_FILE: &str = "cn=config.ldif";

/// A directive of `slapd.conf`, or an attribute of `cn=config` under the name of the directive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Name of the directive in lower case.
    pub name: String,
    /// Name as it is written.
    pub shown: String,
    /// Its value.
    pub text: String,
    /// Where.
    pub place: Place,
}

/// Reads all of it; nothing when the main file cannot be read, which is noted.
pub fn read(reading: &mut Reading<'_>, config: &Path) -> Option<Vec<Found>> {
    let mut found = Vec::new();
    let read = match is_directory(reading, config) {
        true => entry(reading, &config.join(ENTRY_FILE), &mut found),
        false => file(reading, config, None, &mut found),
    };
    read.then_some(found)
}

fn is_directory(reading: &Reading<'_>, config: &Path) -> bool {
    reading.tree.attributes(config).is_ok_and(|attributes| attributes.directory)
}

fn file(reading: &mut Reading<'_>, path: &Path, included: Option<&Place>, found: &mut Vec<Found>) -> bool {
    let Some(document) = reading.begin(path, included, conf::parse) else { return false };
    for (setting, line) in document.settings() {
        let here = place(&document, line);
        let text = setting.text.trim_matches('"').to_owned();
        if setting.name.eq_ignore_ascii_case("include") {
            for path in reading.included(Path::new(&text), &here, Missing::Wrong, None) {
                file(reading, &path, Some(&here), found);
            }
        } else {
            found.push(Found { name: setting.name.to_ascii_lowercase(), shown: setting.name.clone(), text, place: here });
        }
    }
    reading.end();
    true
}

fn entry(reading: &mut Reading<'_>, path: &Path, found: &mut Vec<Found>) -> bool {
    let Some(document) = reading.begin(path, None, ldif::parse) else { return false };
    for entry in &document.entries {
        let here = place(&document, entry.line);
        match &entry.what {
            What::Setting(setting) => {
                let name = directive(&setting.name);
                found.push(Found { name, shown: setting.name.clone(), text: setting.text.clone(), place: here });
            }
            What::Unknown(words) => reading.remark(&here, words),
            _ => {}
        }
    }
    reading.end();
    true
}

/// The name of the directive that an attribute of `cn=config` stands for, in lower case.
#[must_use]
pub fn directive(attribute: &str) -> String {
    let name = attribute.to_ascii_lowercase();
    name.strip_prefix("olc").map(str::to_owned).unwrap_or(name)
}
