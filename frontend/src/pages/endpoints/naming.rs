//! Where an endpoint comes from, what people call it, and how it goes.

use certdeck_shared::api::endpoint::{Endpoint, EndpointChange, EndpointSource};
use certdeck_shared::api::role::Right;

use super::watch::Watch;
use super::{acting, add::tags_of};
use crate::components::form::field::Field;
use crate::ids;
use crate::place::Place;
use crate::view::*;

/// Source, name, tags, and the way out.
pub fn about(watch: Watch, row: &Endpoint) -> View {
    let from = match &row.source {
        EndpointSource::Service { service, label, endpoint } => {
            let href = Place::Service(service.clone()).path();
            let words = [" has it as ", endpoint, ". It comes and goes with its configuration."].concat();
            view! { <p class="note"><a href=href>{label.clone()}</a>{words}</p> }
        }
        EndpointSource::Hand => view! { <p class="note">"Somebody added it by hand."</p> },
    };
    let tags: Vec<View> = row.tags.iter().map(|tag| view! { <span class="tag">{tag.clone()}</span> }).collect();
    let tags = (!tags.is_empty()).then(|| view! { <p class="row wrap tight">{tags}</p> });
    let (named, gone) = (form(watch, row), StoredValue::new(row.clone()));
    view! {
        <section class="sect stack">
            <h3>"About it"</h3>
            {from}
            {tags}
            {named}
            {when(move || watch.admin.get(), move || acting::remove(watch, &gone.get_value()))}
        </section>
    }
}

fn form(watch: Watch, row: &Endpoint) -> View {
    let label = RwSignal::new(row.label.clone().unwrap_or_default());
    let tags = RwSignal::new(row.tags.join(", "));
    let faults = watch.acting.faults;
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let change = EndpointChange {
            label: Some(label.get_untracked().trim().to_owned()),
            tags: Some(tags_of(&tags.get_untracked())),
            ..EndpointChange::default()
        };
        acting::change(watch, change, "Saved");
    };
    let fields = move || {
        view! {
            <details class="more">
                <summary>"Name and tags"</summary>
                <form class="stack" on:submit=submit>
                    {Field::text(ids::ENDPOINT_OWN_LABEL, "Name for people", label).faults(faults, "/label").view()}
                    {Field::text(ids::ENDPOINT_OWN_TAGS, "Tags", tags).hint("Words with commas between them.").faults(faults, "/tags").view()}
                    <div class="row">{watch.acting.button("check", "Save", Signal::stored(true))}</div>
                </form>
            </details>
        }
    };
    when(move || watch.app.may_somewhere(Right::Watch), fields)
}
