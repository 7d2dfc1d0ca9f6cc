//! All directives in the order Apache reads them: includes followed, `<IfModule>`, `<IfDefine>` and `<IfFile>` decided, variables replaced.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use certdeck_shared::api::service::Place;

use super::scope::{Directive, Host, Scope, Unclear};
use super::syntax::{self, arguments};
use crate::deploy::reading::{Missing, Reading, place};
use crate::deploy::settings::{Document, Setting, What};

/// Modules that Debian and Red Hat build in.
const BUILT_IN: [&str; 8] =
    ["core_module", "so_module", "http_module", "watchdog_module", "log_config_module", "logio_module", "version_module", "unixd_module"];

/// What Apache knows after it has read its configuration.
pub struct Walk {
    /// Outside of virtual hosts.
    pub server: Scope,
    hosts: Vec<Scope>,
    nothing: Scope,
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
    entry: usize,
    /// Whether its content holds is not in the configuration.
    unclear: bool,
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
        Self {
            server: Scope::default(),
            hosts: Vec::new(),
            nothing: Scope::default(),
            server_root,
            variables,
            modules,
            sections: Vec::new(),
        }
    }

    /// The virtual hosts over the server. The main server answers only where no virtual host does, and is the only one then.
    pub fn hosts(&self) -> impl Iterator<Item = Host<'_>> {
        let alone = self.hosts.is_empty().then_some(&self.nothing);
        self.hosts.iter().chain(alone).map(|own| Host { server: &self.server, own })
    }

    /// Reads a file and all that it includes; false when it cannot be read.
    pub fn read(&mut self, reading: &mut Reading<'_>, path: &Path, included: Option<&Place>) -> bool {
        let Some(document) = reading.begin(path, included, syntax::parse) else { return false };
        let before = self.sections.len();
        for (at, entry) in document.entries.iter().enumerate() {
            let here = place(&document, entry.line);
            match &entry.what {
                What::Quiet => {}
                What::Unknown(words) => {
                    reading.remark(&here, words);
                    self.note(None, &here, "A line is not understood.");
                }
                What::Open(section) => self.open(reading, section, &here, at),
                What::Close(name) => self.close(reading, name, &here, (before, at)),
                What::Setting(setting) => self.directive(reading, setting, &here, at),
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

    /// The virtual host that is open, or the server.
    fn scope(&mut self) -> &mut Scope {
        let in_host = self.sections.iter().any(|section| section.kind == Kind::Host);
        self.hosts.last_mut().filter(|_| in_host).unwrap_or(&mut self.server)
    }

    fn note(&mut self, name: Option<String>, here: &Place, words: &'static str) {
        self.scope().unclear.push(Unclear { name, place: here.clone(), words });
    }

    fn close(&mut self, reading: &mut Reading<'_>, name: &str, here: &Place, (before, at): (usize, usize)) {
        match self.sections.last() {
            Some(open) if self.sections.len() > before && open.name.eq_ignore_ascii_case(name) => {
                let (begin, is_host) = (open.entry, open.kind == Kind::Host);
                if is_host {
                    self.scope().entries = Some((begin, at));
                }
                self.sections.pop();
            }
            Some(open) if self.sections.len() > before => {
                let words = format!("</{name}> is met where <{}> is open.", open.name);
                reading.remark(here, words);
            }
            _ => reading.remark(here, format!("</{name}> closes nothing.")),
        }
    }

    fn open(&mut self, reading: &mut Reading<'_>, section: &Setting, here: &Place, entry: usize) {
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
                let depth = self.sections.len() + 1;
                self.hosts.push(Scope { addresses: arguments(&text), place: Some(here.clone()), depth, ..Scope::default() });
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
        let unclear = ["ifdefine", "ifdirective", "ifsection", "ifversion"].contains(&section.name.to_ascii_lowercase().as_str());
        self.sections.push(Section { name: section.name.clone(), kind, entry, unclear });
    }

    fn directive(&mut self, reading: &mut Reading<'_>, setting: &Setting, here: &Place, entry: usize) {
        let name = setting.name.to_ascii_lowercase();
        let decided_later = self.sections.iter().any(|section| section.unclear);
        if decided_later && (name.starts_with("ssl") || name == "listen") {
            self.note(Some(name.clone()), here, "Whether it holds is decided when Apache is started.");
        }
        if !self.holds() {
            return;
        }
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
            "use" => {
                reading.remark(here, "A macro is used here; what it brings is not seen.");
                self.note(None, here, "A macro is used here; what it brings is not seen.");
            }
            _ => {}
        }
        let inner = self.sections.iter().find(|section| section.kind == Kind::Inner);
        if let Some(section) = inner {
            if name.starts_with("sslverify") || name.starts_with("sslcipher") {
                reading.remark(here, format!("{} holds in <{}> only, and is asked for by renegotiation.", setting.name, section.name));
            }
            return;
        }
        let directive = Directive { name, text, place: here.clone(), entry, depth: self.sections.len() };
        self.scope().directives.push(directive);
    }

    /// Whether a module is loaded or built in, by its identifier or its file.
    #[must_use]
    pub fn has_module(&self, wanted: &str) -> bool {
        // By identifier (`ssl_module`) or by file (`mod_ssl.c`).
        let by_file = wanted.strip_suffix(".c").map(|file| format!("{}_module", file.strip_prefix("mod_").unwrap_or(file)));
        let wanted = by_file.as_deref().unwrap_or(wanted);
        self.modules.iter().any(|module| module == wanted)
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
