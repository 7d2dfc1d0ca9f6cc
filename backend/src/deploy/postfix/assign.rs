//! Gives parameters values where they count: in `main.cf` when all services that share a value want the new one, otherwise for each
//! service in `master.cf`.

use std::ops::Range;
use std::path::{Path, PathBuf};

use certdeck_shared::api::service::TlsMode;

use super::parameters::Parameters;
use super::{Service, UNCLEAR, logical, main_cf, master_cf};
use crate::deploy::change::{EditRefused, Edits};
use crate::deploy::drafts::Drafts;
use crate::deploy::reading::{Parser, place};
use crate::deploy::settings::{self, Document, Setting, What};
use crate::deploy::splice;
use crate::host::tree::Tree;

/// A parameter and the value that it shall have.
pub(super) struct Parameter<'a> {
    pub name: &'a str,
    pub value: &'a str,
    /// Whether a value says the same as another.
    pub same: fn(&str, &str) -> bool,
    pub sharing: Sharing,
}

impl<'a> Parameter<'a> {
    /// One that only services with TLS look at.
    pub(super) fn of_tls(name: &'a str, value: &'a str) -> Self {
        Self { name, value, same: str::eq, sharing: Sharing::WithTls }
    }

    /// The same for others.
    pub(super) fn shared(self, sharing: Sharing) -> Self {
        Self { sharing, ..self }
    }
}

/// Who takes a value from `main.cf`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sharing {
    /// Services that speak TLS.
    WithTls,
    /// All that receive mail.
    All,
    /// The client that sends mail, too: it is set in `master.cf` alone.
    Beyond,
}

/// The two files with the changes made so far.
pub(super) struct Configuration<'a> {
    directory: &'a Path,
    pub drafts: Drafts<'a>,
}

