//! What the pages before and just after signing in have in common: the form on the left, what comes next on the right.

use crate::view::*;

use crate::components::icon::icon;
use crate::components::layout::bar::toggle_theme;
use crate::ids;
use crate::state::use_app;

/// One way to begin.
pub struct Way {
    /// Icon.
    pub icon: &'static str,
    /// A verb and its object.
    pub title: &'static str,
    /// What it means.
    pub words: Signal<String>,
    /// Its key; empty for none.
    pub key: &'static str,
    /// Where it leads; `None` while it is not open yet.
    pub href: Signal<Option<String>>,
}

/// The whole window: a form, and beside it what comes after.
pub fn gate(form: View) -> View {
    let app = use_app();
    view! {
        <div class="gate">
            <main class="pane" id=ids::MAIN tabindex="-1">
                <div class="row gate-brand">
                    <svg viewBox="0 0 24 24" aria-hidden="true"><use href="#brand"></use></svg>
                    <b>"Certdeck"</b>
                    <button class="btn plain icon push" type="button" aria-label="Light or dark" on:click=move |_| toggle_theme(app)>{icon("theme")}</button>
                </div>
                {form}
            </main>
            <section class="pane quiet" aria-label="After signing in">
                {ghost("No database is open yet", "Open one and its certificates line up here by the day they expire. Opening changes nothing on disk.".into(), closed_ways())}
            </section>
        </div>
    }
}

/// A dashed box with an empty axis and the ways to begin.
pub fn ghost(title: &'static str, words: Signal<String>, ways: Vec<Way>) -> View {
    view! {
        <div class="ghost center">
            <div class="stack"><h2>{title}</h2><p class="muted">{move || words.get()}</p></div>
            {empty_axis()}
            <nav class="ways" aria-label="Ways to begin">{ways.into_iter().map(way).collect::<Vec<_>>()}</nav>
        </div>
    }
}

fn way(way: Way) -> View {
    let Way { icon: picture, title, words, key, href } = way;
    let content = move || {
        let key = (!key.is_empty()).then(|| view! { <kbd aria-hidden="true">{key}</kbd> });
        view! { {icon(picture)}<b>{title}</b><span class="note">{move || words.get()}</span>{key} }
    };
    let view = move || match href.get() {
        Some(href) => view! { <a href=href>{content()}</a> },
        None => view! { <span class="way">{content()}</span> },
    };
    view! { {view} }
}

/// What there will be to do; only the viewer needs no session.
fn closed_ways() -> Vec<Way> {
    let closed =
        |icon, title, words: &'static str| Way { icon, title, words: words.to_owned().into(), key: "", href: Signal::stored(None) };
    vec![
        closed("database", "Open a database", "A directory with cert9.db or cert8.db."),
        closed("plus", "Create one", "Owner, modes and password files included."),
        Way {
            icon: "file",
            title: "Look into a file",
            words: "PEM, DER or PKCS#7. It is read in this page and sent nowhere; no account needed.".to_owned().into(),
            key: "",
            href: Signal::stored(Some("/viewer".to_owned())),
        },
    ]
}

/// The expiry axis without a certificate.
fn empty_axis() -> View {
    let ticks = [("17%", "7 d"), ("33%", "30 d"), ("53%", "90 d"), ("75%", "1 y"), ("98%", "10 y")];
    let ticks: Vec<_> = ticks
        .into_iter()
        .map(|(at, words)| view! { <line class="grid" x1=at x2=at y1="10" y2="24"></line><text x=at y="39" text-anchor="middle">{words}</text> })
        .collect();
    view! {
        <figure class="axis">
            <svg role="img" aria-label="Expiry axis without certificates">
                <rect class="past" x="0" y="10" width="7%" height="14"></rect>
                {ticks}
                <line class="base" x1="0" x2="100%" y1="24.5" y2="24.5"></line>
                <text class="t-past" x="0" y="39">"past"</text>
                <line class="now" x1="7%" x2="7%" y1="4" y2="29"></line>
                <text class="t-now" x="7%" y="39" text-anchor="middle">"today"</text>
            </svg>
        </figure>
    }
}
