//! What somebody may do, as people read and choose it: roles, and where each counts.

use crate::view::*;
use certdeck_shared::api::role::{Grant, Grants, Role, Subject};

use crate::components::icon::icon;
use crate::state::App;
use crate::transport::page_client;

/// Roles as a form offers them.
const ROLES: [(Role, &str); 5] = [
    (Role::Viewer, "Viewer: look"),
    (Role::Operator, "Operator: requests, imports, trust, keys"),
    (Role::Deployer, "Deployer: what services serve"),
    (Role::Auditor, "Auditor: the log"),
    (Role::Administrator, "Administrator: everything"),
];

/// What grants can be for: the text behind `@`, and words. The first is everywhere.
#[derive(Clone, Copy)]
pub struct Places(RwSignal<Vec<(String, String)>>);

impl Places {
    /// The databases and services of the console.
    pub fn read(app: App) -> Self {
        let services = RwSignal::new(Vec::new());
        let reader = page_client();
        leptos::task::spawn_local(async move {
            if let Ok(list) = reader.services().await {
                services.try_set(list.into_iter().map(|service| (["service:", &service.id].concat(), service.label)).collect::<Vec<_>>());
            }
        });
        let places = RwSignal::new(Vec::new());
        effect(move || {
            let mut all = vec![(String::new(), "everywhere".to_owned())];
            app.databases.with(|databases| {
                let databases = databases.iter().flatten();
                all.extend(databases.map(|database| (["database:", &database.id].concat(), database.label.clone())));
            });
            services.with(|services: &Vec<(String, String)>| all.extend(services.iter().cloned()));
            places.set(all);
        });
        Self(places)
    }

    /// A grant in words.
    pub fn words(self, grant: &Grant) -> String {
        let place = place_of(grant);
        match grant.subject() {
            Subject::Console => grant.role.name().to_owned(),
            Subject::Database(_) | Subject::Service(_) => {
                let label = self.0.with(|places| places.iter().find(|(text, _)| *text == place).map(|(_, label)| label.clone()));
                [grant.role.name(), " of ", &label.unwrap_or_else(|| "what is forgotten".to_owned())].concat()
            }
        }
    }

    /// A tag for each grant.
    pub fn tags(self, grants: Grants) -> View {
        let tags = move || grants.0.iter().map(|grant| view! { <span class="tag">{self.words(grant)}</span>" " }).collect::<Vec<_>>();
        view! { <span class="row tight wrap">{tags}</span> }
    }
}

/// The text behind `@`.
fn place_of(grant: &Grant) -> String {
    grant.to_string().split_once('@').map_or_else(String::new, |(_, place)| place.to_owned())
}

/// A choice of grants.
#[derive(Clone, Copy)]
pub struct Choice {
    places: Places,
    chosen: RwSignal<Vec<Grant>>,
}

impl Choice {
    /// One that begins so.
    pub fn new(places: Places, grants: Grants) -> Self {
        Self { places, chosen: RwSignal::new(grants.0) }
    }

    /// What is chosen.
    pub fn grants(self) -> Grants {
        Grants(self.chosen.get())
    }

    fn set(self, at: usize, role: Role, place: &str) {
        let text = if place.is_empty() { role.name().to_owned() } else { [role.name(), "@", place].concat() };
        if let Ok(grant) = text.parse() {
            self.chosen.update(|chosen| {
                if let Some(slot) = chosen.get_mut(at) {
                    *slot = grant;
                }
            });
        }
    }

    /// A line for each grant, and a button for another one.
    pub fn view(self) -> View {
        let lines = move || self.chosen.get().into_iter().enumerate().map(|(at, grant)| self.line(at, grant)).collect::<Vec<_>>();
        let another = move |_| self.chosen.update(|chosen| chosen.push(Grant::everywhere(Role::Viewer)));
        view! {
            <fieldset class="grants">
                <legend class="lab">"May"</legend>
                {lines}
                <button class="btn plain" type="button" on:click=another>{icon("plus")}"Another role"</button>
            </fieldset>
        }
    }

    fn line(self, at: usize, grant: Grant) -> View {
        let (role, place) = (grant.role, place_of(&grant));
        let roles: Vec<_> =
            ROLES.iter().map(|(one, words)| view! { <option value=one.name() selected=*one == role>{*words}</option> }).collect();
        let places = {
            let place = place.clone();
            move || {
                let option = |(text, words): (String, String)| view! { <option value=text.clone() selected=text == place>{words}</option> };
                self.places.0.get().into_iter().map(option).collect::<Vec<_>>()
            }
        };
        let number = (at + 1).to_string();
        let another = move |event| {
            let name = event_target_value(&event);
            if let Some((role, _)) = ROLES.iter().find(|(role, _)| role.name() == name) {
                // An administrator is one everywhere.
                self.set(at, *role, if *role == Role::Administrator { "" } else { &place });
            }
        };
        let elsewhere = move |event| self.set(at, role, &event_target_value(&event));
        let remove = move |_| {
            self.chosen.update(|chosen| {
                if at < chosen.len() {
                    chosen.remove(at);
                }
            });
        };
        view! {
            <div class="row tight">
                <select class="in" aria-label=["Role ", &number].concat() on:change=another>{roles}</select>
                <select class="in" aria-label=["Where role ", &number, " counts"].concat() disabled=role == Role::Administrator on:change=elsewhere>{places}</select>
                <button class="btn plain icon danger" type="button" title="Remove" aria-label=["Remove role ", &number].concat() disabled=move || self.chosen.with(|chosen| chosen.len() < 2) on:click=remove>{icon("delete")}</button>
            </div>
        }
    }
}
