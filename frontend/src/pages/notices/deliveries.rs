//! What became of messages: each with its tries and what the other side answered.

use std::sync::Arc;

use certdeck_shared::api::notice::{Delivery, DeliveryState};
use certdeck_shared::glass::Action;

use super::notifying::{Notifying, once_read};
use super::words::delivery_mark;
use super::{page, tries};
use crate::components::data::facts::{Fact, fact, fact_code, facts};
use crate::components::feedback::empty;
use crate::components::icon::{glyph, hint, icon, state};
use crate::place::Place;
use crate::state::keyboard::Command;
use crate::state::{browser, clock};
use crate::view::*;

/// The state of the part. Cheap to copy: signals only.
#[derive(Clone, Copy)]
struct Sent {
    notifying: Notifying,
    all: Memo<Vec<Arc<Delivery>>>,
    /// The channel that is shown alone.
    only: RwSignal<Option<String>>,
    rows: Memo<Vec<Arc<Delivery>>>,
    id: RwSignal<Option<String>>,
    chosen: Memo<Option<Arc<Delivery>>>,
    /// Whether the chosen one covers the list, in a narrow window.
    pushed: RwSignal<bool>,
}

impl Sent {
    fn new(notifying: Notifying) -> Self {
        let sent = notifying.sent();
        let all = Memo::new(move |_| {
            sent.with(|sent| match sent {
                Some(Ok(all)) => all.iter().cloned().map(Arc::new).collect::<Vec<_>>(),
                _ => Vec::new(),
            })
        });
        let only = RwSignal::new(None::<String>);
        let rows = Memo::new(move |_| {
            let only = only.get();
            all.with(|all| all.iter().filter(|one| only.as_ref().is_none_or(|only| one.channel == *only)).cloned().collect::<Vec<_>>())
        });
        let id = RwSignal::new(None::<String>);
        let chosen = Memo::new(move |_| {
            rows.with(|rows| {
                let named = id.with(|id| id.as_ref().and_then(|id| rows.iter().find(|one| one.id == *id).cloned()));
                named.or_else(|| rows.first().filter(|_| !browser::is_narrow()).cloned())
            })
        });
        Self { notifying, all, only, rows, id, chosen, pushed: RwSignal::new(false) }
    }

    fn step(self, by: isize) {
        let here = self.chosen.get_untracked().map(|chosen| chosen.id.clone());
        let next = self.rows.with_untracked(|rows| {
            let here = rows.iter().position(|one| Some(&one.id) == here.as_ref());
            let next = here.map_or(0, |here| here.saturating_add_signed(by).min(rows.len().saturating_sub(1)));
            rows.get(next).map(|one| one.id.clone())
        });
        if next.is_some() {
            self.id.set(next);
        }
    }
}

/// The part.
pub fn deliveries(notifying: Notifying) -> View {
    let content = move || if notifying.admin.get() { untrack(|| of_administrator(notifying)) } else { locked(notifying) };
    view! { {content} }
}

fn locked(notifying: Notifying) -> View {
    let words = page::for_administrators("What was sent to whom is for administrators.");
    let main = page::pane(notifying, View::nothing(), words, View::nothing(), || Action::ListDeliveries { channel: None });
    view! { <div class="panes list-only notices">{main}</div> }
}

fn of_administrator(notifying: Notifying) -> View {
    const GROUP: &str = "Deliveries";
    let sent = Sent::new(notifying);
    notifying.app.keyboard.register(vec![
        Command::new("j", "Next message", GROUP, move || sent.step(1)),
        Command::new("ArrowDown", "Next message", GROUP, move || sent.step(1)),
        Command::new("k", "Previous message", GROUP, move || sent.step(-1)),
        Command::new("ArrowUp", "Previous message", GROUP, move || sent.step(-1)),
        Command::new("r", "Read again", GROUP, move || notifying.read()),
        Command::new("u", "Back to the list", GROUP, move || sent.pushed.set(false)),
    ]);
    let open = Memo::new(move |_| sent.chosen.with(Option::is_some));
    let shape = move || match (open.get(), sent.pushed.get()) {
        (true, true) => "panes list-detail notices is-pushed",
        (true, false) => "panes list-detail notices",
        (false, _) => "panes list-only notices",
    };
    let content = view! {
        {move || by_channel(sent)}
        {once_read(notifying.sent(), Callback::new(move |()| notifying.read()), move || table(sent))}
    };
    let counted = move || {
        let waiting = sent.all.with(|all| all.iter().filter(|one| one.state == DeliveryState::Waiting).count());
        format!("{} messages, {waiting} waiting", sent.rows.with(Vec::len))
    };
    let foot = view! { <span>{counted}</span>{hint("j k", "move")}<span class="push">"The last 500, the newest first"</span> };
    let stands_for = move || Action::ListDeliveries { channel: sent.only.get() };
    let again = view! { <button class="btn push" type="button" on:click=move |_| notifying.read()>{icon("renew")}"Read again"</button> };
    let main = page::pane(notifying, again, content, foot, stands_for);
    let beside = move || view! { <aside class="pane" aria-label="The chosen message">{move || sent.chosen.get().map(|one| chosen(sent, &one))}</aside> };
    view! { <div class=shape>{main}{when(move || open.get(), beside)}</div> }
}

