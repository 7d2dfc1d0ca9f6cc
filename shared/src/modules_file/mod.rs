//! pkcs11.txt, the list of PKCS#11 modules of an NSS database, as text: read, edited, written with every byte kept that is not changed.
//!
//! NSS reads stanzas of `key=value` lines separated by empty lines. Keys it does not know, comments and stanzas that are no module stay
//! where they are: another version of NSS, or another program, wrote them for a reason.

mod arguments;
mod fips;
mod slots;

use std::fmt;

pub use arguments::Arguments;
pub use slots::{MECHANISMS, SlotFlags, mechanism_names, slot_flag};

/// Most octets of a line: NSS reads lines into a buffer of 2,048.
const LONGEST_LINE: usize = 2_000;

/// Why the file is not changed as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModulesFileError {
    /// A module of this name is in the file.
    #[error("a module named {0:?} is in the list already")]
    NameTaken(String),
    /// No module of this name is in the file.
    #[error("no module named {0:?} is in the list")]
    NotFound(String),
    /// A value that a line of the file cannot hold.
    #[error("{field} {reason}")]
    Unwritable {
        /// `name`, `library`, `parameters`.
        field: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
}

/// One module, or what stands where a module could.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stanza {
    /// Lines with their ends.
    lines: Vec<String>,
}

impl Stanza {
    fn position(&self, key: &str) -> Option<usize> {
        self.lines.iter().position(|line| split(line).is_some_and(|(found, _)| found.eq_ignore_ascii_case(key)))
    }

    /// The value of a key; NSS takes it up to the end of the line, without quotes.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<&str> {
        let line = self.lines.get(self.position(key)?)?;
        split(line).map(|(_, value)| unquoted(value))
    }

    /// Name of the module.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.value("name").filter(|name| !name.is_empty())
    }

    /// Path of the library; absent for the module that is part of NSS.
    #[must_use]
    pub fn library(&self) -> Option<&str> {
        self.value("library").filter(|library| !library.is_empty())
    }

    /// What is handed to the library when it is initialised.
    #[must_use]
    pub fn parameters(&self) -> Option<&str> {
        self.value("parameters").filter(|parameters| !parameters.is_empty())
    }

    /// Whether it is the module that is part of NSS.
    #[must_use]
    pub fn is_internal(&self) -> bool {
        self.name().is_some() && self.library().is_none()
    }

    /// What NSS notes about the module: order, flags, slots.
    #[must_use]
    pub fn notes(&self) -> Arguments {
        Arguments::parse(self.value("NSS").unwrap_or_default())
    }

    /// The flags of each slot that the file says something about, by slot number.
    #[must_use]
    pub fn slots(&self) -> Vec<SlotFlags> {
        slots::read(&self.notes())
    }

    /// Changes the flags of slots; those that are not named stay as they are. A note that says nothing any more goes.
    pub fn set_slots(&mut self, changed: &[SlotFlags]) {
        let mut notes = self.notes();
        slots::write(&mut notes, changed);
        self.set("NSS", &notes.to_string());
    }

    fn set(&mut self, key: &str, value: &str) {
        let ending = self.lines.iter().find_map(|line| ending(line)).unwrap_or("\n");
        match (self.position(key), value.trim().is_empty()) {
            (Some(place), true) => {
                self.lines.remove(place);
            }
            (Some(place), false) => {
                if let Some(line) = self.lines.get_mut(place) {
                    let key = split(line).map_or(key, |(found, _)| found).to_owned();
                    *line = format!("{key}={value}{ending}");
                }
            }
            (None, true) => {}
            (None, false) => {
                if let Some(last) = self.lines.last_mut()
                    && self::ending(last).is_none()
                {
                    last.push_str(ending);
                }
                self.lines.push(format!("{key}={value}{ending}"));
            }
        }
    }
}

impl fmt::Display for Stanza {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|line| formatter.write_str(line))
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// Empty lines.
    Space(String),
    Stanza(Stanza),
}

/// The whole file. What is printed is what was parsed, until it is changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ModulesFile {
    parts: Vec<Part>,
}

