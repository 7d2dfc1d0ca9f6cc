//! Changes to `certmap.conf` that leave every other octet alone.

use std::ops::Range;

use super::attributes::{components, is_attribute};
use super::{DEFAULT, LONGEST_LINE, Map, MapFile, NotUnderstood};
use crate::api::certificate_map::{MapChange, MapProperty};

/// Why a change is not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditRefused {
    /// The file itself is none.
    #[error(transparent)]
    NotUnderstood(#[from] NotUnderstood),
    /// No map of this name.
    #[error("There is no map called {map}.")]
    NoSuchMap {
        /// The name.
        map: String,
    },
    /// Two maps have the name, and which is meant nobody knows.
    #[error("More than one map is called {map}: give them names of their own by hand first.")]
    NameTwice {
        /// The name.
        map: String,
    },
    /// Lines of the map are not the console's to change.
    #[error("Line {line} ({property}) is none that the console writes or removes. Take it out by hand first.")]
    NotOurs {
        /// Line, from 1.
        line: u32,
        /// Name of the property.
        property: String,
    },
    /// A name or value that the file cannot hold, or that would mean something else there.
    #[error("{0}")]
    Unfit(String),
}

/// The text with the changes made one after the other. Lines that no change is about stay as they are, to the byte.
///
/// # Errors
/// The first change that cannot be made; then none is.
pub fn with_changes(text: &str, changes: &[MapChange]) -> Result<String, EditRefused> {
    let mut file = MapFile::parse(text)?;
    for change in changes {
        let text = with_change(&file, change)?;
        if text.lines().any(|line| line.len() >= LONGEST_LINE) {
            return Err(EditRefused::Unfit(format!("The servers read lines of at most {LONGEST_LINE} octets.")));
        }
        file = MapFile::parse(&text)?;
    }
    Ok(file.text)
}

fn with_change(file: &MapFile, change: &MapChange) -> Result<String, EditRefused> {
    match change {
        MapChange::SetProperty { map, property, value } => set_property(file, one(file, map)?, *property, value),
        MapChange::RemoveProperty { map, property } => remove_property(file, one(file, map)?, *property),
        MapChange::SetIssuer { map, issuer } => {
            let map = one(file, map)?;
            if map.is_default() {
                return Err(EditRefused::Unfit("The default map is for no issuer: it stays certmap default default.".to_owned()));
            }
            checked_issuer(issuer)?;
            Ok(spliced(&file.text, &[(map.issuer_span.clone(), issuer)]))
        }
        MapChange::AddMap { map, issuer } => add_map(file, map, issuer),
        MapChange::RemoveMap { map } => remove_map(file, one(file, map)?),
    }
}

/// The one map of a name.
fn one<'a>(file: &'a MapFile, name: &str) -> Result<&'a Map, EditRefused> {
    let mut found = file.maps.iter().filter(|map| map.name == name);
    let map = found.next().ok_or_else(|| EditRefused::NoSuchMap { map: name.to_owned() })?;
    if found.next().is_some() { Err(EditRefused::NameTwice { map: name.to_owned() }) } else { Ok(map) }
}

fn set_property(file: &MapFile, map: &Map, property: MapProperty, value: &str) -> Result<String, EditRefused> {
    checked_value(property, value)?;
    let separated = if value.is_empty() { String::new() } else { format!("\t{value}") };
    if let Some(present) = map.property(property.name()) {
        if present.value == value {
            return Ok(file.text.clone());
        }
        let end = present.name_end..line_end(&file.text, &present.span);
        // The blanks between name and value stay as they are.
        let gap: String =
            file.text.get(end.clone()).unwrap_or_default().chars().take_while(|letter| matches!(letter, ' ' | '\t')).collect();
        let written = if value.is_empty() || gap.is_empty() { separated } else { [gap.as_str(), value].concat() };
        return Ok(spliced(&file.text, &[(end, &written)]));
    }
    let after = map.properties.last().map_or(&map.span, |last| &last.span);
    let line = format!("{}:{}{separated}", map.name, property.name());
    Ok(inserted_after(&file.text, after, &line))
}

fn remove_property(file: &MapFile, map: &Map, property: MapProperty) -> Result<String, EditRefused> {
    let lines = map.properties.iter().filter(|present| present.name.eq_ignore_ascii_case(property.name()));
    // All of the name: else the second would begin to count.
    let gone: Vec<(Range<usize>, &str)> = lines.map(|present| (present.span.clone(), "")).collect();
    Ok(spliced(&file.text, &gone))
}

