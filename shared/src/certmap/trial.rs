//! What the maps make of a certificate, step by step.

use super::attributes::{self, Component, chosen, components, is_attribute};
use super::filter::{all_of, equal};
use super::{Map, MapFile};
use crate::api::certificate_map::{IssuerComparison, MapProperty, MapSearch, MapTrial};
use crate::name::{DistinguishedName, escaped_value};
use crate::x509::view::CertificateView;

/// The map that applies to a certificate, and the searches that come of it. No directory is asked.
#[must_use]
pub fn try_certificate(file: &MapFile, certificate: &CertificateView, comparison: IssuerComparison) -> MapTrial {
    try_names(file, &certificate.subject, &certificate.issuer, comparison)
}

/// The same for a certificate of which nothing but the names is known.
pub(super) fn try_names(file: &MapFile, subject: &DistinguishedName, issuer: &DistinguishedName, comparison: IssuerComparison) -> MapTrial {
    let mut steps = vec![format!("The certificate is issued by {}.", issuer.to_nss())];
    let map = applying(file, issuer, comparison, &mut steps);
    let searches = match map {
        Some(map) => searches(map, subject, &mut steps),
        None => {
            steps.push("There is no default map either, so the subject is taken for the name of an entry.".to_owned());
            vec![MapSearch { base: Some(subject.to_string()), filter: all_of(&[]) }]
        }
    };
    let verifies = map.is_some_and(Map::verifies) && !searches.is_empty();
    if verifies {
        steps.push("verifycert is on: userCertificate;binary of the entry must hold this very certificate.".to_owned());
    } else if !searches.is_empty() {
        steps.push("verifycert is off: the entry's own certificate is not looked at, and exactly one entry must be found.".to_owned());
    }
    MapTrial {
        map: map.map(|map| map.name.clone()),
        line: map.map(|map| map.line),
        subject: subject.to_string(),
        issuer: issuer.to_nss(),
        steps,
        searches,
        verifies,
    }
}

/// The map that applies to an issuer, compared as names.
pub(super) fn map_of<'a>(file: &'a MapFile, issuer: &DistinguishedName) -> Option<&'a Map> {
    applying(file, issuer, IssuerComparison::AsNames, &mut Vec::new())
}

/// The first map of the issuer, else the default one.
fn applying<'a>(file: &'a MapFile, issuer: &DistinguishedName, comparison: IssuerComparison, steps: &mut Vec<String>) -> Option<&'a Map> {
    // NSS prints names without blanks behind the commas; the NSS of Sun's older servers printed one.
    let spellings = [issuer.to_nss(), issuer.to_rfc1485()];
    for map in file.maps().iter().filter(|map| !map.is_default()) {
        if spellings.contains(&map.issuer) {
            steps.push(format!("The map {} (line {}) is for this issuer.", map.name, map.line));
            return Some(map);
        }
        if !same_name(&map.issuer, issuer) {
            continue;
        }
        let named = format!("The map {} (line {}) is for {}, which is this issuer in another spelling", map.name, map.line, map.issuer);
        if comparison == IssuerComparison::AsNames {
            steps.push(format!("{named}, and issuers are compared as names."));
            return Some(map);
        }
        steps.push(format!("{named}: Sun's servers compare letter for letter, blanks included, and pass over it."));
    }
    let default = file.default_map();
    steps.push(match default {
        Some(map) => format!("No map is for this issuer, so the default one (line {}) applies.", map.line),
        None => "No map is for this issuer.".to_owned(),
    });
    default
}

fn same_name(text: &str, issuer: &DistinguishedName) -> bool {
    let folded = |name: &DistinguishedName| name.to_nss().to_lowercase();
    text.parse::<DistinguishedName>().is_ok_and(|name| folded(&name) == folded(issuer))
}

fn searches(map: &Map, subject: &DistinguishedName, steps: &mut Vec<String>) -> Vec<MapSearch> {
    if let Some(code) = map.own_code() {
        steps.push(format!(
            "The map is done by a library of its own ({}, line {}): only the server itself knows what it does.",
            code.name, code.line
        ));
        return Vec::new();
    }
    // The servers build both before they search, and give up when one cannot be built.
    let Some(base) = base(map, subject, steps) else { return Vec::new() };
    let Some(parts) = filter_parts(map, subject, steps) else { return Vec::new() };
    let mut searches = Vec::new();
    let attribute = map.value(MapProperty::CmapLdapAttr).filter(|name| !name.is_empty());
    if let Some(attribute) = attribute.filter(|name| is_attribute(name)) {
        steps.push(format!("CmapLdapAttr: first the whole tree is searched for an entry whose {attribute} is the subject."));
        searches.push(MapSearch { base: None, filter: equal(attribute, &subject.to_nss()) });
    }
    match base {
        // Else every entry would be found.
        None if !searches.is_empty() && parts.is_empty() => {}
        base => {
            if !searches.is_empty() {
                steps.push("When that finds nothing, base and filter are used.".to_owned());
            }
            searches.push(MapSearch { base, filter: all_of(&parts) });
        }
    }
    searches
}

/// The base, `Some(None)` for the whole tree; nothing when the certificate has none of the attributes.
fn base(map: &Map, subject: &DistinguishedName, steps: &mut Vec<String>) -> Option<Option<String>> {
    let written = |list: &[Component]| -> String {
        let parts: Vec<String> =
            chosen(subject, list).iter().map(|(name, attribute)| format!("{name}={}", escaped_value(&attribute.value))).collect();
        parts.join(",")
    };
    let Some(value) = map.value(MapProperty::DnComps) else {
        let base = written(&attributes::all());
        if base.is_empty() {
            steps.push("DNComps is not there, and the subject has no attribute that maps know: the whole tree is searched.".to_owned());
            return Some(None);
        }
        steps.push(format!("DNComps is not there, so the subject is the base: {base}."));
        let known = chosen(subject, &attributes::all()).len();
        if known < subject.rdns.iter().flatten().count() {
            steps.push("Attributes of the subject that maps do not know are left out of it.".to_owned());
        }
        return Some(Some(base));
    };
    if value.is_empty() {
        steps.push("DNComps is empty, so the whole tree is searched.".to_owned());
        return Some(None);
    }
    let base = written(&components(value));
    if base.is_empty() {
        steps.push(format!("DNComps names {value}, and the subject has none of them: the certificate leads nowhere."));
        return None;
    }
    steps.push(format!("DNComps names {value}. In the order of the subject the base is {base}."));
    Some(Some(base))
}

/// The conditions of the filter; nothing when the certificate has none of the attributes.
fn filter_parts(map: &Map, subject: &DistinguishedName, steps: &mut Vec<String>) -> Option<Vec<String>> {
    let value = map.value(MapProperty::FilterComps).unwrap_or_default();
    if value.is_empty() {
        let why = if map.property(MapProperty::FilterComps.name()).is_some() { "empty" } else { "not there" };
        steps.push(format!("FilterComps is {why}, so the filter is {}.", all_of(&[])));
        return Some(Vec::new());
    }
    let list = components(value);
    let parts: Vec<String> = chosen(subject, &list).iter().map(|(name, attribute)| equal(name, &attribute.value)).collect();
    if parts.is_empty() {
        steps.push(format!("FilterComps names {value}, and the subject has none of them: the certificate leads nowhere."));
        return None;
    }
    steps.push(format!("FilterComps names {value}, so the filter is {}.", all_of(&parts)));
    Some(parts)
}
