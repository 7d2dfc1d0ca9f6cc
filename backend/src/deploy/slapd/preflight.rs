//! A slapd that is thrown away loads the TLS settings that the running one is to get, and is asked for TLS. It is the only way to learn what
//! slapd thinks of them, and why: `slaptest` looks at no certificate and no key, and the running one answers with error 80 and nothing else.
//! It has no database and one socket, in a directory that its user alone can enter.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::started::Started;
use super::starttls::{self, StartTlsError};
use super::{found, process_of};
use crate::deploy::change::AttributeEdit;
use crate::deploy::reading::Reading;
use crate::host::as_user::{self, Account};
use crate::host::scratch::Scratch;
use crate::host::tree::{Process, Tree};
use crate::host::{files, process};

/// Where slapd is, when no running one tells it.
const PROGRAMS: [&str; 4] = ["/usr/sbin/slapd", "/usr/libexec/slapd", "/usr/lib/openldap/slapd", "/usr/local/libexec/slapd"];
/// Most octets of what it says.
const LONGEST: u64 = 1 << 20;
/// Between two looks whether it answers.
const PAUSE: Duration = Duration::from_millis(2);

/// Why a slapd would not serve with these settings, or why that is not known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PreflightError {
    /// It would not: in slapd's words.
    #[error("{0}")]
    Refused(String),
    /// It could not be tried.
    #[error("the settings could not be tried with a slapd of their own: {0}")]
    NotTried(String),
}

/// Tries the TLS settings of a configuration, with other values for some attributes of cn=config, as the user that slapd runs as. The files that
/// they name must be in place. May take `limit`. Blocks.
///
/// # Errors
/// When slapd would not serve with them, or when that cannot be tried.
pub fn preflight(tree: &Tree, config: &Path, attributes: &[AttributeEdit], limit: Duration) -> Result<(), PreflightError> {
    let found = found::read(&mut Reading::new(tree), config);
    let found = found.ok_or_else(|| PreflightError::NotTried(format!("{} cannot be read", config.display())))?;
    let of_tls = found.into_iter().filter(|found| found.name.starts_with("tls"));
    let tried = overlaid(of_tls.map(|found| (found.name, found.text)).collect(), attributes);
    with(tree, process_of(tree, config).as_ref(), &tried, limit)
}

/// Settings by the names of their directives, with the new values of attributes.
pub(super) fn overlaid(mut tried: Vec<(String, String)>, attributes: &[AttributeEdit]) -> Vec<(String, String)> {
    for edit in attributes {
        let name = found::directive(&edit.name);
        tried.retain(|(known, _)| *known != name);
        tried.extend(edit.after.iter().map(|value| (name.clone(), value.clone())));
    }
    tried
}

/// Tries settings, by the names of their directives in lower case, as the user of a running slapd.
pub(super) fn with(tree: &Tree, process: Option<&Process>, settings: &[(String, String)], limit: Duration) -> Result<(), PreflightError> {
    let not_tried = |words: String| PreflightError::NotTried(words);
    if !settings.iter().any(|(name, _)| name == "tlscertificatefile") {
        return Ok(());
    }
    let user = Started::of(tree, process).user;
    let account = Account::named(&user).ok_or_else(|| not_tried(format!("there is no user {user}")))?;
    let given = process.and_then(|process| process.arguments.first()).map(PathBuf::from).filter(|program| program.is_absolute());
    let program = given.or_else(|| PROGRAMS.iter().map(PathBuf::from).find(|program| program.exists()));
    let program = program.ok_or_else(|| not_tried("slapd is not installed in a usual place".to_owned()))?;
    let configuration = configuration(settings).map_err(not_tried)?;
    let tried = as_user::look(&account, || in_a_folder(&program, &configuration, limit));
    tried.unwrap_or_else(|error| Err(not_tried(format!("it cannot be started as {user}: {error}"))))
}

