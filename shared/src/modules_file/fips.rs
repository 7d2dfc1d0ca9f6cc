//! The FIPS mode of the module that is part of NSS: another name, a flag and another number of its slot, as `modutil -fips` writes them.

use super::{Arguments, ModulesFile, ModulesFileError};

/// Name of the module in FIPS mode.
const FIPS_NAME: &str = "NSS Internal FIPS PKCS #11 Module";
/// And otherwise.
const USUAL_NAME: &str = "NSS Internal PKCS #11 Module";
/// The flag that NSS goes by.
const FLAG: &str = "FIPS";
/// Slot of the FIPS token, as the file writes it, and slot of the usual one (NSS's pkcs11i.h: `FIPS_SLOT_ID`, `NETSCAPE_SLOT_ID`).
const SLOTS: [&str; 2] = ["0x00000003", "0x00000001"];

impl ModulesFile {
    /// Whether NSS runs in FIPS mode with this database.
    #[must_use]
    pub fn is_fips(&self) -> bool {
        self.modules().find(|module| module.is_internal()).is_some_and(|module| flags(&module.notes()).any(is_fips_flag))
    }

    /// Switches FIPS mode on or off; the name of the module from now on.
    ///
    /// # Errors
    /// `NotFound` in a file without the module that is part of NSS.
    pub fn set_fips(&mut self, on: bool) -> Result<&'static str, ModulesFileError> {
        let name = self.modules().find(|module| module.is_internal()).and_then(|module| module.name()).map(str::to_owned);
        let module = self.module_mut(name.as_deref().unwrap_or(USUAL_NAME))?;
        let mut notes = module.notes();
        let mut kept: Vec<String> = flags(&notes).filter(|flag| !is_fips_flag(flag)).map(str::to_owned).collect();
        if on {
            // Where modutil puts it: behind `internal`.
            let place = kept.iter().position(|flag| flag.eq_ignore_ascii_case("internal")).map_or(0, |place| place + 1);
            kept.insert(place, FLAG.to_owned());
        }
        notes.set("Flags", kept.join(","));
        let mut slots = Arguments::parse(notes.value("slotParams").unwrap_or_default());
        let [fips, usual] = SLOTS;
        let (from, to) = if on { (usual, fips) } else { (fips, usual) };
        let short = from.trim_start_matches("0x0000000");
        if let (Some(raw), true) = (notes.raw_value("slotParams"), slots.rename(from, to) || slots.rename(short, to)) {
            let brackets = (raw.chars().next(), raw.chars().last());
            if let (Some(open), Some(close)) = brackets {
                notes.set("slotParams", format!("{open}{slots}{close}"));
            }
        }
        module.set("NSS", &notes.to_string());
        let name = if on { FIPS_NAME } else { USUAL_NAME };
        module.set("name", name);
        Ok(name)
    }
}

fn flags(notes: &Arguments) -> impl Iterator<Item = &str> {
    notes.value("Flags").unwrap_or_default().split(',').map(str::trim).filter(|flag| !flag.is_empty())
}

fn is_fips_flag(flag: impl AsRef<str>) -> bool {
    flag.as_ref().eq_ignore_ascii_case(FLAG)
}

#[cfg(test)]
mod tests {
    use super::*;

    const USUAL: &str = "library=\nname=NSS Internal PKCS #11 Module\nparameters=configdir='sql:db' \nNSS=Flags=internal,critical trustOrder=75 \
        slotParams=(1={slotFlags=[ECC,RSA] askpw=any timeout=30})\n\nlibrary=/x.so\nname=X\n\n";

    #[test]
    fn the_mode_is_switched_on_and_off_and_the_rest_stays() {
        let mut file = ModulesFile::parse(USUAL);
        assert!(!file.is_fips());
        assert_eq!(file.set_fips(true), Ok(FIPS_NAME));
        assert!(file.is_fips());
        let text = file.to_string();
        assert!(text.contains("name=NSS Internal FIPS PKCS #11 Module\n") && text.contains("Flags=internal,FIPS,critical trustOrder=75"));
        assert!(text.contains("slotParams=(0x00000003={slotFlags=[ECC,RSA] askpw=any timeout=30})"), "{text}");
        assert_eq!(file.set_fips(false), Ok(USUAL_NAME));
        assert!(!file.is_fips());
        assert_eq!(file.to_string(), USUAL.replace("(1=", "(0x00000001="));
    }

    #[test]
    fn what_modutil_writes_is_understood() {
        let text = "library=\nname=NSS Internal FIPS PKCS #11 Module\nNSS=slotParams={0x00000003=[slotFlags=RSA ] }  Flags=internal,FIPS,critical\n\n";
        let mut file = ModulesFile::parse(text);
        assert!(file.is_fips());
        file.set_fips(false).unwrap();
        assert!(file.to_string().contains("slotParams={0x00000001=[slotFlags=RSA ] }  Flags=internal,critical\n"), "{file}");
        assert!(matches!(ModulesFile::default().set_fips(true), Err(ModulesFileError::NotFound(_))));
    }
}
