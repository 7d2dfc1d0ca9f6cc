//! What the page and its parts share: the endpoints, how they are looked at, and the chosen one.

use std::sync::Arc;

use certdeck_shared::api::client::ClientError;
use certdeck_shared::api::endpoint::{Endpoint, EndpointDetail, EndpointHistory, EndpointState, WatchSettings};
use certdeck_shared::api::event::EndpointsProbed;
use certdeck_shared::api::role::Right;
use leptos::task::spawn_local;
use wasm_bindgen::JsValue;

use super::filter::Filter;
use super::items::{Grouping, Item, Known, lines};
use crate::components::form::submission::{Load, Submission};
use crate::place::Place;
use crate::state::{App, address, browser};
use crate::transport::client;
use crate::view::*;

/// How many days the plot beside the list has.
const DAYS: u16 = 30;

/// What stands beside the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// The chosen endpoint.
    Chosen,
    /// The form that adds one.
    Add,
    /// How endpoints are watched.
    Settings,
}

/// An endpoint with its days.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// Everything about it.
    pub detail: EndpointDetail,
    /// Its last days.
    pub history: EndpointHistory,
}

/// The state of the page. Cheap to copy: signals only.
#[derive(Clone, Copy)]
pub struct Watch {
    pub app: App,
    /// Whether the list is here.
    pub reading: RwSignal<Load<()>>,
    pub known: RwSignal<Known>,
    pub settings: RwSignal<Option<WatchSettings>>,
    pub filter: RwSignal<String>,
    /// The state that is shown alone.
    pub only: RwSignal<Option<EndpointState>>,
    pub grouping: RwSignal<Grouping>,
    pub items: Memo<Vec<Item>>,
    /// Identifier of the chosen endpoint.
    pub chosen: RwSignal<Option<String>>,
    pub seen: RwSignal<Load<Arc<Seen>>>,
    pub beside: RwSignal<Beside>,
    /// Whether what is beside covers the list, in a narrow window.
    pub pushed: RwSignal<bool>,
    /// What is done with the chosen endpoint.
    pub acting: Submission,
    /// Who may add, remove and decide.
    pub admin: Signal<bool>,
}

impl Watch {
    /// Nothing read yet.
    pub fn new(app: App) -> Self {
        let known = RwSignal::new(Known::new());
        // Other pages lead to what they speak of.
        let filter = RwSignal::new(address::asked("filter").unwrap_or_default());
        let only = RwSignal::new(None);
        let grouping = RwSignal::new(stored_grouping());
        let parsed = Memo::new(move |_| filter.with(|text| Filter::parse(text)));
        let items = Memo::new(move |_| known.with(|known| parsed.with(|filter| lines(known, filter, only.get(), grouping.get()))));
        Self {
            app,
            reading: RwSignal::new(Load::Waiting),
            known,
            settings: RwSignal::new(None),
            filter,
            only,
            grouping,
            items,
            chosen: RwSignal::new(None),
            seen: RwSignal::new(Load::Waiting),
            beside: RwSignal::new(Beside::Chosen),
            pushed: RwSignal::new(false),
            acting: Submission::new(),
            admin: Signal::derive(move || app.may(Right::Administrate)),
        }
    }

    /// Reads all endpoints.
    pub fn read(self) {
        spawn_local(async move {
            match client().endpoints().await {
                Ok(all) => {
                    let known = all.endpoints.into_iter().map(|endpoint| (endpoint.id.clone(), Arc::new(endpoint))).collect();
                    self.settings.try_set(Some(all.settings));
                    self.known.try_set(known);
                    self.reading.try_set(Load::Ready(()));
                }
                Err(error) => {
                    self.app.note_error(&error);
                    self.reading.try_set(Load::Failed(error.to_string()));
                }
            }
        });
    }

    /// Follows the address, the chosen endpoint, and what the server says by itself.
    pub fn follow(self) {
        let app = self.app;
        effect(move || {
            let place = app.place.get();
            self.pushed.set(matches!(place, Place::Endpoint(_)));
            if let Place::Endpoint(id) = place {
                self.beside.set(Beside::Chosen);
                self.chosen.set(Some(id));
            }
        });
        // The worst is chosen as soon as the list is there: the pane beside it has something to say.
        effect(move || {
            if matches!(self.reading.get(), Load::Ready(())) && self.chosen.with_untracked(Option::is_none) && !browser::is_narrow() {
                self.chosen.set(untrack(|| self.worst()));
            }
        });
        let asked = Memo::new(move |_| self.chosen.get());
        effect(move || {
            self.acting.faults.clear();
            self.seen.set(Load::Waiting);
            if let Some(id) = asked.get() {
                self.read_chosen(id);
            }
        });
        effect(move || {
            let Some(Ok(EndpointsProbed { endpoints })) = app.told.get().map(|text| serde_json::from_str(&text)) else { return };
            let chosen = self.chosen.get_untracked();
            let touched = chosen.filter(|chosen| endpoints.iter().any(|endpoint| endpoint.id == *chosen));
            self.known.update(|known| known.extend(endpoints.into_iter().map(|endpoint| (endpoint.id.clone(), Arc::new(endpoint)))));
            if let Some(id) = touched {
                self.read_chosen(id);
            }
        });
    }

