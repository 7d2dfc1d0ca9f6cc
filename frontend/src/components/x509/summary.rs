//! What is said of a certificate at the top: verdict in words, and what else is to be said beside it.

use crate::view::*;
use certdeck_shared::x509::lint::{Finding, Severity, findings};
use certdeck_shared::x509::verdict::Verdict;

use crate::components::icon::{glyph as icon_glyph, toned_glyph};
use crate::state::clock;
use crate::state::row::Row;

/// Glyph and tone of a severity.
pub fn severity_mark(severity: Severity) -> (&'static str, &'static str) {
    match severity {
        Severity::Good => ("ok", "ok"),
        Severity::Note => ("info", "live"),
        Severity::Warning => ("soon", "warn"),
        Severity::Error => ("expired", "bad"),
    }
}

/// The sentence: what stands before the first comma or full stop is strong.
pub fn verdict_line(verdict: &Verdict, life_glyph: &'static str) -> View {
    let (glyph, tone) = severity_mark(verdict.severity);
    let glyph = if verdict.words.starts_with("Expires") { life_glyph } else { glyph };
    let cut = verdict.words.find([',', '.']).unwrap_or(verdict.words.len());
    let (strong, rest) = verdict.words.split_at(cut);
    view! { <p class=["verdict ", tone].concat()>{icon_glyph(glyph)}<span><b>{strong.to_owned()}</b>{rest.to_owned()}</span></p> }
}

/// Findings of lint that the verdict has not said already.
pub fn remarks(row: &Row, now: i64) -> Vec<Finding> {
    let Ok(view) = &row.view else { return Vec::new() };
    let said = ["expired", "expires-soon", "not-yet-valid", "validity", "due", "soon"];
    findings(view, clock::at(now))
        .into_iter()
        .filter(|finding| finding.severity > Severity::Good && !said.contains(&finding.code.as_str()))
        .collect()
}

/// The remarks as a list of checks.
pub fn remark_list(remarks: Vec<Finding>) -> View {
    let lines: Vec<View> = remarks
        .into_iter()
        .map(|finding| {
            let (glyph, tone) = severity_mark(finding.severity);
            let word = match finding.severity {
                Severity::Error => "Fails",
                Severity::Warning => "Look",
                _ => "Note",
            };
            let lint = finding.zlint.map(|lint| view! { <code class="faint lint">{lint.into_owned()}</code> });
            view! { <li>{toned_glyph(glyph, tone)}<span>{finding.words}" "{lint}</span><span class=["w ", tone].concat()>{word}</span></li> }
        })
        .collect();
    view! { <ul class="checks">{lines}</ul> }
}
