//! What a running slapd says of itself, beside what its files say. They are the same unless somebody edited the files by hand: slapd reads them
//! when it starts, and writes them from its memory whenever an attribute changes.

use std::path::Path;
use std::time::Duration;

use certdeck_shared::api::service::Place;

use super::found::{self, Found};
use super::ldapi::{Ldapi, LdapiError};
use super::started::Started;
use crate::deploy::reading::Reading;

const PATIENCE: Duration = Duration::from_secs(2);

/// Asks it for its attributes about TLS, which take the place of those of the files, and notes where they differ and why it cannot be asked.
pub fn compare(reading: &mut Reading<'_>, config: &Path, started: &Started, found: &mut Vec<Found>) {
    if !reading.tree.is_machine() {
        return;
    }
    let here = Place { file: config.join(found::ENTRY_FILE).display().to_string(), line: 1 };
    let Some(url) = started.ldapi() else {
        reading.remark(
            &here,
            "slapd has no socket on this host, over which its settings could be changed while it runs: add ldapi:/// to its addresses.",
        );
        return;
    };
    match Ldapi::open(url, PATIENCE).and_then(|mut slapd| slapd.tls_attributes()) {
        Ok(attributes) => differences(reading, &here, &attributes, found),
        Err(error @ LdapiError::NoManager { .. }) => reading.remark(&here, format!("{error}.")),
        Err(error) => reading.remark(&here, format!("The running slapd cannot be asked for its settings: {error}.")),
    }
}

fn differences(reading: &mut Reading<'_>, here: &Place, attributes: &[(String, Vec<String>)], found: &mut Vec<Found>) {
    let of_tls = |found: &Found| found.name.starts_with("tls");
    for (attribute, values) in attributes {
        let (name, value) = (found::directive(attribute), values.join(" "));
        match found.iter_mut().find(|found| found.name == name) {
            Some(known) if known.text == value => {}
            Some(known) => {
                let words = format!("The running slapd has {attribute} {value}, and the file says {}: it was edited by hand.", known.text);
                reading.remark(&known.place, words);
                known.text = value;
            }
            None => {
                reading.remark(here, format!("The running slapd has {attribute} {value}, and the file has none: it was edited by hand."));
                found.push(Found { name, shown: attribute.clone(), text: value, place: here.clone() });
            }
        }
    }
    let is_there = |known: &Found| attributes.iter().any(|(attribute, _)| found::directive(attribute) == known.name);
    for known in found.iter().filter(|known| of_tls(known) && !is_there(known)) {
        reading.remark(&known.place, format!("The running slapd has no {}: the file was edited by hand.", known.shown));
    }
    found.retain(|known| !of_tls(known) || is_there(known));
}