impl ModulesFile {
    /// Reads the text; there is no text that cannot be read.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut parts: Vec<Part> = Vec::new();
        for line in text.split_inclusive('\n') {
            let empty = matches!(line, "\n" | "\r\n");
            match (parts.last_mut(), empty) {
                (Some(Part::Space(space)), true) => space.push_str(line),
                (Some(Part::Stanza(stanza)), false) => stanza.lines.push(line.to_owned()),
                (_, true) => parts.push(Part::Space(line.to_owned())),
                (_, false) => parts.push(Part::Stanza(Stanza { lines: vec![line.to_owned()] })),
            }
        }
        Self { parts }
    }

    /// The modules in their order. Stanzas without a name are none.
    pub fn modules(&self) -> impl Iterator<Item = &Stanza> {
        self.parts.iter().filter_map(|part| match part {
            Part::Stanza(stanza) if stanza.name().is_some() => Some(stanza),
            _ => None,
        })
    }

    /// The module of this name, letter for letter.
    #[must_use]
    pub fn module(&self, name: &str) -> Option<&Stanza> {
        self.modules().find(|stanza| stanza.name() == Some(name))
    }

    /// The module of this name, to be changed.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn module_mut(&mut self, name: &str) -> Result<&mut Stanza, ModulesFileError> {
        let found = self.parts.iter_mut().find_map(|part| match part {
            Part::Stanza(stanza) if stanza.name() == Some(name) => Some(stanza),
            _ => None,
        });
        found.ok_or_else(|| ModulesFileError::NotFound(name.to_owned()))
    }

    /// Adds a module at the end.
    ///
    /// # Errors
    /// `NameTaken`, whatever the case of the letters; `Unwritable`.
    pub fn add(&mut self, name: &str, library: &str, parameters: Option<&str>) -> Result<(), ModulesFileError> {
        if self.modules().any(|stanza| stanza.name().is_some_and(|taken| taken.eq_ignore_ascii_case(name))) {
            return Err(ModulesFileError::NameTaken(name.to_owned()));
        }
        check("name", name)?;
        check("library", library)?;
        let mut lines = vec![format!("library={library}\n"), format!("name={name}\n")];
        if let Some(parameters) = parameters {
            check("parameters", parameters)?;
            lines.push(format!("parameters={parameters}\n"));
        }
        if !self.parts.is_empty() && !self.ends_with_space() {
            let whole = self.to_string();
            self.parts.push(Part::Space(if whole.ends_with('\n') { "\n" } else { "\n\n" }.to_owned()));
        }
        self.parts.push(Part::Stanza(Stanza { lines }));
        self.parts.push(Part::Space("\n".to_owned()));
        Ok(())
    }

    fn ends_with_space(&self) -> bool {
        matches!(self.parts.last(), Some(Part::Space(_)))
    }

    /// Takes a module out, with the empty line after it.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn remove(&mut self, name: &str) -> Result<Stanza, ModulesFileError> {
        let place = self.parts.iter().position(|part| matches!(part, Part::Stanza(stanza) if stanza.name() == Some(name)));
        let place = place.ok_or_else(|| ModulesFileError::NotFound(name.to_owned()))?;
        let removed = self.parts.remove(place);
        if place > 0 && matches!(self.parts.get(place), Some(Part::Space(_))) {
            self.parts.remove(place);
        }
        match removed {
            Part::Stanza(stanza) => Ok(stanza),
            Part::Space(_) => Err(ModulesFileError::NotFound(name.to_owned())),
        }
    }
}

impl fmt::Display for ModulesFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| match part {
            Part::Space(space) => formatter.write_str(space),
            Part::Stanza(stanza) => stanza.fmt(formatter),
        })
    }
}

/// Whether a line can hold the value so that NSS reads it back.
fn check(field: &'static str, value: &str) -> Result<(), ModulesFileError> {
    let reason = if value.is_empty() {
        "is empty"
    } else if value.len() > LONGEST_LINE {
        "is longer than the 2,000 octets that NSS reads of a line"
    } else if value.chars().any(char::is_control) {
        "has control characters, which end a line of the file"
    } else if value != value.trim() {
        "begins or ends with a blank"
    } else if field != "parameters" && value.chars().any(|character| matches!(character, '"' | '\\')) {
        "has a quotation mark or a backslash, which NSS reads as something else"
    } else {
        return Ok(());
    };
    Err(ModulesFileError::Unwritable { field, reason })
}

/// Key and value of a line; a comment has none.
fn split(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_end_matches(['\n', '\r']);
    if line.starts_with('#') { None } else { line.split_once('=') }
}