/// A button for each channel that something was sent to.
fn by_channel(sent: Sent) -> Option<View> {
    let mut channels: Vec<(String, String)> = Vec::new();
    sent.all.with(|all| {
        for one in all {
            if !channels.iter().any(|(id, _)| *id == one.channel) {
                channels.push((one.channel.clone(), one.channel_label.clone()));
            }
        }
    });
    if channels.len() < 2 {
        return None;
    }
    let chip = |id: Option<String>, words: String| {
        let (id, shown) = (StoredValue::new(id), words);
        let here = move || sent.only.with(|only| id.with_value(|id| only == id)).to_string();
        view! { <button class="chip" type="button" aria-pressed=here on:click=move |_| sent.only.set(id.get_value())>{shown}</button> }
    };
    let all = chip(None, "All".to_owned());
    let chips: Vec<View> = channels.into_iter().map(|(id, label)| chip(Some(id), label)).collect();
    Some(view! { <div class="row views"><div class="chips" role="group" aria-label="By channel">{all}{chips}</div></div> })
}

fn table(sent: Sent) -> View {
    let none = Memo::new(move |_| sent.rows.with(Vec::is_empty));
    let content = move || {
        if none.get() {
            return empty(
                "Nothing was sent yet",
                "Each message stands here with its tries and what the other side answered.",
                View::nothing(),
            );
        }
        untrack(|| rows(sent))
    };
    view! { {content} }
}

fn rows(sent: Sent) -> View {
    let key = |one: &Arc<Delivery>| {
        (one.id.clone(), one.tries.last().map(|tried| tried.at), one.next_try_at, one.state == DeliveryState::Waiting)
    };
    view! {
        <div class="scroll">
            <table class="grid rows sent">
                <thead><tr><th scope="col">"State"</th><th scope="col">"What"</th><th scope="col">"Channel"</th><th scope="col" class="num">"Tries"</th><th scope="col">"Written"</th></tr></thead>
                <tbody>{keyed(move || sent.rows.get(), key, move |one| row(sent, &one))}</tbody>
            </table>
        </div>
    }
}

fn row(sent: Sent, one: &Arc<Delivery>) -> View {
    let id = StoredValue::new(one.id.clone());
    let here = move || sent.chosen.with(|chosen| chosen.as_ref().is_some_and(|chosen| id.with_value(|id| *id == chosen.id))).to_string();
    let choose = move |_| {
        sent.id.set(Some(id.get_value()));
        sent.pushed.set(true);
    };
    let (name, tone, word) = delivery_mark(one);
    let at = one.created_at;
    view! {
        <tr aria-selected=here on:click=choose>
            <td class="r-state">{state(name, tone, word)}</td>
            <td class="r-name"><button class="link" type="button" title=one.subject.clone()>{one.subject.clone()}</button></td>
            <td class="r-sub">{one.channel_label.clone()}</td>
            <td class="num r-wide">{one.tries.len()}</td>
            <td class="r-end" title=clock::exact(at)>{move || clock::relative(at, sent.notifying.app.now.get().max(at.unix_timestamp()))}</td>
        </tr>
    }
}

fn chosen(sent: Sent, one: &Arc<Delivery>) -> View {
    let (name, tone, word) = delivery_mark(one);
    let mut rows: Vec<Fact> = vec![fact("Channel", one.channel_label.clone()), fact("Written", clock::exact(one.created_at))];
    rows.extend(one.next_try_at.map(|next| fact("Tried again", clock::exact(next))));
    rows.push(fact_code("Identifier", one.id.clone()).with_note("the same at every try"));
    let linked = |id: &String| view! { <li><a href=Place::Notices(id.clone()).path()>{title(sent, id)}</a></li> };
    let notices: Vec<View> = one.notices.iter().map(linked).collect();
    let notices =
        (!notices.is_empty()).then(|| view! { <section class="sect"><h3>"Notices in it"</h3><ul class="changes">{notices}</ul></section> });
    view! {
        <div class="pane-head">
            <button class="btn plain icon narrow-only" type="button" aria-label="Back to the list" on:click=move |_| sent.pushed.set(false)>{icon("back")}</button>
            <h2 class="cut">"Message"</h2>
        </div>
        <div class="pane-body">
            <section class="sect"><p class=["verdict ", tone].concat()>{glyph(name)}<span><b>{[word, "."].concat()}</b>" "{one.subject.clone()}</span></p></section>
            <section class="sect"><h3>"Tries"</h3>{tries::tries(one)}</section>
            <section class="sect">{facts(vec![("", rows)])}</section>
            {notices}
        </div>
    }
}

/// What a notice says; one that is over for long has its identifier alone.
fn title(sent: Sent, id: &str) -> String {
    let told = sent.notifying.told();
    let known = told.with(|told| {
        let notices = told.as_ref()?.as_ref().ok()?;
        notices.iter().find(|notice| notice.id == id).map(|notice| notice.title.clone())
    });
    known.unwrap_or_else(|| id.to_owned())
}