impl<'a> Configuration<'a> {
    /// Nothing changed yet.
    ///
    /// # Errors
    /// A line that Postfix would not take either.
    pub(super) fn over(tree: &'a Tree, directory: &'a Path) -> Result<Self, EditRefused> {
        let configuration = Self { directory, drafts: Drafts::over(tree) };
        for document in [configuration.main()?, configuration.master()?] {
            for entry in &document.entries {
                if let What::Unknown(words) = &entry.what {
                    return Err(EditRefused::at(&place(&document, entry.line), words));
                }
            }
        }
        Ok(configuration)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    fn read(&self, name: &str, parser: Parser) -> Result<Document, EditRefused> {
        self.drafts.document(&self.file(name), parser)
    }

    fn main(&self) -> Result<Document, EditRefused> {
        self.read("main.cf", main_cf::parse)
    }

    pub(super) fn master(&self) -> Result<Document, EditRefused> {
        self.read("master.cf", master_cf::parse)
    }

    pub(super) fn put_master(&mut self, bytes: Vec<u8>) -> Result<(), EditRefused> {
        self.drafts.put(&self.file("master.cf"), bytes)
    }

    /// Every line of `master.cf` as it would be.
    pub(super) fn services(&self) -> Result<Vec<Service>, EditRefused> {
        Ok(super::services(&self.master()?, &Parameters::of(&self.main()?)))
    }

    /// Those that are endpoints, in the order in which they were observed.
    pub(super) fn endpoints(&self) -> Result<Vec<Service>, EditRefused> {
        Ok(self.services()?.into_iter().filter(Service::is_endpoint).collect())
    }

    /// One endpoint.
    pub(super) fn endpoint(&self, at: usize) -> Result<Service, EditRefused> {
        self.endpoints()?.into_iter().nth(at).ok_or_else(|| EditRefused::because("master.cf is not what it was when it was read."))
    }

    /// The files that are other ones now.
    pub(super) fn finish(self) -> Edits {
        self.drafts.finish()
    }

    /// Gives a parameter a value for some endpoints and no others.
    ///
    /// # Errors
    /// A value that is not understood, or a service that cannot have one of its own.
    pub(super) fn assign(&mut self, endpoints: &[usize], parameter: &Parameter<'_>) -> Result<(), EditRefused> {
        for at in endpoints {
            let service = self.endpoint(*at)?;
            let master = self.master()?;
            if let Some(setting) = service.overriding(&master, parameter.name).filter(|_| !service.says(parameter)) {
                service.understood(parameter.name)?;
                self.put_master(with_value(master.bytes(), setting, parameter.value, &service.parameters, ","))?;
            }
        }
        let mut others = Vec::new();
        for at in endpoints {
            let service = self.endpoint(*at)?;
            if !service.says(parameter) {
                service.understood(parameter.name)?;
                others.push(*at);
            }
        }
        if others.is_empty() {
            return Ok(());
        }
        if !self.is_shared(endpoints, parameter)? {
            self.refuse_passed(endpoints, parameter)?;
            self.assign_for_all(parameter)?;
        } else {
            for at in &others {
                self.assign_alone(*at, parameter)?;
            }
        }
        Ok(())
    }

    /// Whether others would take the value as well if it stood in `main.cf`.
    fn is_shared(&self, endpoints: &[usize], parameter: &Parameter<'_>) -> Result<bool, EditRefused> {
        let master = self.master()?;
        let concerns = |service: &Service| match parameter.sharing {
            Sharing::WithTls => service.tls().0 != TlsMode::Off,
            Sharing::All | Sharing::Beyond => true,
        };
        let takes = |service: &Service| concerns(service) && service.overriding(&master, parameter.name).is_none();
        let mut others = self.endpoints()?.into_iter().enumerate().filter(|(at, _)| !endpoints.contains(at));
        Ok(parameter.sharing == Sharing::Beyond || others.any(|(_, service)| takes(&service)))
    }

    /// What postscreen hands on is received by an `smtpd` of its own, whose overrides count for those clients.
    fn refuse_passed(&self, endpoints: &[usize], parameter: &Parameter<'_>) -> Result<(), EditRefused> {
        let mut screened = false;
        for at in endpoints {
            screened |= self.endpoint(*at)?.field(6) == "postscreen";
        }
        let master = self.master()?;
        let differs = |service: &Service| {
            service.field(0) == "pass" && service.overriding(&master, parameter.name).is_some() && !service.says(parameter)
        };
        match self.services()?.into_iter().find(differs).filter(|_| screened) {
            Some(service) => {
                let words = format!("{} is set here for what postscreen hands on: change it by hand, or take it away.", parameter.name);
                Err(EditRefused::at(&service.place, words))
            }
            None => Ok(()),
        }
    }

    fn assign_for_all(&mut self, parameter: &Parameter<'_>) -> Result<(), EditRefused> {
        let main = self.main()?;
        let bytes = main.bytes();
        let line = format!("{} = {}", parameter.name, parameter.value);
        let near =
            |prefix: &str| main.entries.iter().rfind(|entry| matches!(&entry.what, What::Setting(one) if one.name.starts_with(prefix)));
        // The last one of a name counts.
        let changed = match main.settings().filter(|(setting, _)| setting.name == parameter.name).last() {
            Some((setting, _)) => with_value(bytes, setting, parameter.value, &Parameters::of(&main), ", "),
            None => match near("smtpd_tls_").or_else(|| near("smtpd_")) {
                Some(anchor) => splice::with_line_after(bytes, &anchor.span, &line),
                None => splice::with_line_at_end(bytes, &line),
            },
        };
        self.drafts.put(&self.file("main.cf"), changed)
    }

    fn assign_alone(&mut self, at: usize, parameter: &Parameter<'_>) -> Result<(), EditRefused> {
        let service = self.endpoint(at)?;
        if service.field(6) == "postscreen" {
            let cure = if parameter.sharing == Sharing::Beyond {
                "and so does the client that sends mail: change it by hand if both shall have it."
            } else {
                "and so do other services: choose all of them."
            };
            let words =
                format!("{} cannot be set for postscreen alone. Its TLS is made by tlsproxy, which reads main.cf, {cure}", parameter.name);
            return Err(EditRefused::at(&service.place, words));
        }
        let master = self.master()?;
        let bytes = master.bytes();
        let start = master.entries.get(service.entry).map_or(0, |entry| entry.span.start);
        let line = logical::lines(bytes).into_iter().find(|line| line.span.contains(&start)).and_then(|mut line| line.lines.pop());
        let Some(last) = line else { return Err(EditRefused::at(&service.place, "The line of the service is not found again.")) };
        let indent = if last.is_indented() { "" } else { "  " };
        let text = format!("{indent}-o {}={}", parameter.name, parameter.value);
        self.put_master(splice::with_line_after(bytes, &last.content, &text))
    }
}

impl Service {
    /// Where it overrides a parameter; the last one counts.
    pub(super) fn overriding<'a>(&self, master: &'a Document, name: &str) -> Option<&'a Setting> {
        let own = master.entries.iter().skip(self.entry + 1).take_while(|entry| !matches!(entry.what, What::Open(_)));
        let settings = own.filter_map(|entry| if let What::Setting(setting) = &entry.what { Some(setting) } else { None });
        settings.filter(|setting| setting.name == name).last()
    }

    fn says(&self, parameter: &Parameter<'_>) -> bool {
        self.parameters.unclear(parameter.name).is_none() && (parameter.same)(&self.parameters.value(parameter.name), parameter.value)
    }

    /// Refuses a value that cannot be made out.
    pub(super) fn understood(&self, name: &str) -> Result<(), EditRefused> {
        match self.parameters.unclear(name) {
            Some(place) => Err(EditRefused::at(place, format!("What {name} stands for {UNCLEAR}"))),
            None => Ok(()),
        }
    }
}

