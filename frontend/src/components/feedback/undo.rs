//! Right after something was done: one button that takes it back.

use crate::view::*;

use crate::components::form::submission::Submission;
use crate::components::icon::icon;
use crate::state::App;
use crate::transport::client;

/// The way back to the snapshot taken before; `words` say what is undone.
pub fn undo(app: App, db: String, snapshot: String, words: &'static str) -> View {
    let submission = Submission::new();
    let undone = RwSignal::new(false);
    let restore = move |_| {
        let (db, snapshot) = (db.clone(), snapshot.clone());
        submission.run(async move { client().restore(&db, &snapshot).await }, move |_| {
            undone.set(true);
            app.announce("Undone");
            app.refresh_databases();
            app.certificates.refresh(app);
        });
    };
    view! {
        {submission.faults.callout()}
        <div class="row">
            <button class="btn plain" type="button" disabled=move || undone.get() || submission.busy.get() on:click=restore>{icon("undo")}{move || if undone.get() { "Undone" } else { words }}</button>
        </div>
    }
}
