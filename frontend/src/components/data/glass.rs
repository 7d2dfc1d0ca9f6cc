//! The glass box: the command lines and the REST call that an action stands for.

pub use certdeck_shared::glass::quoted;

use crate::view::*;

use super::copy::copy_wide;
use crate::components::icon::{icon, keys};
use crate::state::use_app;

/// One line of the box, with a remark behind it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// What to type; several physical lines are allowed.
    pub command: String,
    /// A remark, without its `#`.
    pub remark: String,
}

/// What an action stands for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Glass {
    /// `What Apply does`.
    pub title: String,
    /// Lines for certutil and its relatives.
    pub commands: Vec<Line>,
    /// Lines for curl.
    pub rest: Vec<Line>,
}

/// A line without a remark.
pub fn line(command: impl Into<String>) -> Line {
    Line { command: command.into(), remark: String::new() }
}

/// A line with a remark.
pub fn line_with(command: impl Into<String>, remark: impl Into<String>) -> Line {
    Line { command: command.into(), remark: remark.into() }
}

/// The drawer at the foot of a pane; open while `App::glass` says so.
pub fn glass(content: Memo<Glass>) -> View {
    let app = use_app();
    let rest = RwSignal::new(false);
    let lines = move || content.with(|glass| if rest.get() { glass.rest.clone() } else { glass.commands.clone() });
    let text = move || lines().iter().map(|line| line.command.clone()).collect::<Vec<_>>().join("\n");
    view! {
        {when(move || app.glass.get(), move || view! {
            <aside class="glass" aria-label="Command line">
                <header>
                    <h3>{icon("terminal")}{move || content.with(|glass| glass.title.clone())}</h3>
                    <div class="seg">
                        <button type="button" aria-pressed=move || (!rest.get()).to_string() on:click=move |_| rest.set(false)>"certutil"</button>
                        <button type="button" aria-pressed=move || rest.get().to_string() on:click=move |_| rest.set(true)>"REST"</button>
                    </div>
                    <span class="push row tight">
                        {copy_wide("Copy", text)}
                        <button class="btn plain icon" type="button" aria-label="Close the command line" on:click=move |_| app.glass.set(false)>{icon("close")}</button>
                        {keys("`")}
                    </span>
                </header>
                <pre tabindex="0">{move || lines().into_iter().map(shown).collect::<Vec<_>>()}</pre>
            </aside>
         })}
    }
}

fn shown(line: Line) -> View {
    let remark = (!line.remark.is_empty()).then(|| view! { <span class="c">{["   # ", &line.remark].concat()}</span> });
    view! { <span class="p">"$ "</span>{line.command}{remark}"\n" }
}

/// A curl line for a call of the REST interface at the console that this page comes from.
pub fn curl(method: &str, path: &str, body: Option<&str>) -> String {
    let origin = window().location().origin().unwrap_or_default();
    certdeck_shared::glass::curl(Some(&origin), method, path, body)
}