/// A `slapd.conf` with these settings. Whether clients show a certificate says nothing of ours, and would keep the handshake from its end.
fn configuration(settings: &[(String, String)]) -> Result<String, String> {
    let mut text = String::new();
    for (name, value) in settings.iter().filter(|(name, _)| name != "tlsverifyclient") {
        if value.chars().any(|letter| letter.is_control() || matches!(letter, '"' | '\\')) {
            return Err(format!("the value {value:?} has letters that slapd.conf gives a meaning"));
        }
        text.push_str(&format!("{name} \"{value}\"\n"));
    }
    Ok(text)
}

fn in_a_folder(program: &Path, configuration: &str, limit: Duration) -> Result<(), PreflightError> {
    let not_tried = |error: &dyn std::fmt::Display| PreflightError::NotTried(error.to_string());
    // As the user that slapd runs as: the directory is that user's own.
    let folder = Scratch::make(&std::env::temp_dir()).map_err(|error| not_tried(&error))?;
    let [config, socket, log] = ["slapd.conf", "ldapi", "log"].map(|name| folder.path().join(name));
    files::create_new(&config, configuration.as_bytes(), 0o600, None).map_err(|error| not_tried(&error))?;
    let url = format!("ldapi://{}/", socket.display().to_string().replace('/', "%2F"));
    let arguments = ["-d", "1", "-f", &config.display().to_string(), "-h", &url];
    let mut slapd = process::attended(program, &arguments, &log).map_err(|error| not_tried(&error))?;
    let said = || {
        let bytes = files::read_limited(&log, LONGEST).unwrap_or_default();
        said_of_tls(&String::from_utf8_lossy(&bytes))
    };
    let begun = Instant::now();
    loop {
        // Its socket is there before it has loaded anything: only an answer counts.
        match starttls::handshake(&socket, limit.saturating_sub(begun.elapsed()).max(PAUSE)) {
            Ok(()) => return Ok(()),
            Err(StartTlsError::Silent(_)) => {}
            Err(error) => {
                let said = said().unwrap_or_default();
                return Err(PreflightError::Refused(
                    [error.to_string(), said].into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join("; "),
                ));
            }
        }
        if slapd.has_ended().map_err(|error| not_tried(&error))? {
            let ended = || PreflightError::NotTried("it ended without a word about TLS".to_owned());
            return Err(said().map_or_else(ended, PreflightError::Refused));
        }
        if begun.elapsed() > limit {
            return Err(PreflightError::NotTried(format!("it did not answer within {} s", limit.as_secs())));
        }
        std::thread::sleep(PAUSE);
    }
}

/// What it says of TLS, without the times and addresses that its lines begin with; nothing when it says nothing.
fn said_of_tls(log: &str) -> Option<String> {
    let about = log.lines().filter_map(|line| Some(line.get(line.find(" TLS: ")? + 6..)?.trim()));
    // A directive that it does not know, or whose value it does not.
    let refused = log.lines().filter_map(|line| Some(line.get(line.find("slapd.conf: line ")? + 12..)?.trim()));
    let mut words: Vec<&str> = about.chain(refused).filter(|words| !words.is_empty()).collect();
    words.dedup();
    words.truncate(5);
    (!words.is_empty()).then(|| words.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slapds_words_are_told_without_its_times() {
        let log = "6b0218e2.236c 0x7fdc @(#) $OpenLDAP: slapd 2.5\n6b0218e3.2480 0x7fcc TLS: opening `/a b.key' failed: No such file\n\
                   6b0218e3.2480 0x7fcc TLS: opening `/a b.key' failed: No such file\n6b0218e3.24bf 0x7fcc slapd stopped.\n";
        assert_eq!(said_of_tls(log).as_deref(), Some("opening `/a b.key' failed: No such file"));
        assert_eq!(said_of_tls("6b 0x7 slapd stopped.\n"), None);
    }

    #[test]
    fn a_value_that_slapd_conf_would_take_for_something_else_is_not_tried() {
        let setting = |value: &str| [("tlsciphersuite".to_owned(), value.to_owned())];
        assert_eq!(configuration(&setting("NORMAL:-VERS-ALL")).unwrap(), "tlsciphersuite \"NORMAL:-VERS-ALL\"\n");
        for value in ["a\"b", "a\nTLSVerifyClient demand", "a\\"] {
            assert!(configuration(&setting(value)).is_err());
        }
    }
}
