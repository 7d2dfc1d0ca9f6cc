//! All servers of nginx's configuration, each with the blocks round it.

use std::path::{Path, PathBuf};

use certdeck_shared::api::service::{Place, TlsMode};

use super::syntax::{self, arguments};
use crate::deploy::adapter::ObserveError;
use crate::deploy::reading::{Missing, Reading, place};
use crate::deploy::settings::What;

/// A directive and its arguments.
#[derive(Debug, Clone)]
pub struct Directive {
    /// Its name.
    pub name: String,
    /// Its arguments, without quotes.
    pub arguments: Vec<String>,
    /// Where it is.
    pub place: Place,
    /// Which of the entries of its file it is.
    pub entry: usize,
}

impl Directive {
    /// Whether it is this one: the same entry of the same file.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.entry == other.entry && self.place.file == other.place.file
    }

    /// Its first argument.
    #[must_use]
    pub fn first(&self) -> &str {
        self.arguments.first().map_or("", String::as_str)
    }
}

/// A block that is open, or was.
#[derive(Debug, Clone)]
pub struct Block {
    /// Its name.
    pub name: String,
    /// Where it begins.
    pub place: Place,
    /// The directives right in it.
    pub directives: Vec<Directive>,
    /// The entries of its file that it begins and ends with; the latter once it has ended.
    pub entries: (usize, Option<usize>),
}

impl Block {
    /// All directives of a name.
    pub fn all(&self, name: &str) -> impl DoubleEndedIterator<Item = &Directive> {
        self.directives.iter().filter(move |directive| directive.name == name)
    }
}

/// A `server` with the blocks round it, the outermost first.
#[derive(Debug, Clone)]
pub struct Server {
    /// Main, `http`, `stream` or `mail`, and the server.
    pub blocks: Vec<Block>,
}

impl Server {
    /// The server's own block.
    #[must_use]
    pub fn own(&self) -> Option<&Block> {
        self.blocks.last()
    }

    /// The innermost block that has directives of this name, and those.
    #[must_use]
    pub fn all(&self, name: &str) -> Vec<&Directive> {
        let block = self.blocks.iter().rev().find(|block| block.all(name).next().is_some());
        block.map(|block| block.all(name).collect()).unwrap_or_default()
    }

    /// The arguments of the last directive of a name.
    #[must_use]
    pub fn words(&self, name: &str) -> Option<String> {
        Some(self.all(name).pop()?.arguments.join(" "))
    }

    /// Addresses that it listens at, with their ports.
    #[must_use]
    pub fn addresses(&self) -> Vec<String> {
        let listens = self.own().into_iter().flat_map(|own| own.all("listen"));
        let mut addresses: Vec<String> = listens.filter_map(|listen| listen.arguments.first()).map(|address| shown(address)).collect();
        if addresses.is_empty() && self.family() == "http" {
            addresses.push("*:80".to_owned());
        }
        addresses
    }

    /// `http`, `stream` or `mail`.
    #[must_use]
    pub fn family(&self) -> &str {
        self.blocks.get(1).map(|block| block.name.as_str()).unwrap_or_default()
    }

    /// How TLS begins.
    #[must_use]
    pub fn tls(&self) -> TlsMode {
        let mut listens = self.own().into_iter().flat_map(|own| own.all("listen"));
        let secure = listens.any(|listen| listen.arguments.iter().skip(1).any(|word| word == "ssl" || word == "quic"));
        let old = self.words("ssl").is_some_and(|ssl| ssl == "on");
        let starttls = self.words("starttls").is_some_and(|starttls| matches!(starttls.as_str(), "on" | "only"));
        match (secure || old, starttls) {
            (true, _) => TlsMode::Implicit,
            (false, true) => TlsMode::Starttls,
            (false, false) => TlsMode::Off,
        }
    }
}

/// `443`, `*:443`, `example.org` and `[::]:443` with address and port.
fn shown(address: &str) -> String {
    if address.parse::<u16>().is_ok() {
        return format!("*:{address}");
    }
    let has_port = address.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    if has_port || address.starts_with("unix:") { address.to_owned() } else { format!("{address}:80") }
}

