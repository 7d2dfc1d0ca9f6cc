//! Settings beside the certificate: what else shall be so at a service. Only what its kind knows is offered.

mod authorities;
mod endpoints;
mod wish;

use crate::view::*;
use certdeck_shared::api::plan::{NewPlanPart, SettingWish};
use certdeck_shared::api::service::{Service, ServiceOutline};
use certdeck_shared::service_settings::{ServiceSettings, settings};

use crate::components::form::faults::Faults;
use crate::components::form::field::checkbox;
use crate::components::form::submission::{Load, load, loaded};
use crate::components::icon::icon;
use crate::state::{App, browser};
use crate::transport::client;
use wish::{Kind, fields};

/// A setting that is being filled in. Its number is its own in the whole form.
#[derive(Clone, Copy, PartialEq)]
pub struct Card {
    number: u32,
    kind: Kind,
}

impl Card {
    /// What the fields of the card are called in the document.
    fn id(self, field: &str) -> String {
        format!("setting-{}-{field}", self.number)
    }

    /// Where a refusal of one of its fields is noted.
    fn pointer(self, field: &str) -> String {
        format!("/settings/{}/{field}", self.number)
    }
}

/// What is wished of one service.
#[derive(Clone, Copy)]
pub struct Wishes {
    app: App,
    faults: Faults,
    /// Numbers the cards of all services.
    next: StoredValue<u32>,
    /// The number of its group of buttons.
    group: u32,
    cards: RwSignal<Vec<Card>>,
    /// What each card says at present.
    said: RwSignal<Vec<(u32, SettingWish)>>,
    /// Whether the certificates that are joined stay out of it.
    alone: RwSignal<bool>,
}

impl Wishes {
    /// Nothing wished.
    pub fn new(app: App, faults: Faults, next: StoredValue<u32>) -> Self {
        let group = number(next);
        Self { app, faults, next, group, cards: RwSignal::new(Vec::new()), said: RwSignal::new(Vec::new()), alone: RwSignal::new(false) }
    }

    /// The part of a plan for this service.
    pub fn part(self, service: String) -> NewPlanPart {
        let said = self.said.get();
        let settings: Vec<SettingWish> = self.numbers().iter().filter_map(|number| wish_of(&said, *number)).collect();
        let alone = self.alone.get() && !settings.is_empty();
        NewPlanPart { service, bindings: alone.then(Vec::new), settings }
    }

    /// The numbers of the cards in the order of the settings.
    pub fn numbers(self) -> Vec<u32> {
        self.cards.with(|cards| cards.iter().map(|card| card.number).collect())
    }

    /// Notes what a card says.
    fn say(self, card: Card, wish: SettingWish) {
        self.said.update(|said| match said.iter_mut().find(|(number, _)| *number == card.number) {
            Some((_, known)) => *known = wish,
            None => said.push((card.number, wish)),
        });
    }

    fn add(self, kind: Kind) {
        let card = Card { number: number(self.next), kind };
        self.cards.update(|cards| cards.push(card));
        focus_soon(card.id("title"));
    }

    fn remove(self, card: Card) {
        self.cards.update(|cards| cards.retain(|one| one.number != card.number));
        self.said.update(|said| said.retain(|(number, _)| *number != card.number));
        focus_soon(self.adding());
    }

    /// The group of buttons: where the focus goes when a card is gone.
    fn adding(self) -> String {
        format!("settings-{}", self.group)
    }
}

/// The next number.
fn number(next: StoredValue<u32>) -> u32 {
    let number = next.get_value();
    next.set_value(number + 1);
    number
}

/// Focuses what the next frame brings.
fn focus_soon(id: String) {
    request_animation_frame(move || browser::focus(&id));
}

/// Where a card notes what is said of a setting of a plan: `/parts/0/settings/1/port` becomes `/settings/7/port`.
pub fn at_its_card(pointer: &str, parts: &[Vec<u32>]) -> Option<String> {
    let (part, rest) = pointer.strip_prefix("/parts/")?.split_once("/settings/")?;
    let (place, field) = rest.split_once('/')?;
    let number = parts.get(part.parse::<usize>().ok()?)?.get(place.parse::<usize>().ok()?)?;
    Some(["/settings/", &number.to_string(), "/", field].concat())
}

fn wish_of(said: &[(u32, SettingWish)], number: u32) -> Option<SettingWish> {
    said.iter().find(|(known, _)| *known == number).map(|(_, wish)| wish.clone())
}

/// The settings of a service that was chosen; nothing where only its certificate can be changed.
pub fn wished(service: &Service, wishes: Wishes) -> View {
    let Some(known) = settings(service.kind) else { return View::nothing() };
    let outline = RwSignal::new(Load::<ServiceOutline>::Waiting);
    let id = StoredValue::new(service.id.clone());
    let read = move || load(wishes.app, outline, async move { client().service_outline(&id.get_value()).await });
    read();
    let label = ["Settings of ", &service.label].concat();
    view! {
        <fieldset class="stack wishes" aria-label=label.clone()>
            <legend>{label}</legend>
            {loaded(outline, 1, Callback::new(move |()| read()), move |outline| cards(wishes, known, outline))}
        </fieldset>
    }
}

fn cards(wishes: Wishes, known: ServiceSettings, outline: ServiceOutline) -> View {
    let outline = StoredValue::new(outline);
    let rows = keyed(move || wishes.cards.get(), |card| card.number, move |card| drawn(wishes, card, known, outline));
    let buttons: Vec<View> = Kind::offered(&known, &outline.get_value())
        .into_iter()
        .map(|kind| {
            view! { <button class="btn" type="button" on:click=move |_| wishes.add(kind)>{icon("plus")}{kind.title()}</button> }
        })
        .collect();
    let alone = move || {
        wishes
            .cards
            .with(|cards| !cards.is_empty())
            .then(|| checkbox("Settings alone", "The certificates that are joined to it are left as they are.", wishes.alone))
    };
    view! {
        <ol class="stack">{rows}</ol>
        <div class="row wrap tight" role="group" aria-label="Add a setting" id=wishes.adding() tabindex="-1">{buttons}</div>
        {alone}
    }
}

fn drawn(wishes: Wishes, card: Card, known: ServiceSettings, outline: StoredValue<ServiceOutline>) -> View {
    let fields = outline.with_value(|outline| fields(wishes, card, &known, outline));
    let label = ["Remove: ", card.kind.title()].concat();
    view! {
        <li class="ask form">
            <div class="row"><h4 id=card.id("title") tabindex="-1">{card.kind.title()}</h4><button class="btn plain icon push" type="button" aria-label=label on:click=move |_| wishes.remove(card)>{icon("close")}</button></div>
            {fields}
        </li>
    }
}
