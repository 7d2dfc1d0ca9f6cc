//! What is weak, wrong or unusual about a certificate, in words, with the name that zlint has for the same check.

mod key;
mod lifetime;
mod purpose;
mod structure;
mod zlint;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::view::{CertificateView, Word};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Nothing to do.
    Good,
    /// Worth knowing.
    Note,
    /// Will hurt soon, or somewhere.
    Warning,
    /// It does not work, or is not safe.
    Error,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// Stable name: `weak-key`.
    pub code: String,
    /// A sentence for people.
    pub words: String,
    /// The lint of zlint that checks the same: `e_ext_san_missing`.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub zlint: Option<Word>,
}

/// Everything there is to say, worst first.
#[must_use]
pub fn findings(view: &CertificateView, now: OffsetDateTime) -> Vec<Finding> {
    let mut findings = Findings(Vec::new());
    lifetime::check(view, now, &mut findings);
    key::check(view, &mut findings);
    purpose::check(view, &mut findings);
    structure::check(view, &mut findings);
    findings.0.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings.0
}

struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, severity: Severity, code: &str, words: &[&str]) {
        let zlint = zlint::of(code).map(Word::Borrowed);
        self.0.push(Finding { severity, code: code.to_owned(), words: words.concat(), zlint });
    }

    /// The same where the code alone does not tell the lint.
    fn add_as(&mut self, severity: Severity, code: &str, zlint: &'static str, words: &[&str]) {
        self.0.push(Finding { severity, code: code.to_owned(), words: words.concat(), zlint: Some(Word::Borrowed(zlint)) });
    }
}

/// A certificate that is clearly meant for a server, not one that merely is not restricted.
fn is_server(view: &CertificateView) -> bool {
    !view.is_ca() && view.extended_key_usage.as_ref().is_some_and(|usages| usages.iter().any(|usage| usage == "serverAuth"))
}

/// Whether an extension of this identifier is there; whether it is critical.
fn extension(view: &CertificateView, oid: &str) -> Option<bool> {
    view.extensions.iter().find(|extension| extension.oid == oid).map(|extension| extension.critical)
}
