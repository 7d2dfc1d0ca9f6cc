//! `/certificate-maps`: the maps of a file, and a certificate tried on them beside.

use certdeck_shared::api::certificate_map::{CertificateMaps, MapChange, MapChanges};
use certdeck_shared::certmap::{self, MapFile};

use super::add::add;
use super::maps::{findings, map_view};
use super::tried::{Trial, trial};
use crate::components::data::glass::{Action, glass};
use crate::components::feedback::{callout, empty};
use crate::components::form::field::Field;
use crate::components::form::submission::Submission;
use crate::components::icon::icon;
use crate::ids;
use crate::place::Place;
use crate::state::{App, use_app};
use crate::transport::client;
use crate::view::*;

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub struct Maps {
    pub app: App,
    /// What stands in the field.
    pub path: RwSignal<String>,
    /// The file as it is on the server.
    pub file: RwSignal<Option<CertificateMaps>>,
    /// Changes that are not written yet.
    pub staged: RwSignal<Vec<MapChange>>,
    /// Why the last change is not taken.
    pub refused: RwSignal<Option<String>>,
    reading: Submission,
    writing: Submission,
}

impl Maps {
    fn read(self) {
        let path = self.path.get_untracked().trim().to_owned();
        self.reading.run(async move { client().certificate_maps(&path).await }, move |file| {
            self.discard();
            self.file.set(Some(file));
        });
    }

    fn write(self) {
        let Some(file) = self.file.get_untracked() else { return };
        let changes = MapChanges { changes: self.staged.get_untracked() };
        let call = async move { client().change_certificate_maps(&file.path, &file.digest_sha256, &changes).await };
        self.writing.run(call, move |file| {
            self.discard();
            self.file.set(Some(file));
            self.app.announce("Written. The servers read the file when they start.");
        });
    }

    fn discard(self) {
        self.staged.set(Vec::new());
        self.refused.set(None);
        self.writing.faults.clear();
    }

    /// Takes a change, unless the file would not bear it.
    pub fn stage(self, change: MapChange) {
        let mut staged = self.staged.get_untracked();
        staged.push(change);
        let content = self.file.with_untracked(|file| file.as_ref().map(|file| file.content.clone())).unwrap_or_default();
        match certmap::with_changes(&content, &staged) {
            Ok(_) => {
                self.refused.set(None);
                self.staged.set(staged);
            }
            Err(why) => {
                self.refused.set(Some(why.to_string()));
                // What was typed is drawn anew as it is.
                self.staged.update(|_| {});
            }
        }
    }

    /// The file as it would be.
    fn drafted(self) -> Option<MapFile> {
        let text = self.file.with(|file| file.as_ref().map(|file| self.staged.with(|staged| certmap::with_changes(&file.content, staged))));
        MapFile::parse(&text?.ok()?).ok()
    }

    /// The file that is open, where one is.
    pub fn open_path(self) -> String {
        self.file.with(|file| file.as_ref().map(|file| file.path.clone())).unwrap_or_else(|| self.path.get().trim().to_owned())
    }
}

/// `/certificate-maps`, and `/certificate-maps/PATH` with the file open.
pub fn certificate_maps_page(path: String) -> View {
    let app = use_app();
    let given = !path.is_empty();
    let maps = Maps {
        app,
        path: RwSignal::new(path),
        file: RwSignal::new(None),
        staged: RwSignal::new(Vec::new()),
        refused: RwSignal::new(None),
        reading: Submission::new(),
        writing: Submission::new(),
    };
    if given {
        maps.read();
    }
    let tried = Trial::new(maps);
    let ready = Signal::derive(move || maps.path.with(|path| path.trim().starts_with('/')));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        maps.read();
    };
    view! {
        <div class="panes halves">
            <main class="pane" id=ids::MAIN tabindex="-1">
                <div class="pane-head"><a class="btn plain icon" href=Place::Services.path() aria-label="Back to the services">{icon("back")}</a>
                    <h2>"Certificate maps"</h2><span class="note wide-only">"Which entry of the directory a client's certificate leads to"</span></div>
                <div class="pane-body">
                    <form class="sect row wrap ends" on:submit=submit>
                        {Field::text(ids::MAPS_PATH, "certmap.conf on the server", maps.path).placeholder("/opt/SUNWmsgsr/config/certmap.conf").faults(maps.reading.faults, "/path").required().view()}
                        {maps.reading.button("search", "Open", ready)}
                    </form>
                    {maps.reading.faults.callout()}
                    {move || content(maps)}
                </div>
                {move || staged_bar(maps)}
                {glass(move || stands_for(maps, tried))}
            </main>
            {trial(tried)}
        </div>
    }
}

fn content(maps: Maps) -> View {
    let Some(file) = maps.drafted() else {
        let words =
            "Sun's servers and 389 Directory Server keep it in the directory of their configuration. Nothing changes before you write it.";
        return empty("No file is open", words, View::nothing());
    };
    let sections: Vec<View> = file.maps().iter().map(|map| map_view(maps, map)).collect();
    let refused = maps.refused.get().map(|words| callout("bad", words));
    view! {
        {refused}
        {findings(certmap::lint(&file))}
        {sections}
        {add(maps, &file)}
        <details class="sect"><summary>"The file"</summary><pre class="code" tabindex="0" aria-label="certmap.conf">{file.text().to_owned()}</pre></details>
    }
}

fn staged_bar(maps: Maps) -> View {
    let count = maps.staged.with(Vec::len);
    if count == 0 {
        return View::nothing();
    }
    let words = if count == 1 { "1 change is not written yet".to_owned() } else { format!("{count} changes are not written yet") };
    view! {
        <div class="pane-foot actions">
            {maps.writing.faults.callout()}
            <button class="btn primary" type="button" disabled=maps.writing.busy on:click=move |_| maps.write()>{icon("ok")}"Write the file"</button>
            <button class="btn" type="button" on:click=move |_| maps.discard()>"Discard"</button>
            <span class="note">{words}</span>
        </div>
    }
}

fn stands_for(maps: Maps, tried: Trial) -> Action {
    if let Some((body, searches)) = tried.asked() {
        return Action::TryCertificateMap { body, searches };
    }
    let (path, changes) = (maps.open_path(), maps.staged.get());
    if changes.is_empty() {
        Action::ShowCertificateMaps { path }
    } else {
        Action::ChangeCertificateMaps { path, body: MapChanges { changes } }
    }
}
