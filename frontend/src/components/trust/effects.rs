//! What the staged changes of trust would do: which certificates stop and which begin to be valid for what.

use crate::view::*;
use certdeck_shared::validation::Usage;

use crate::components::icon::toned_glyph;
use crate::pages::certificates::actions;
use crate::state::App;

/// The list; empty where no verdict changes.
pub fn effects(app: App) -> View {
    let lines = move || app.verifier.effects(app).into_iter().map(|(usage, begins, names)| line(usage, begins, &names)).collect::<Vec<_>>();
    view! { <ul class="staged-list effects" aria-label="What that does" aria-live="polite">{lines}</ul> }
}

/// `12 certificates stop being valid for TLS server: a, b and 10 more.`
pub(super) fn line(usage: Usage, begins: bool, names: &[String]) -> View {
    const SHOWN: usize = 4;
    let (glyph, tone) = if begins { ("ok", "ok") } else { ("soon", "warn") };
    let verb = match (begins, names.len()) {
        (false, 1) => " stops being valid for ",
        (false, _) => " stop being valid for ",
        (true, 1) => " becomes valid for ",
        (true, _) => " become valid for ",
    };
    let mut named = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        named.push_str(&[" and ", &(names.len() - SHOWN).to_string(), " more"].concat());
    }
    view! {
        <li>{toned_glyph(glyph, tone)}<span><b>{actions::counted(names.len(), "certificate")}{verb}{usage.words()}</b>": "{named}"."</span></li>
    }
}
