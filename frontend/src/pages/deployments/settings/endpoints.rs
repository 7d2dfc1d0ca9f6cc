//! Which endpoints a setting is for, with what is so at each of them now.

use crate::view::*;
use certdeck_shared::api::service::{Effective, EndpointOutline, ServiceOutline, TlsMode};
use certdeck_shared::service_settings::ServiceSettings;

use super::{Card, Wishes};
use crate::components::form::field::tick;
use crate::components::icon::glyph;

/// The endpoints of a card.
#[derive(Clone, Copy)]
pub struct Endpoints {
    wishes: Wishes,
    card: Card,
    /// Names; all with TLS when empty.
    pub chosen: RwSignal<Vec<String>>,
    /// Each endpoint with TLS, and its present setting in words.
    known: StoredValue<Vec<(String, String)>>,
    /// Whether they can differ.
    differ: bool,
}

impl Endpoints {
    /// All of them; `present` is the setting that the card is about.
    pub fn new(
        wishes: Wishes,
        card: Card,
        settings: &ServiceSettings,
        outline: &ServiceOutline,
        present: fn(&EndpointOutline) -> Option<&Effective>,
    ) -> Self {
        let secure = outline.endpoints.iter().filter(|endpoint| endpoint.tls != TlsMode::Off);
        let words = |endpoint: &EndpointOutline| present(endpoint).map(|effective| effective.value.clone()).unwrap_or_default();
        let known: Vec<(String, String)> = secure.map(|endpoint| (endpoint.name.clone(), words(endpoint))).collect();
        let differ = settings.for_endpoints && known.len() > 1;
        Self { wishes, card, chosen: RwSignal::new(Vec::new()), known: StoredValue::new(known), differ }
    }

    /// A box for each endpoint where they can differ; otherwise what is so now.
    pub fn view(self) -> View {
        let pointer = self.card.pointer("endpoints");
        self.wishes.faults.covers(&pointer);
        let fault = move || {
            let words = self.wishes.faults.at(&pointer);
            words.map(|words| view! { <p class="note row tight bad" role="alert">{glyph("expired")}<span>{words}</span></p> })
        };
        let known = self.known.get_value();
        if !self.differ {
            let now: Vec<String> = known.into_iter().map(|(_, now)| now).filter(|now| !now.is_empty()).collect();
            let now = now.first().map(|now| view! { <p class="note break">"Now: "<code>{now.clone()}</code></p> });
            return view! { <div>{now}{fault}</div> };
        }
        let boxes: Vec<View> = known
            .into_iter()
            .map(|(name, now)| {
                let now = (!now.is_empty()).then(|| view! { <span class="note break">"now "<code>{now}</code></span> });
                tick(name.clone(), self.chosen, view! { <span class="break">{name}</span>{now} })
            })
            .collect();
        view! {
            <fieldset class="stack boxes"><legend class="lab">"Where"<span class="note">" all with TLS when none is ticked"</span></legend>{boxes}</fieldset>
            <div>{fault}</div>
        }
    }
}