/// All servers of a configuration.
pub struct Walk {
    /// Where relative paths begin.
    pub base: PathBuf,
    /// The servers, in order.
    pub servers: Vec<Server>,
    /// What is not understood: nginx would not start with it.
    pub unknown: Option<(Place, String)>,
    /// The block round all servers for web sites, where there is one.
    pub http: Option<Block>,
    open: Vec<Block>,
}

impl Walk {
    /// Reads a configuration from its main file on.
    ///
    /// # Errors
    /// When that cannot be read.
    pub fn of(reading: &mut Reading<'_>, config: &Path) -> Result<Self, ObserveError> {
        let place = Place { file: config.display().to_string(), line: 1 };
        let main = Block { name: String::new(), place, directives: Vec::new(), entries: (0, None) };
        let base = config.parent().unwrap_or(Path::new("/")).to_owned();
        let mut walk = Self { base, servers: Vec::new(), unknown: None, http: None, open: vec![main] };
        if !walk.read(reading, config, None) {
            return Err(ObserveError::Unreadable(reading.remarks.pop().map(|remark| remark.words).unwrap_or_default()));
        }
        Ok(walk)
    }

    fn wrong(&mut self, reading: &mut Reading<'_>, here: &Place, words: &str) {
        reading.remark(here, words);
        self.unknown.get_or_insert_with(|| (here.clone(), words.to_owned()));
    }

    fn read(&mut self, reading: &mut Reading<'_>, path: &Path, included: Option<&Place>) -> bool {
        let Some(document) = reading.begin(path, included, syntax::parse) else { return false };
        let before = self.open.len();
        for (at, entry) in document.entries.iter().enumerate() {
            let here = place(&document, entry.line);
            match &entry.what {
                What::Quiet => {}
                What::Unknown(words) => self.wrong(reading, &here, words),
                What::Open(block) => {
                    let entries = (at, None);
                    self.open.push(Block { name: block.name.clone(), place: here, directives: Vec::new(), entries });
                }
                What::Close(_) if self.open.len() > before => self.close(Some(at)),
                What::Close(_) => self.wrong(reading, &here, "A } closes nothing."),
                What::Setting(setting) if setting.name == "include" => {
                    let pattern = self.base.join(arguments(&setting.text).into_iter().next().unwrap_or_default());
                    for path in reading.included(&pattern, &here, Missing::WrongByName, None) {
                        self.read(reading, &path, Some(&here));
                    }
                }
                What::Setting(setting) => {
                    let directive = Directive { name: setting.name.clone(), arguments: arguments(&setting.text), place: here, entry: at };
                    if let Some(block) = self.open.last_mut() {
                        block.directives.push(directive);
                    }
                }
            }
        }
        while self.open.len() > before {
            if let Some(block) = self.open.last() {
                let (place, words) = (block.place.clone(), format!("{} {{ is not closed.", block.name));
                self.wrong(reading, &place, &words);
            }
            self.close(None);
        }
        reading.end();
        true
    }

    fn close(&mut self, end: Option<usize>) {
        let Some(mut block) = self.open.pop() else { return };
        block.entries.1 = end;
        let outer: Vec<&str> = self.open.iter().map(|block| block.name.as_str()).collect();
        match block.name.as_str() {
            "server" if matches!(outer.as_slice(), ["", "http" | "stream" | "mail"]) => {
                let blocks = self.open.iter().cloned().chain([block]).collect();
                self.servers.push(Server { blocks });
            }
            name @ ("http" | "stream" | "mail") if outer == [""] => {
                // What stands behind a server holds for it as well.
                for server in self
                    .servers
                    .iter_mut()
                    .filter(|server| server.blocks.get(1).is_some_and(|outer| outer.name == name && outer.place == block.place))
                {
                    if let Some(outer) = server.blocks.get_mut(1) {
                        outer.clone_from(&block);
                    }
                }
                if name == "http" {
                    self.http = Some(block);
                }
            }
            _ => {}
        }
    }
}
