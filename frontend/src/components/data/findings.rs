//! What is to be said of a certificate or a connection, with its grade.

use certdeck_shared::api::endpoint::{Finding, Grade};

use crate::components::icon::toned_glyph;
use crate::view::*;

/// Glyph, tone and word of a grade.
pub fn grade_mark(grade: Grade) -> (&'static str, &'static str, &'static str) {
    match grade {
        Grade::Bad => ("expired", "bad", "Bad"),
        Grade::Weak => ("soon", "warn", "Weak"),
        Grade::Note => ("info", "off", "Note"),
    }
}

/// Findings, the heaviest first.
pub fn findings(findings: &[Finding]) -> View {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| finding.grade);
    let rows: Vec<View> = sorted
        .into_iter()
        .map(|finding| {
            let (name, tone, word) = grade_mark(finding.grade);
            view! { <li>{toned_glyph(name, tone)}<span>{finding.words.clone()}</span><span class=["w ", tone].concat()>{word}</span></li> }
        })
        .collect();
    view! { <section class="sect"><h3>"To look at"</h3><ul class="checks">{rows}</ul></section> }
}
