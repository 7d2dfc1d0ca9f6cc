//! All directives in the order Apache reads them: includes followed, `<IfModule>`, `<IfDefine>` and `<IfFile>` decided, variables replaced.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use certdeck_shared::api::service::Place;

use super::syntax::{self, arguments};
use crate::deploy::reading::{Missing, Reading, place};
use crate::deploy::settings::{Document, Setting, What};

/// Modules that Debian and Red Hat build in.
const BUILT_IN: [&str; 8] =
    ["core_module", "so_module", "http_module", "watchdog_module", "log_config_module", "logio_module", "version_module", "unixd_module"];

/// A directive that holds somewhere.
#[derive(Debug, Clone)]
pub struct Directive {
    /// Name in lower case.
    pub name: String,
    /// What follows it, variables replaced.
    pub text: String,
    /// Where it is.
    pub place: Place,
}

/// What holds for a server or a virtual host.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// Addresses of a virtual host.
    pub addresses: Vec<String>,
    /// Where it begins.
    pub place: Option<Place>,
    /// Directives outside of inner sections.
    pub directives: Vec<Directive>,
}

impl Scope {
    /// All directives of a name.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &Directive> {
        self.directives.iter().filter(move |directive| directive.name == name)
    }

    /// The one that counts: the last.
    #[must_use]
    pub fn last(&self, name: &str) -> Option<&Directive> {
        self.all(name).last()
    }
}

/// What Apache knows after it has read its configuration.
pub struct Walk {
    /// Outside of virtual hosts.
    pub server: Scope,
    /// Virtual hosts, in order.
    pub hosts: Vec<Scope>,
    /// Where relative paths begin.
    pub server_root: PathBuf,
    variables: HashMap<String, String>,
    modules: Vec<String>,
    sections: Vec<Section>,
}

/// A section that is open.
struct Section {
    name: String,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Its content holds as if it stood outside.
    Transparent,
    /// Its content does not hold.
    Skipped,
    /// A virtual host.
    Host,
    /// A directory, a location and the like: for some requests only.
    Inner,
}

impl Walk {
    /// Nothing read yet; variables are those of the environment.
    #[must_use]
    pub fn new(server_root: PathBuf, variables: HashMap<String, String>) -> Self {
        let modules = BUILT_IN.iter().map(|name| (*name).to_owned()).collect();
        Self { server: Scope::default(), hosts: Vec::new(), server_root, variables, modules, sections: Vec::new() }
    }

    /// Reads a file and all that it includes; false when it cannot be read.
    pub fn read(&mut self, reading: &mut Reading<'_>, path: &Path, included: Option<&Place>) -> bool {
        let Some(document) = reading.begin(path, included, syntax::parse) else { return false };
        let before = self.sections.len();
        for entry in &document.entries {
            let here = place(&document, entry.line);
            match &entry.what {
                What::Quiet => {}
                What::Unknown(words) => reading.remark(&here, words),
                What::Open(section) => self.open(reading, section, &here),
                What::Close(name) => self.close(reading, name, &here, before),
                What::Setting(setting) => self.directive(reading, setting, &here),
            }
        }
        if self.sections.len() > before {
            let open = self.sections.last().map(|section| section.name.clone()).unwrap_or_default();
            reading.remark(&last_line(&document), format!("<{open}> is not closed."));
            self.sections.truncate(before);
        }
        reading.end();
        true
    }

    fn holds(&self) -> bool {
        !self.sections.iter().any(|section| section.kind == Kind::Skipped)
    }

    fn close(&mut self, reading: &mut Reading<'_>, name: &str, here: &Place, before: usize) {
        match self.sections.last() {
            Some(open) if self.sections.len() > before && open.name.eq_ignore_ascii_case(name) => {
                self.sections.pop();
            }
            Some(open) if self.sections.len() > before => {
                let words = format!("</{name}> is met where <{}> is open.", open.name);
                reading.remark(here, words);
            }
            _ => reading.remark(here, format!("</{name}> closes nothing.")),
        }
    }

