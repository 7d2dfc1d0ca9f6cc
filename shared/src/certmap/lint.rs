//! What is wrong with maps that the servers nevertheless read.

use super::attributes::{components, is_attribute};
use super::{DEFAULT, Map, MapFile};
use crate::api::certificate_map::{MapFinding, MapProperty};
use crate::api::password::Severity;
use crate::name::DistinguishedName;

/// Looks at the maps of a file.
#[must_use]
pub fn lint(file: &MapFile) -> Vec<MapFinding> {
    let mut findings = of_default(file);
    for (place, map) in file.maps.iter().enumerate() {
        let before = file.maps.iter().take(place);
        if !map.is_default() {
            match before.clone().find(|other| other.issuer == map.issuer) {
                Some(other) => {
                    findings.push(warning(
                        map.line,
                        format!("The map {} is for the same issuer and comes first: this one is never used.", other.name),
                    ));
                }
                None if map.issuer.parse::<DistinguishedName>().is_err() => {
                    findings.push(warning(map.line, "The issuer is no name such as CN=Example CA,O=Example,C=CH: no certificate has it."));
                }
                None => {}
            }
        }
        findings.extend(of_properties(map));
    }
    findings
}

fn of_default(file: &MapFile) -> Vec<MapFinding> {
    let missing =
        |line| MapFinding { severity: Severity::Error, line, words: "The first map must be: certmap default default.".to_owned() };
    match (file.maps.first(), file.default_map()) {
        (_, None) => vec![missing(file.maps.first().map(|map| map.line))],
        (Some(first), Some(_)) if !first.is_default() => vec![missing(Some(first.line))],
        (_, Some(default)) if default.issuer != DEFAULT => {
            vec![warning(default.line, "The issuer of the default map is default, and what stands here is not looked at.")]
        }
        _ => Vec::new(),
    }
}

fn of_properties(map: &Map) -> Vec<MapFinding> {
    let mut findings = Vec::new();
    for (place, property) in map.properties.iter().enumerate() {
        if map.properties.iter().take(place).any(|other| other.name.eq_ignore_ascii_case(&property.name)) {
            findings.push(warning(property.line, format!("{} is there twice, and the first counts.", property.name)));
        }
    }
    for which in [MapProperty::DnComps, MapProperty::FilterComps] {
        let Some(property) = map.property(which.name()) else { continue };
        let list = components(&property.value);
        for unknown in list.iter().filter(|component| component.oids.is_empty()) {
            findings.push(warning(property.line, format!("Maps do not know the attribute {}, and pass over it.", unknown.text)));
        }
        if let Some(renamed) = list.iter().find(|component| component.renamed && !component.oids.is_empty()) {
            let words = format!("{}: Sun's Messaging Server takes this form, 389 Directory Server does not.", renamed.text);
            findings.push(MapFinding { severity: Severity::Note, line: Some(property.line), words });
        }
    }
    if let Some(verify) = map.property(MapProperty::Verifycert.name())
        && !verify.value.is_empty()
        && !["on", "off"].iter().any(|known| verify.value.eq_ignore_ascii_case(known))
    {
        findings.push(error(verify.line, "verifycert is on or off; the servers do not start with anything else."));
    }
    if let Some(attribute) = map.property(MapProperty::CmapLdapAttr.name())
        && !attribute.value.is_empty()
        && !is_attribute(&attribute.value)
    {
        findings.push(error(attribute.line, "CmapLdapAttr is the name of one attribute."));
    }
    if let Some(library) = map.property("library")
        && map.property("InitFn").is_none()
    {
        findings.push(error(library.line, "A library needs the line InitFn with its function; the servers do not start without it."));
    }
    if matches_all(map) {
        let words = "Every entry of the directory matches: base and filter are empty. Name an attribute in FilterComps.";
        findings.push(warning(map.line, words));
    }
    findings
}

/// Whether the map searches the whole tree for anything at all.
fn matches_all(map: &Map) -> bool {
    let empty = |value: Option<&str>| value.is_none_or(str::is_empty);
    map.own_code().is_none()
        && map.value(MapProperty::DnComps) == Some("")
        && empty(map.value(MapProperty::FilterComps))
        && empty(map.value(MapProperty::CmapLdapAttr))
}

fn warning(line: u32, words: impl Into<String>) -> MapFinding {
    MapFinding { severity: Severity::Warning, line: Some(line), words: words.into() }
}

fn error(line: u32, words: impl Into<String>) -> MapFinding {
    MapFinding { severity: Severity::Error, line: Some(line), words: words.into() }
}