fn add_map(file: &MapFile, name: &str, issuer: &str) -> Result<String, EditRefused> {
    let plain = |letter: char| !letter.is_whitespace() && !letter.is_control() && letter != ':';
    if name.is_empty() || name == "certmap" || name.starts_with('#') || !name.chars().all(plain) {
        return Err(EditRefused::Unfit("A map has a name without blanks and colons, and not certmap.".to_owned()));
    }
    if file.maps.iter().any(|map| map.name.eq_ignore_ascii_case(name)) {
        return Err(EditRefused::Unfit(format!("There is a map called {name}.")));
    }
    if name.eq_ignore_ascii_case(DEFAULT) {
        if name != DEFAULT || issuer != DEFAULT {
            return Err(EditRefused::Unfit("The default map is certmap default default.".to_owned()));
        }
        // It must be the first.
        let line = format!("certmap {DEFAULT}\t\t{DEFAULT}");
        return Ok(match file.maps.first() {
            Some(first) => spliced(&file.text, &[(first.span.start..first.span.start, &format!("{line}\n\n"))]),
            None => inserted_after(&file.text, &(0..file.text.len()), &line),
        });
    }
    checked_issuer(issuer)?;
    let gap = if file.text.is_empty() || file.text.ends_with("\n\n") { "" } else { "\n" };
    Ok(inserted_after(&file.text, &(0..file.text.len()), &format!("{gap}certmap {name}\t\t{issuer}")))
}

fn remove_map(file: &MapFile, map: &Map) -> Result<String, EditRefused> {
    if map.is_default() {
        return Err(EditRefused::Unfit("The default map stays: the servers want it.".to_owned()));
    }
    let ours = |name: &str| MapProperty::ALL.iter().any(|property| property.name().eq_ignore_ascii_case(name));
    if let Some(other) = map.properties.iter().find(|property| !ours(&property.name)) {
        return Err(EditRefused::NotOurs { line: other.line, property: other.name.clone() });
    }
    let lines = std::iter::once(&map.span).chain(map.properties.iter().map(|property| &property.span));
    let gone: Vec<(Range<usize>, &str)> = lines.map(|span| (span.clone(), "")).collect();
    Ok(spliced(&file.text, &gone))
}

fn checked_value(property: MapProperty, value: &str) -> Result<(), EditRefused> {
    let unfit = |words: &str| Err(EditRefused::Unfit(words.to_owned()));
    if value.chars().any(char::is_control) || value.trim() != value {
        return unfit("A value has no control characters and no blank at its ends.");
    }
    match property {
        MapProperty::DnComps | MapProperty::FilterComps => match components(value).iter().find(|component| component.oids.is_empty()) {
            Some(unknown) => Err(EditRefused::Unfit(format!(
                "{} is no attribute that maps know: they are c, o, cn, l, st, ou, uid, dc, e and mail, or such as e=mail.",
                unknown.text
            ))),
            None => Ok(()),
        },
        MapProperty::Verifycert if !["on", "off"].contains(&value) => unfit("verifycert is on or off."),
        MapProperty::CmapLdapAttr if !value.is_empty() && !is_attribute(value) => unfit("CmapLdapAttr is the name of one attribute."),
        _ => Ok(()),
    }
}

fn checked_issuer(issuer: &str) -> Result<(), EditRefused> {
    let named = issuer.parse::<crate::name::DistinguishedName>().is_ok_and(|name| !name.is_empty());
    if !named || issuer.trim() != issuer || issuer.chars().any(char::is_control) {
        return Err(EditRefused::Unfit("The issuer is a name such as CN=Example CA,O=Example,C=CH.".to_owned()));
    }
    Ok(())
}

/// Where a line ends without its line break.
fn line_end(text: &str, span: &Range<usize>) -> usize {
    let line = text.get(span.clone()).unwrap_or_default();
    span.start + line.trim_end_matches(['\n', '\r']).len()
}

/// The text with spans replaced; they lie in their order and do not overlap.
fn spliced(text: &str, changes: &[(Range<usize>, &str)]) -> String {
    let mut new = String::with_capacity(text.len());
    let mut end = 0;
    for (span, with) in changes {
        new.push_str(text.get(end..span.start).unwrap_or_default());
        new.push_str(with);
        end = span.end;
    }
    new.push_str(text.get(end..).unwrap_or_default());
    new
}

/// The text with a line more behind a span, which ends as that one's line does.
fn inserted_after(text: &str, span: &Range<usize>, line: &str) -> String {
    let before = text.get(..span.end).unwrap_or_default();
    let ending = if before.ends_with("\r\n") { "\r\n" } else { "\n" };
    let open = if before.is_empty() || before.ends_with('\n') { "" } else { ending };
    spliced(text, &[(span.end..span.end, &[open, line, ending].concat())])
}
