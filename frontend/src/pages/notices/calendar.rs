//! The feed for calendar programs: whether there is one, its address once, another one, and its end.

use certdeck_shared::api::notice::CalendarStatus;
use certdeck_shared::glass::Action;

use super::notifying::{Notifying, once_read, read};
use super::page;
use crate::components::data::copy::copy_wide;
use crate::components::feedback::callout;
use crate::components::form::submission::{Load, load};
use crate::components::icon::{glyph, icon};
use crate::state::clock;
use crate::state::keyboard::Command;
use crate::transport::client;
use crate::view::*;

/// The state of the part.
#[derive(Clone, Copy)]
struct Calendar {
    notifying: Notifying,
    slot: RwSignal<Load<CalendarStatus>>,
    /// The address that was just made.
    address: RwSignal<Option<String>>,
}

impl Calendar {
    fn read(self) {
        load(self.notifying.app, self.slot, async move { client().calendar().await });
    }

    fn make(self) {
        self.notifying.acting.run(async move { client().make_calendar().await }, move |made| {
            let origin = window().location().origin().unwrap_or_default();
            self.notifying.app.announce("The calendar has an address");
            self.address.set(Some([&origin, made.path.as_str()].concat()));
            self.read();
        });
    }

    fn end(self) {
        self.notifying.acting.run(async move { client().end_calendar().await }, move |()| {
            self.notifying.app.announce("The calendar has ended");
            self.address.set(None);
            self.read();
        });
    }
}

/// The part.
pub fn calendar(notifying: Notifying) -> View {
    let slot = RwSignal::new(Load::Waiting);
    let calendar = Calendar { notifying, slot, address: RwSignal::new(None) };
    effect(move || {
        notifying.changes.get();
        calendar.read();
    });
    notifying.app.keyboard.register(vec![Command::new("r", "Read again", "Calendar", move || calendar.read())]);
    let status = read(slot);
    let since = Memo::new(move |_| {
        status.with(|status| match status {
            Some(Ok(status)) => status.since,
            _ => None,
        })
    });
    let drawn = move || {
        view! {
            <div class="pane-body">
                <section class="sect stack narrow-form">
                    {move || verdict(since)}
                    <p class="prose">"It has an event for the end of each certificate, with an alarm when its first notice is due by the policy. A calendar program subscribes to its address and reads it again by itself."</p>
                    <p class="prose">"Calendar programs cannot sign in: whoever knows the address reads names and ends of all certificates, and nothing else. It is shown once, when it is made; making another ends the one before."</p>
                    {move || calendar.address.get().map(once)}
                    {when(move || notifying.admin.get(), move || buttons(calendar, since))}
                    {when(move || !notifying.admin.get(), || view! { <p class="note">"An administrator makes and ends the address."</p> })}
                    {notifying.acting.faults.callout()}
                </section>
            </div>
        }
    };
    let content = once_read(status, Callback::new(move |()| calendar.read()), drawn);
    let main = page::pane(notifying, View::nothing(), content, view! { <span>"iCalendar, RFC 5545"</span> }, move || {
        if since.get().is_some() { Action::EndCalendar } else { Action::MakeCalendar }
    });
    view! { <div class="panes list-only notices">{main}</div> }
}

fn verdict(since: Memo<Option<time::OffsetDateTime>>) -> View {
    match since.get() {
        Some(since) => {
            view! { <p class="verdict ok">{glyph("ok")}<span><b>"There is a calendar."</b>" "{["Its address was made on ", &clock::exact(since), "."].concat()}</span></p> }
        }
        None => {
            view! { <p class="verdict off">{glyph("none")}<span><b>"There is no calendar."</b>" Nothing is handed out."</span></p> }
        }
    }
}

/// The address that was just made.
fn once(address: String) -> View {
    let copied = address.clone();
    let words = view! {
        <div class="stack" role="status">
            <p>"The address of the calendar. It is shown now and never again."</p>
            <pre class="code" tabindex="0">{address}</pre>
            <div class="row">{copy_wide("Copy", move || copied.clone())}</div>
        </div>
    };
    callout("ok", words)
}

fn buttons(calendar: Calendar, since: Memo<Option<time::OffsetDateTime>>) -> View {
    let busy = calendar.notifying.acting.busy;
    let there = Memo::new(move |_| since.with(Option::is_some));
    let content = move || {
        if there.get() {
            view! {
                <button class="btn" type="button" disabled=busy on:click=move |_| calendar.make()>{icon("renew")}"Make another address"</button>
                <button class="btn danger" type="button" disabled=busy on:click=move |_| calendar.end()>"End the calendar"</button>
            }
        } else {
            view! { <button class="btn primary" type="button" disabled=busy on:click=move |_| calendar.make()>{icon("plus")}"Make an address"</button> }
        }
    };
    view! { <div class="row tight wrap">{content}</div> }
}