    /// The first of those that stand worst.
    fn worst(self) -> Option<String> {
        self.items.with(|items| {
            self.known.with(|known| items.iter().filter_map(Item::id).min_by_key(|id| known.get(*id).map(|one| one.state)).cloned())
        })
    }

    fn read_chosen(self, id: String) {
        spawn_local(async move {
            let answer = match client().endpoint(&id).await {
                Ok(detail) => client().endpoint_history(&id, DAYS).await.map(|history| Seen { detail, history }),
                Err(error) => Err(error),
            };
            self.take(&id, answer);
        });
    }

    /// Reads the chosen one again.
    pub fn read_again(self) {
        if let Some(id) = self.chosen.get_untracked() {
            self.seen.set(Load::Waiting);
            self.read_chosen(id);
        }
    }

    /// Takes what a probe saw; the days come with the event of the server.
    pub fn probed(self, detail: EndpointDetail) {
        let id = detail.endpoint.id.clone();
        let days = self.seen.with_untracked(|seen| match seen {
            Load::Ready(seen) if seen.detail.endpoint.id == id => Some(seen.history.clone()),
            _ => None,
        });
        let history = days.unwrap_or_else(|| EndpointHistory { days: Vec::new(), changes: Vec::new() });
        self.take(&id, Ok(Seen { detail, history }));
    }

    /// Keeps what was read of an endpoint, unless another one was chosen meanwhile.
    fn take(self, id: &str, answer: Result<Seen, ClientError>) {
        if self.chosen.try_get_untracked().flatten().as_deref() != Some(id) {
            return;
        }
        self.seen.set(match answer {
            Ok(seen) => {
                self.merge(seen.detail.endpoint.clone());
                Load::Ready(Arc::new(seen))
            }
            Err(error) => {
                self.app.note_error(&error);
                Load::Failed(error.to_string())
            }
        });
    }

    /// Puts the row of an endpoint into the matrix.
    pub fn merge(self, endpoint: Endpoint) {
        self.known.update(|known| drop(known.insert(endpoint.id.clone(), Arc::new(endpoint))));
    }

    /// The row of the chosen endpoint.
    pub fn chosen_row(self) -> Option<Arc<Endpoint>> {
        let id = self.chosen.get()?;
        self.known.with(|known| known.get(&id).cloned())
    }

    /// Chooses an endpoint. The address says which: it is copied, kept and opened again.
    pub fn choose(self, id: String) {
        let place = Place::Endpoint(id);
        if let Ok(history) = window().history() {
            let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&place.path()));
        }
        self.app.place.set(place);
    }

    /// Chooses the endpoint so many rows further, and answers its line.
    pub fn step(self, by: isize) -> Option<usize> {
        let chosen = self.chosen.get_untracked();
        let (line, id) = self.items.with_untracked(|items| {
            let rows: Vec<(usize, &String)> = items.iter().enumerate().filter_map(|(line, item)| Some((line, item.id()?))).collect();
            let here = rows.iter().position(|(_, id)| Some(*id) == chosen.as_ref());
            let next = here.map_or(0, |here| here.saturating_add_signed(by).min(rows.len().saturating_sub(1)));
            rows.get(next).map(|(line, id)| (*line, (*id).clone()))
        })?;
        self.choose(id);
        Some(line)
    }

    /// Closes what is beside the list; after a form the chosen endpoint is there again.
    pub fn close(self) {
        self.pushed.set(false);
        if self.beside.get_untracked() == Beside::Chosen {
            self.chosen.set(None);
            self.leave_address();
        }
        self.beside.set(Beside::Chosen);
    }

    /// The address of the list again.
    pub fn leave_address(self) {
        if let Ok(history) = window().history() {
            let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&Place::Endpoints.path()));
        }
        self.app.place.set(Place::Endpoints);
    }

    /// Shows a form beside the list.
    pub fn show(self, what: Beside) {
        self.beside.set(what);
        self.pushed.set(true);
    }

    /// Shows all endpoints again.
    pub fn show_all(self) {
        self.filter.set(String::new());
        self.only.set(None);
    }

    /// Groups by something else, and remembers it.
    pub fn group_by(self, grouping: Grouping) {
        let name = Grouping::ALL.iter().find(|(one, _)| *one == grouping).map(|(_, name)| *name);
        browser::remember("endpoints-by", name);
        self.grouping.set(grouping);
    }
}

fn stored_grouping() -> Grouping {
    let stored = browser::stored("endpoints-by");
    Grouping::ALL.into_iter().find(|(_, name)| stored.as_deref() == Some(*name)).map_or(Grouping::Service, |(grouping, _)| grouping)
}
