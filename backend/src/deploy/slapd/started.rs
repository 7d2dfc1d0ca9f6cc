//! How slapd was started, or would be: as whom, and where it listens. That stands in its arguments and nowhere in its configuration.

use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::deploy::adapter::option;
use crate::deploy::settings;
use crate::host::tree::{Process, Tree};

/// Settings of the scripts that start slapd, with the variable of its addresses: of Debian, and of Red Hat.
const DEFAULTS: [(&str, &str); 2] = [("/etc/default/slapd", "SLAPD_SERVICES"), ("/etc/sysconfig/slapd", "SLAPD_URLS")];
/// Most octets of such a file.
const LONGEST: u64 = 1 << 20;

/// How slapd was started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    /// The user it runs as.
    pub user: String,
    /// Where it listens.
    pub addresses: Vec<String>,
}

impl Started {
    /// By the arguments of a process; without one, by the script that would start it.
    #[must_use]
    pub fn of(tree: &Tree, process: Option<&Process>) -> Self {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
        let Some(process) = process else {
            let defaults = Defaults::read(tree);
            let variable = |name: &str| defaults.as_ref().and_then(|defaults| defaults.value(name)).filter(|value| !value.is_empty());
            return Self {
                user: variable("SLAPD_USER").unwrap_or_else(|| "openldap".to_owned()),
                addresses: words(&defaults.as_ref().and_then(Defaults::addresses).unwrap_or_else(|| "ldap:///".to_owned())),
            };
        };
        let given = |name: &str| option(&process.arguments, name).map(str::to_owned);
        // Without -u it is whoever started it.
        let owner = || tree.attributes(&PathBuf::from(format!("/proc/{}", process.id))).map(|attributes| attributes.user_name());
        Self {
            user: given("-u").unwrap_or_else(|| owner().unwrap_or_else(|_| "root".to_owned())),
            addresses: words(&given("-h").unwrap_or_else(|| "ldap:///".to_owned())),
        }
    }

    /// The address of its socket on this host.
    #[must_use]
    pub fn ldapi(&self) -> Option<&str> {
        let is_local = |address: &&String| address.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("ldapi://"));
        self.addresses.iter().find(is_local).map(String::as_str)
    }
}

/// Whether the script that starts slapd starts it with this configuration.
#[must_use]
pub fn by_script(tree: &Tree, config: &Path) -> bool {
    let given = Defaults::read(tree).and_then(|defaults| defaults.value("SLAPD_CONF")).filter(|path| !path.is_empty());
    given.map_or_else(|| super::USUAL.iter().any(|usual| config == Path::new(usual)), |given| config == Path::new(&given))
}

/// The settings of the script that starts slapd: assignments of a shell.
pub struct Defaults {
    /// The file.
    pub path: PathBuf,
    /// Its content.
    pub bytes: Vec<u8>,
    variable: &'static str,
}

impl Defaults {
    /// The first that there is.
    #[must_use]
    pub fn read(tree: &Tree) -> Option<Self> {
        DEFAULTS
            .iter()
            .find_map(|(path, variable)| Some(Self { path: path.into(), bytes: tree.read(Path::new(path), LONGEST).ok()?, variable }))
    }

    /// Name of the variable with the addresses.
    #[must_use]
    pub fn variable(&self) -> &'static str {
        self.variable
    }

    /// The addresses, where they are set.
    #[must_use]
    pub fn addresses(&self) -> Option<String> {
        self.value(self.variable).filter(|value| !value.is_empty())
    }

    /// The value that the last assignment of a variable gives it, without quotes.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<String> {
        let text = settings::text(&self.bytes, self.assigned(name)?.1);
        Some(text.trim_matches(['"', '\'']).to_owned())
    }

    /// Line and span of the last value assigned to a variable, quotes included.
    #[must_use]
    pub fn assigned(&self, name: &str) -> Option<(u32, Range<usize>)> {
        let assignments = settings::lines(&self.bytes).filter_map(|line| {
            let rest = line.of(&self.bytes).strip_prefix(name.as_bytes())?.strip_prefix(b"=")?;
            Some((line.number, line.content.end - rest.len()..line.content.end))
        });
        assignments.last()
    }
}
