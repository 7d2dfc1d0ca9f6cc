//! Replication over TLS (syncrepl in slapd.conf(5) and slapd-config(5)): consumers check the certificate of their provider, so a new one
//! concerns other servers, too.

use std::path::Path;

use super::found::{self, Found};
use super::{is_directory, ldif};
use crate::deploy::reading::{LONGEST, Reading, place};
use crate::host::tree::Tree;

/// Databases in `slapd.d` are in its directory `cn=config`, and overlays one deeper.
const DEEPEST: usize = 2;

/// Said of an overlay that other servers take their data from.
const PROVIDER: &str = "Other servers take their data from here. Those that do so with TLS check the certificate of this slapd: the CA file that \
                        each names as tls_cacert must have the authority of a new one first.";

/// Notes where this slapd is a consumer that checks certificates, and where it is a provider.
pub fn remark(reading: &mut Reading<'_>, config: &Path, found: &[Found]) {
    let mut databases = Vec::new();
    if is_directory(reading.tree, config) {
        entries(reading.tree, &config.join("cn=config"), DEEPEST, &mut databases);
    }
    for one in found.iter().chain(&databases) {
        match one.name.as_str() {
            "syncrepl" => {
                if let Some(words) = consumer(&one.text) {
                    reading.remark(&one.place, words);
                }
            }
            "overlay" if one.text.trim_start_matches(|letter: char| "{}".contains(letter) || letter.is_ascii_digit()) == "syncprov" => {
                reading.remark(&one.place, PROVIDER);
            }
            _ => {}
        }
    }
}

/// What is to be said of a consumer; nothing when it checks no certificate. Its password is among these words, which are not told.
fn consumer(text: &str) -> Option<String> {
    let value = |name: &str| {
        let word = text.split_whitespace().find_map(|word| word.strip_prefix(name)?.strip_prefix('='));
        word.map(|value| value.trim_matches('"'))
    };
    let provider = value("provider")?;
    let encrypted = provider.to_ascii_lowercase().starts_with("ldaps:") || value("starttls").is_some_and(|start| start != "no");
    if !encrypted || value("tls_reqcert").is_some_and(|level| matches!(level, "never" | "allow")) {
        return None;
    }
    let with = value("tls_cacert").or_else(|| value("tls_cacertdir")).map(|file| format!(" with {file}")).unwrap_or_default();
    let shown = value("tls_cert").map(|file| format!(" It shows {file} there.")).unwrap_or_default();
    Some(format!(
        "This slapd takes its data from {provider} and checks the certificate of that server{with}: before that server gets one of another \
         authority, this one must know the authority.{shown}"
    ))
}

fn entries(tree: &Tree, directory: &Path, depth: usize, databases: &mut Vec<Found>) {
    for name in tree.entries(directory).unwrap_or_default() {
        let path = directory.join(&name);
        if depth > 0 && tree.attributes(&path).is_ok_and(|attributes| attributes.directory) {
            entries(tree, &path, depth - 1, databases);
        } else if (name.starts_with("olcDatabase=") || name.starts_with("olcOverlay=")) && name.ends_with(".ldif") {
            let document = ldif::parse(path.clone(), tree.read(&path, LONGEST).unwrap_or_default());
            databases.extend(document.settings().map(|(setting, line)| Found {
                name: found::directive(&setting.name),
                shown: setting.name.clone(),
                text: setting.text.clone(),
                place: place(&document, line),
            }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consumers_that_check_a_certificate_are_told_without_their_password() {
        let common =
            "{0}rid=001 binddn=\"cn=replica,dc=example,dc=com\" bindmethod=simple credentials=s3cret searchbase=\"dc=example,dc=com\"";
        let told = |more: &str| consumer(&format!("{common} {more}"));
        let words = told("provider=ldap://one.example.org starttls=critical tls_cacert=\"/etc/ldap/ca.pem\" tls_reqcert=demand").unwrap();
        assert!(words.contains("ldap://one.example.org") && words.contains("/etc/ldap/ca.pem") && !words.contains("s3cret"), "{words}");
        assert!(told("provider=ldaps://one.example.org tls_cert=/etc/ldap/own.crt").unwrap().contains("/etc/ldap/own.crt"));
        assert_eq!(told("provider=ldap://one.example.org"), None);
        assert_eq!(told("provider=ldaps://one.example.org tls_reqcert=never"), None);
    }
}
