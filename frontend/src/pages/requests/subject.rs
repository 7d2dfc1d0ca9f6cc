//! The subject of a new request.

use crate::view::*;

use super::draft::Draft;
use crate::components::form::faults::Faults;
use crate::components::x509::subject::{fault, subject_editor};
use crate::state::App;

/// The section.
pub fn section(app: App, draft: Draft, faults: Faults) -> View {
    let wrong = Signal::derive(move || fault(&draft.form()));
    view! {
        <section class="sect stack"><h3>"Subject"</h3>{subject_editor(app, draft.subject, wrong, faults)}</section>
    }
}
