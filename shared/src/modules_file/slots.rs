//! The `slotParams` of a module: which slots are switched off, and what NSS uses them for by default.

use super::arguments::{Arguments, partner};

/// Switches a slot off.
const DISABLE: &str = "Disable";

/// Default mechanisms as modutil names them, with the word that the file has for each.
pub const MECHANISMS: [(&str, &str); 19] = [
    ("RSA", "RSA"),
    ("ECC", "ECC"),
    ("RC2", "RC2"),
    ("RC4", "RC4"),
    ("RC5", "RC5"),
    ("DES", "DES"),
    ("DH", "DH"),
    ("AES", "AES"),
    ("CAMELLIA", "Camellia"),
    ("SEED", "SEED"),
    ("SHA1", "SHA1"),
    ("SHA256", "SHA256"),
    ("SHA512", "SHA512"),
    ("MD5", "MD5"),
    ("MD2", "MD2"),
    ("SSL", "SSL"),
    ("TLS", "TLS"),
    ("RANDOM", "RANDOM"),
    ("FRIENDLY", "PublicCerts"),
];

/// The word of the file for a mechanism as modutil names it, whatever the case of its letters.
#[must_use]
pub fn slot_flag(mechanism: &str) -> Option<&'static str> {
    MECHANISMS.iter().find(|(name, _)| name.eq_ignore_ascii_case(mechanism)).map(|(_, flag)| *flag)
}

/// The names that modutil has for the words of the file; words it has none for stay as they are.
#[must_use]
pub fn mechanism_names(flags: &[String]) -> Vec<String> {
    let named = |flag: &String| {
        let known = MECHANISMS.iter().find(|(_, word)| word.eq_ignore_ascii_case(flag));
        known.map_or_else(|| flag.clone(), |(name, _)| (*name).to_owned())
    };
    flags.iter().filter(|flag| !flag.eq_ignore_ascii_case(DISABLE)).map(named).collect()
}

/// What the file says about one slot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SlotFlags {
    /// PKCS#11 slot number.
    pub slot: u64,
    /// Words: mechanisms, `PublicCerts`, `RANDOM`, `Disable`, and whatever else stands there.
    pub flags: Vec<String>,
}

impl SlotFlags {
    /// Whether the administrator has switched the slot off.
    #[must_use]
    pub fn is_disabled(&self) -> bool {
        self.flags.iter().any(|flag| flag.eq_ignore_ascii_case(DISABLE))
    }

    /// Switches the slot on or off.
    pub fn set_disabled(&mut self, disabled: bool) {
        self.flags.retain(|flag| !flag.eq_ignore_ascii_case(DISABLE));
        if disabled {
            self.flags.push(DISABLE.to_owned());
        }
    }

    /// Sets the default mechanisms, given as words of the file; words that are no mechanism stay.
    pub fn set_mechanisms(&mut self, words: &[&str]) {
        self.flags.retain(|flag| !MECHANISMS.iter().any(|(_, word)| word.eq_ignore_ascii_case(flag)));
        let kept = std::mem::take(&mut self.flags);
        self.flags = words.iter().map(|word| (*word).to_owned()).chain(kept).collect();
    }
}

/// A slot number as NSS reads it: decimal, `0x` hexadecimal, `0` octal.
fn number(text: &str) -> Option<u64> {
    if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        u64::from_str_radix(digits, 16).ok()
    } else if text.len() > 1 && text.starts_with('0') {
        u64::from_str_radix(text, 8).ok()
    } else {
        text.parse().ok()
    }
}

pub(super) fn read(notes: &Arguments) -> Vec<SlotFlags> {
    let Some(slots) = notes.value("slotParams").map(Arguments::parse) else { return Vec::new() };
    let read = |(label, value): (&str, &str)| {
        let flags = Arguments::parse(value).value("slotFlags").unwrap_or_default().to_owned();
        let flags = flags.split(',').map(str::trim).filter(|flag| !flag.is_empty()).map(str::to_owned).collect();
        Some(SlotFlags { slot: number(label)?, flags })
    };
    slots.pairs().filter_map(read).collect()
}

pub(super) fn write(notes: &mut Arguments, changed: &[SlotFlags]) {
    let raw = notes.raw_value("slotParams").unwrap_or("{}").to_owned();
    let open = raw.chars().next().filter(|letter| partner(*letter).is_some()).unwrap_or('{');
    let mut slots = Arguments::parse(notes.value("slotParams").unwrap_or_default());
    for one in changed {
        let present = slots.pairs().find(|(label, _)| number(label) == Some(one.slot)).map(|(label, _)| label.to_owned());
        let label = present.clone().unwrap_or_else(|| format!("{:#010x}", one.slot));
        let mut settings = Arguments::parse(slots.value(&label).unwrap_or_default());
        let outer = slots.raw_value(&label).and_then(|raw| raw.chars().next()).filter(|letter| partner(*letter).is_some());
        // A closing bracket ends the innermost value that it fits, so every level has another kind.
        let outer = outer.filter(|letter| *letter != open).unwrap_or(if open == '[' { '{' } else { '[' });
        if one.flags.is_empty() {
            settings.remove("slotFlags");
        } else {
            let bracketed = settings.raw_value("slotFlags").is_some_and(|raw| raw.starts_with('[')) && outer != '[';
            let list = one.flags.join(",");
            settings.set("slotFlags", if bracketed { format!("[{list}]") } else { list });
        }
        if settings.is_empty() {
            slots.remove(&label);
        } else {
            let text = settings.to_string();
            let text = text.trim();
            let pad = if outer == '[' { " " } else { "" };
            slots.set(&label, format!("{outer}{text}{pad}{}", partner(outer).unwrap_or(']')));
        }
    }
    if slots.is_empty() {
        notes.remove("slotParams");
    } else {
        let text = slots.to_string();
        let text = text.trim();
        let pad = if open == '{' { " " } else { "" };
        notes.set("slotParams", format!("{open}{text}{pad}{}", partner(open).unwrap_or('}')));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_styles_of_the_file_are_read() {
        let internal = Arguments::parse("Flags=internal slotParams=(1={slotFlags=[ECC,RSA,RANDOM] askpw=any timeout=30})");
        assert_eq!(read(&internal)[0].slot, 1);
        assert_eq!(read(&internal)[0].flags, ["ECC", "RSA", "RANDOM"]);
        let by_modutil = Arguments::parse("slotParams={0x72a0d601=[slotFlags=RSA,AES,Disable,RANDOM ] 0x00000001=[slotFlags=Disable ] }  ");
        let slots = read(&by_modutil);
        assert_eq!((slots[0].slot, slots[1].slot), (0x72a0_d601, 1));
        assert!(slots[0].is_disabled() && slots[1].is_disabled());
        assert_eq!(mechanism_names(&slots[0].flags), ["RSA", "AES", "RANDOM"]);
    }

    #[test]
    fn settings_of_the_internal_module_that_are_not_flags_stay() {
        let mut notes = Arguments::parse("Flags=internal slotParams=(1={slotFlags=[DSA,RSA,RANDOM] askpw=any timeout=30})");
        let mut slot = read(&notes).remove(0);
        slot.set_mechanisms(&["AES", "PublicCerts"]);
        write(&mut notes, &[slot]);
        assert_eq!(notes.to_string(), "Flags=internal slotParams=(1={slotFlags=[AES,PublicCerts,DSA] askpw=any timeout=30})");
    }

    #[test]
    fn numbers_are_read_as_in_c() {
        assert_eq!((number("10"), number("0x10"), number("010"), number("0"), number("x")), (Some(10), Some(16), Some(8), Some(0), None));
    }
}
