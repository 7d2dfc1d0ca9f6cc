//! The life cell: glyph, word, days, and how much of the life is used.

use crate::view::*;
use certdeck_shared::x509::life::{LifeState, life_at};

use crate::components::icon::toned_glyph;
use crate::state::clock;
use crate::state::row::Row;

/// How a certificate stands, for a list: glyph, tone, word, days, share of life used.
pub struct Standing {
    /// Name of the glyph.
    pub glyph: &'static str,
    /// Tone: `ok`, `warn`, `bad`, `off`.
    pub tone: &'static str,
    /// One word.
    pub word: &'static str,
    /// `12 d`.
    pub short: String,
    /// `expires in 12 days`.
    pub words: String,
    /// 0 to 1.
    pub used: f32,
}

/// How a certificate stands now. Distrust outweighs a long life.
pub fn standing(row: &Row, now: i64) -> Standing {
    let Ok(view) = &row.view else {
        return Standing {
            glyph: "expired",
            tone: "bad",
            word: "Unreadable",
            short: String::new(),
            words: "cannot be read".to_owned(),
            used: 0.0,
        };
    };
    let life = life_at(view.not_before, view.not_after, clock::at(now));
    let (glyph, tone, word) = match life.state {
        _ if row.entry.revocation.is_some() => ("expired", "bad", "Revoked"),
        LifeState::Expired => ("expired", "bad", "Expired"),
        _ if row.trust.is_distrusted() => ("expired", "bad", "Distrust"),
        LifeState::Due => ("due", "bad", "Due"),
        LifeState::Soon => ("soon", "warn", "Soon"),
        LifeState::NotYet => ("not-yet", "off", "Not yet"),
        LifeState::Valid => ("ok", "ok", "Valid"),
    };
    Standing { glyph, tone, word, short: life.short, words: life.words, used: life.used }
}

/// The cell. Calm states stay grey: only glyph and word carry colour, and only when something is to be done.
pub fn life_cell(row: &Row, now: i64) -> View {
    let standing = standing(row, now);
    let loud = matches!(standing.tone, "warn" | "bad");
    let tone = if loud { standing.tone } else { "muted" };
    let title = match &row.view {
        Ok(view) => [&standing.words, ", ", &clock::exact(view.not_after)].concat(),
        Err(reason) => reason.clone(),
    };
    let used = format!("{:.0}%", standing.used * 100.0);
    view! {
        <div class="life" title=title>
            {toned_glyph(standing.glyph, standing.tone)}
            <span class=tone>{standing.word}</span>
            <span class="n">{standing.short}</span>
            <svg class=["meter ", tone].concat() aria-hidden="true"><rect class="m0" width="100%" height="5" rx="2.5"></rect><rect class="m1" width=used height="5" rx="2.5"></rect></svg>
        </div>
    }
}
