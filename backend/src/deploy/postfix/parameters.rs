//! What the parameters of Postfix come to: the last one of a name counts, `$name` stands for another value, and what is not set is Postfix's own.

use std::collections::HashMap;

use certdeck_shared::api::service::{Effective, Place};

use crate::deploy::adapter::built_in;
use crate::deploy::reading::place;
use crate::deploy::settings::Document;

/// How often a value may name another one.
const DEEPEST: usize = 20;

/// Parameters by name, each with the place that counts.
#[derive(Debug, Clone, Default)]
pub struct Parameters {
    values: HashMap<String, (String, Place)>,
}

impl Parameters {
    /// Those of a document.
    #[must_use]
    pub fn of(document: &Document) -> Self {
        let mut parameters = Self::default();
        for (setting, line) in document.settings() {
            parameters.set(&setting.name, &setting.text, place(document, line));
        }
        parameters
    }

    /// Sets one, as a later line or an override of `master.cf` does.
    pub fn set(&mut self, name: &str, text: &str, place: Place) {
        self.values.insert(name.to_owned(), (text.to_owned(), place));
    }

    /// The effective value, variables replaced: what is set, or Postfix's own; nothing for a name that is neither.
    #[must_use]
    pub fn effective(&self, name: &str) -> Option<Effective> {
        match self.values.get(name) {
            Some((text, place)) => Some(Effective { name: name.to_owned(), value: self.expand(text, 0)?, place: Some(place.clone()) }),
            None => Some(built_in(name, self.expand(default(name)?, 0)?)),
        }
    }

    /// The same, when it is not empty.
    #[must_use]
    pub fn given(&self, name: &str) -> Option<Effective> {
        self.effective(name).filter(|effective| !effective.value.is_empty())
    }

    /// The value alone; empty for what is not known.
    #[must_use]
    pub fn value(&self, name: &str) -> String {
        self.effective(name).map(|effective| effective.value).unwrap_or_default()
    }

    /// Where a parameter is set to something that cannot be made out.
    #[must_use]
    pub fn unclear(&self, name: &str) -> Option<&Place> {
        let (text, place) = self.values.get(name)?;
        self.expand(text, 0).is_none().then_some(place)
    }

    /// A text with its variables replaced; nothing when that cannot be made out.
    #[must_use]
    pub fn expanded(&self, text: &str) -> Option<String> {
        self.expand(text, 0)
    }

    /// Replaces `$name`, `${name}`, `$(name)`, `${name?text}` and `${name:text}`; nothing for comparisons and for what goes too deep.
    fn expand(&self, text: &str, depth: usize) -> Option<String> {
        if depth > DEEPEST {
            return None;
        }
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('$') {
            out.push_str(before);
            if let Some(after) = after.strip_prefix('$') {
                out.push('$');
                rest = after;
                continue;
            }
            let (inside, after) = variable(after)?;
            rest = after;
            let end = inside.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(inside.len());
            let (name, choice) = (inside.get(..end)?, inside.get(end..)?);
            let value = match self.values.get(name) {
                Some((text, _)) => self.expand(text, depth + 1)?,
                None => self.expand(default(name).unwrap_or_default(), depth + 1)?,
            };
            match choice.chars().next() {
                None => out.push_str(&value),
                Some('?') if !value.is_empty() => out.push_str(&self.expand(braced(choice.get(1..)?)?, depth + 1)?),
                Some(':') if value.is_empty() => out.push_str(&self.expand(braced(choice.get(1..)?)?, depth + 1)?),
                Some('?' | ':') => {}
                Some(_) => return None,
            }
        }
        out.push_str(rest);
        Some(out)
    }
}

/// What `$` stands before, and what follows.
fn variable(text: &str) -> Option<(&str, &str)> {
    let close = match text.chars().next()? {
        '{' => '}',
        '(' => ')',
        _ => {
            let end = text.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(text.len());
            return (end > 0).then(|| text.split_at(end));
        }
    };
    let open = text.chars().next()?;
    let mut depth = 0;
    for (at, letter) in text.char_indices() {
        if letter == open {
            depth += 1;
        } else if letter == close {
            depth -= 1;
            if depth == 0 {
                return Some((text.get(1..at)?, text.get(at + 1..)?));
            }
        }
    }
    None
}

/// `{text}` without its braces; `{a}:{b}`, which chooses between two, is not read.
fn braced(text: &str) -> Option<&str> {
    match text.strip_prefix('{') {
        Some(rest) => rest.strip_suffix('}').filter(|inside| !inside.contains(['{', '}'])),
        None => Some(text),
    }
}

/// What Postfix takes where nothing is set (postconf -d of 3.7 and later), for the parameters that are asked for.
fn default(name: &str) -> Option<&'static str> {
    Some(match name {
        "smtpd_tls_key_file" => "$smtpd_tls_cert_file",
        "smtpd_tls_eckey_file" => "$smtpd_tls_eccert_file",
        "smtpd_tls_dkey_file" => "$smtpd_tls_dcert_file",
        "smtpd_tls_cert_file"
        | "smtpd_tls_eccert_file"
        | "smtpd_tls_dcert_file"
        | "smtpd_tls_chain_files"
        | "smtpd_tls_CAfile"
        | "smtpd_tls_CApath"
        | "smtpd_tls_security_level"
        | "smtpd_tls_exclude_ciphers"
        | "tls_server_sni_maps"
        | "myhostname"
        | "multi_instance_name"
        | "multi_instance_directories" => "",
        "smtpd_use_tls"
        | "smtpd_enforce_tls"
        | "smtpd_tls_wrappermode"
        | "smtpd_tls_ask_ccert"
        | "smtpd_tls_req_ccert"
        | "tls_preempt_cipherlist" => "no",
        "smtpd_tls_protocols" | "smtpd_tls_mandatory_protocols" => ">=TLSv1",
        "smtpd_tls_ciphers" | "smtpd_tls_mandatory_ciphers" => "medium",
        "smtpd_tls_ccert_verifydepth" => "9",
        "inet_interfaces" => "all",
        "inet_protocols" => "all",
        _ => return None,
    })
}
