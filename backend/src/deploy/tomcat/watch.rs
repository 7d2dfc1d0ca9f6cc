//! Tomcat's own listener for newer certificates (`TLSCertificateReloadListener`, since 9.0.82 and 10.1.15). It reads the files anew when the
//! certificate ends within some days: with enough days it does so whenever it looks.

use std::path::Path;

use super::Tomcat;
use super::elements::{Element, Elements};
use super::sheet::Sheet;
use crate::deploy::adapter::ServiceAdapter as _;
use crate::deploy::change::EditRefused;
use crate::host::tree::Tree;

const CLASS: &str = "org.apache.catalina.security.TLSCertificateReloadListener";
/// How often Tomcat wakes its listeners, and some time to read the files.
const WAKES_SECONDS: u64 = 15;
/// A listener that looks less often is not waited for.
const LONGEST_PERIOD_SECONDS: u64 = 60;
/// The listener reads certificates anew only when they end within so many days: fewer leave those of a CA of one's own out.
const FEWEST_DAYS: u64 = 3650;
/// What a listener of ours has, for both.
const OURS: [(&str, &str); 2] = [("checkPeriod", "1"), ("daysBefore", "20000")];
/// Most octets of a library of Tomcat: it has 2 MB.
const LONGEST_LIBRARY: u64 = 32 << 20;

/// How long the listener takes at most, when there is one that may be relied on.
pub fn seconds(elements: &Elements) -> Option<u64> {
    let listener = present(elements)?;
    let number = |name: &str, otherwise: u64| -> u64 { listener.value(name).parse().unwrap_or(otherwise) };
    let period = number("checkPeriod", 86_400);
    let far = number("daysBefore", 14) >= FEWEST_DAYS;
    (far && period <= LONGEST_PERIOD_SECONDS).then_some(period + WAKES_SECONDS)
}

fn present(elements: &Elements) -> Option<&Element> {
    elements.roots.iter().flat_map(|root| root.children("Listener")).find(|listener| listener.value("className") == CLASS)
}

/// Adds the listener, or makes the one that is there look often and far enough.
pub fn add(sheet: &mut Sheet<'_>, tree: &Tree, config: &Path) -> Result<(), EditRefused> {
    let elements = sheet.elements()?;
    if seconds(&elements).is_some() {
        return Ok(());
    }
    if present(&elements).is_some() {
        for (name, value) in OURS {
            let elements = sheet.elements()?;
            present(&elements).map_or(Ok(()), |listener| sheet.set(listener, name, value))?;
        }
        return Ok(());
    }
    check_library(tree, config)?;
    let Some(server) = elements.roots.first() else {
        return Err(EditRefused::because("There is no Server element that the listener could stand in."));
    };
    let settings: String = OURS.iter().map(|(name, value)| format!(" {name}=\"{value}\"")).collect();
    let line = format!("<Listener className=\"{CLASS}\"{settings} />");
    match server.children("Listener").last() {
        Some(last) => sheet.add_after(last, &line),
        None => sheet.add_before(server, "Service", &line),
    }
}

/// Refuses a class that this Tomcat does not have, with which it would not start: the names of its classes stand in clear in its library.
fn check_library(tree: &Tree, config: &Path) -> Result<(), EditRefused> {
    let end = |path: &Path| tree.follow(path).map(|way| way.end).ok();
    let ours = tree.processes().into_iter().find(|process| Tomcat.config_of(tree, process).is_some_and(|used| end(&used) == end(config)));
    let home = ours.and_then(|process| process.arguments.iter().find_map(|word| word.strip_prefix("-Dcatalina.home=").map(str::to_owned)));
    let Some(home) = home else {
        return Err(EditRefused::because("Tomcat does not run with this configuration, so whether it has the listener cannot be told."));
    };
    let library = Path::new(&home).join("lib/catalina.jar");
    let content = tree.read(&library, LONGEST_LIBRARY);
    let content = content.map_err(|error| EditRefused::because(format!("{} cannot be read: {}.", library.display(), error.source)))?;
    let name = CLASS.replace('.', "/") + ".class";
    if content.windows(name.len()).any(|part| part == name.as_bytes()) {
        return Ok(());
    }
    Err(EditRefused::because(format!(
        "This Tomcat has no TLSCertificateReloadListener, which came with 9.0.82 and 10.1.15: {} does not hold it.",
        library.display()
    )))
}
