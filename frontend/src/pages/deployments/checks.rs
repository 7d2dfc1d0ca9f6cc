//! What was checked before: each in a sentence, with what it means where it is not simply good.

use crate::view::*;
use certdeck_shared::api::plan::{Check, CheckStanding};

use crate::components::icon::toned_glyph;

fn shape(standing: CheckStanding) -> (&'static str, &'static str, &'static str) {
    match standing {
        CheckStanding::Pass => ("ok", "ok", "Pass"),
        CheckStanding::Repaired => ("soon", "warn", "Repaired"),
        CheckStanding::Warn => ("soon", "warn", "Look"),
        CheckStanding::Fail => ("expired", "bad", "Stops"),
    }
}

/// The section of the checks: what stops the plan first, what is good last.
pub fn checks(mut checks: Vec<Check>) -> View {
    if checks.is_empty() {
        return View::nothing();
    }
    let count = |standing: CheckStanding| checks.iter().filter(|check| check.standing == standing).count();
    let counted = [
        (CheckStanding::Fail, "stop the plan"),
        (CheckStanding::Warn, "to look at"),
        (CheckStanding::Repaired, "repaired by this plan"),
        (CheckStanding::Pass, "pass"),
    ];
    let note: Vec<String> = counted
        .into_iter()
        .map(|(standing, words)| (count(standing), words))
        .filter(|(number, _)| *number > 0)
        .map(|(number, words)| format!("{number} {words}"))
        .collect();
    checks.sort_by_key(|check| match check.standing {
        CheckStanding::Fail => 0,
        CheckStanding::Warn => 1,
        CheckStanding::Repaired => 2,
        CheckStanding::Pass => 3,
    });
    // What is good is there to be read, and does not stand before what changes.
    let (good, rest): (Vec<Check>, Vec<Check>) = checks.into_iter().partition(|check| check.standing == CheckStanding::Pass);
    let words = match good.len() {
        1 => "1 check passes".to_owned(),
        number => format!("{number} checks pass"),
    };
    let good = (!good.is_empty()).then(|| view! { <details class="more"><summary>{words}</summary>{list(good)}</details> });
    let rest = (!rest.is_empty()).then(|| list(rest));
    view! {
        <section class="sect"><div class="sect-head"><h3>"Checks before"</h3><span class="note">{note.join(", ")}</span></div>{rest}{good}</section>
    }
}

fn list(checks: Vec<Check>) -> View {
    let rows: Vec<_> = checks
        .into_iter()
        .map(|check| {
            let (glyph, tone, word) = shape(check.standing);
            let note = check.note.map(|note| view! { <p class="note">{note}</p> });
            view! { <li>{toned_glyph(glyph, tone)}<span class="break">{check.words}</span><span class=["w ", tone].concat()>{word}</span>{note}</li> }
        })
        .collect();
    view! { <ul class="checks">{rows}</ul> }
}