/// Another value for a setting: words that stay are not touched, and neither are comments between its lines.
fn with_value(bytes: &[u8], setting: &Setting, value: &str, parameters: &Parameters, separator: &str) -> Vec<u8> {
    let pieces = logical::pieces(bytes, &setting.value);
    let Some(first) = pieces.first() else {
        let spaced = settings::text(bytes, 0..setting.value.start).trim_end().ends_with(" =");
        return splice::replaced(bytes, &setting.value, &format!("{}{value}", if spaced { " " } else { "" }));
    };
    let old: Vec<Range<usize>> = pieces.iter().flat_map(|piece| words(bytes, piece)).collect();
    let new: Vec<&str> = value.split(is_between).filter(|word| !word.is_empty()).collect();
    let meant = |word: &Range<usize>| parameters.expanded(&settings::text(bytes, word.clone()));
    let one_for_one = old.iter().all(|word| meant(word).is_some_and(|text| !text.is_empty() && !text.contains(is_between)));
    let mut changed = bytes.to_vec();
    if let (true, Some(last)) = (one_for_one && old.len() <= new.len(), old.last()) {
        let more: String = new.iter().skip(old.len()).map(|word| format!("{separator}{word}")).collect();
        changed = splice::replaced(&changed, &(last.end..last.end), &more);
        // From behind, so that the places before stay.
        for (word, text) in old.iter().zip(&new).rev().filter(|(word, text)| meant(word).as_deref() != Some(**text)) {
            changed = splice::replaced(&changed, word, text);
        }
        return changed;
    }
    for piece in pieces.iter().skip(1).rev() {
        changed = splice::without(&changed, piece);
    }
    splice::replaced(&changed, first, value)
}

/// What stands between the words of a list.
pub(super) fn is_between(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | ',')
}

fn words(bytes: &[u8], piece: &Range<usize>) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    for at in piece.clone() {
        let between = bytes.get(at).is_none_or(|octet| is_between(char::from(*octet)));
        match words.last_mut().filter(|word| word.end == at) {
            _ if between => {}
            Some(word) => word.end = at + 1,
            None => words.push(at..at + 1),
        }
    }
    words
}