    fn open(&mut self, reading: &mut Reading<'_>, section: &Setting, here: &Place) {
        let text = self.replaced(&section.text);
        let condition = text.trim().trim_matches('"');
        let (negated, wanted) = condition.strip_prefix('!').map_or((false, condition), |wanted| (true, wanted.trim()));
        let when = |found: bool| if found == negated { Kind::Skipped } else { Kind::Transparent };
        let kind = match section.name.to_ascii_lowercase().as_str() {
            _ if !self.holds() => Kind::Skipped,
            "ifmodule" => when(self.has_module(wanted)),
            "ifdefine" => when(self.variables.contains_key(wanted)),
            "iffile" => when(reading.tree.attributes(&self.server_root.join(wanted)).is_ok()),
            "ifdirective" | "ifsection" | "ifversion" => {
                reading.remark(
                    here,
                    format!("Whether <{} {condition}> holds depends on how Apache was built; it is taken to hold.", section.name),
                );
                Kind::Transparent
            }
            "requireall" | "requireany" | "requirenone" | "limit" | "limitexcept" => Kind::Inner,
            "virtualhost" => {
                self.hosts.push(Scope { addresses: arguments(&text), place: Some(here.clone()), directives: Vec::new() });
                Kind::Host
            }
            "macro" => {
                reading.remark(
                    here,
                    format!("The macro {} is not followed: what uses it is not seen.", condition.split(' ').next().unwrap_or_default()),
                );
                Kind::Skipped
            }
            _ => Kind::Inner,
        };
        self.sections.push(Section { name: section.name.clone(), kind });
    }

    fn has_module(&self, wanted: &str) -> bool {
        // By identifier (`ssl_module`) or by file (`mod_ssl.c`).
        let by_file = wanted.strip_suffix(".c").map(|file| format!("{}_module", file.strip_prefix("mod_").unwrap_or(file)));
        let wanted = by_file.as_deref().unwrap_or(wanted);
        self.modules.iter().any(|module| module == wanted)
    }

    fn directive(&mut self, reading: &mut Reading<'_>, setting: &Setting, here: &Place) {
        if !self.holds() {
            return;
        }
        let name = setting.name.to_ascii_lowercase();
        let text = self.replaced(&setting.text);
        let first = arguments(&text).into_iter().next().unwrap_or_default();
        match name.as_str() {
            "include" | "includeoptional" => {
                let missing = if name == "include" { Missing::Wrong } else { Missing::Allowed };
                // Without a pattern a directory stands for all files in it.
                for path in reading.included(&self.server_root.join(first), here, missing, Some("*")) {
                    self.read(reading, &path, Some(here));
                }
                return;
            }
            "define" => {
                let value = arguments(&text).into_iter().nth(1).unwrap_or_default();
                self.variables.insert(first, value);
                return;
            }
            "undefine" => {
                self.variables.remove(&first);
                return;
            }
            "loadmodule" => {
                self.modules.push(first);
                return;
            }
            "serverroot" => self.server_root = PathBuf::from(&first),
            "use" => reading.remark(here, "A macro is used here; what it brings is not seen."),
            _ => {}
        }
        let inner = self.sections.iter().find(|section| section.kind == Kind::Inner);
        if let Some(section) = inner {
            if name.starts_with("sslverify") || name.starts_with("sslcipher") {
                reading.remark(here, format!("{} holds in <{}> only, and is asked for by renegotiation.", setting.name, section.name));
            }
            return;
        }
        let directive = Directive { name, text, place: here.clone() };
        let in_host = self.sections.iter().any(|section| section.kind == Kind::Host);
        match self.hosts.last_mut().filter(|_| in_host) {
            Some(host) => host.directives.push(directive),
            None => self.server.directives.push(directive),
        }
    }

    /// Replaces `${name}`; what is not defined stays, as in Apache.
    fn replaced(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let Some((name, behind)) = after.split_once('}') else { break };
            out.push_str(before);
            match self.variables.get(name) {
                Some(value) => out.push_str(value),
                None => out.push_str(&format!("${{{name}}}")),
            }
            rest = behind;
        }
        out.push_str(rest);
        out
    }
}

fn last_line(document: &Document) -> Place {
    place(document, document.entries.last().map_or(1, |entry| entry.line))
}