fn ending(line: &str) -> Option<&'static str> {
    if line.ends_with("\r\n") {
        Some("\r\n")
    } else if line.ends_with('\n') {
        Some("\n")
    } else {
        None
    }
}

/// NSS takes a value that begins with a quotation mark as quoted.
fn unquoted(value: &str) -> &str {
    value.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BY_CERTUTIL: &str = "library=\nname=NSS Internal PKCS #11 Module\nparameters=configdir='sql:db' certPrefix='' keyPrefix='' \
        secmod='secmod.db' flags= updatedir='' \nNSS=Flags=internal,critical trustOrder=75 cipherOrder=100 \
        slotParams=(1={slotFlags=[ECC,RSA,RANDOM] askpw=any timeout=30})\n\n";

    #[test]
    fn what_is_parsed_is_printed() {
        for text in ["", "\n", "name=x", "# note\n\nlibrary=/x\r\nname=y\r\n\r\n\r\n", "\n\nnonsense\n=\n==\n", BY_CERTUTIL] {
            assert_eq!(ModulesFile::parse(text).to_string(), text);
        }
    }

    #[test]
    fn a_module_added_and_removed_leaves_the_file_as_it_was() {
        let mut file = ModulesFile::parse(BY_CERTUTIL);
        file.add("SoftHSM", "/usr/lib/softhsm/libsofthsm2.so", None).unwrap();
        let added = file.to_string();
        assert_eq!(added, format!("{BY_CERTUTIL}library=/usr/lib/softhsm/libsofthsm2.so\nname=SoftHSM\n\n"));
        assert_eq!(file.modules().count(), 2);
        assert!(file.modules().next().unwrap().is_internal());
        assert_eq!(file.add("softhsm", "/x", None), Err(ModulesFileError::NameTaken("softhsm".to_owned())));
        file.remove("SoftHSM").unwrap();
        assert_eq!(file.to_string(), BY_CERTUTIL);
        assert_eq!(file.remove("SoftHSM").unwrap_err(), ModulesFileError::NotFound("SoftHSM".to_owned()));
    }

    #[test]
    fn names_are_matched_as_a_whole() {
        let mut file = ModulesFile::parse("library=/a\nname=OpenSC\n\nlibrary=/b\nname=Open\n\n");
        file.remove("Open").unwrap();
        assert_eq!(file.to_string(), "library=/a\nname=OpenSC\n\n");
    }

    #[test]
    fn a_file_without_an_end_of_line_gets_one_before_the_next_module() {
        let mut file = ModulesFile::parse("library=/a\nname=A");
        file.add("B", "/b", Some("slots=1")).unwrap();
        assert_eq!(file.to_string(), "library=/a\nname=A\n\nlibrary=/b\nname=B\nparameters=slots=1\n\n");
    }

    #[rstest::rstest]
    #[case("", "/x")]
    #[case("a\nlibrary=/evil.so", "/x")]
    #[case("a", "/x\ny")]
    #[case(" a", "/x")]
    #[case("a\"b", "/x")]
    #[case("a", "/x\\y")]
    fn what_a_line_cannot_hold_is_refused(#[case] name: &str, #[case] library: &str) {
        let mut file = ModulesFile::parse(BY_CERTUTIL);
        assert!(matches!(file.add(name, library, None), Err(ModulesFileError::Unwritable { .. })));
        assert_eq!(file.to_string(), BY_CERTUTIL);
    }

    #[test]
    fn slots_are_disabled_and_enabled_and_unknown_lines_stay() {
        let text = "# ours\nlibrary=/x.so\nname=X\nvendor=kept as it is\n\n";
        let mut file = ModulesFile::parse(text);
        let slot = |flags: &[&str]| SlotFlags { slot: 0x72a0_d601, flags: flags.iter().map(|flag| (*flag).to_owned()).collect() };
        file.module_mut("X").unwrap().set_slots(&[slot(&["RSA", "Disable"])]);
        assert_eq!(
            file.to_string(),
            "# ours\nlibrary=/x.so\nname=X\nvendor=kept as it is\nNSS=slotParams={0x72a0d601=[slotFlags=RSA,Disable ] }\n\n"
        );
        assert_eq!(file.module("X").unwrap().slots(), vec![slot(&["RSA", "Disable"])]);
        file.module_mut("X").unwrap().set_slots(&[slot(&[])]);
        assert_eq!(file.to_string(), text);
    }
}
