//! Whom notices go to: the channels, and the chosen one or the form of a new one beside them.

mod chosen;
mod draft;
mod fields;
mod form;

use std::sync::Arc;

use certdeck_shared::api::notice::{Channel, Delivery};
use certdeck_shared::glass::Action;

use super::notifying::{Notifying, once_read};
use super::page;
use super::words::{channel_kind, channel_mark, leads_to};
use crate::components::data::copy::copy_wide;
use crate::components::feedback::{callout, empty};
use crate::components::icon::{hint, icon, state};
use crate::state::keyboard::Command;
use crate::state::{browser, clock};
use crate::view::*;

/// What stands beside the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beside {
    /// The chosen channel.
    Chosen,
    /// The form of a new one.
    New,
    /// The form of the chosen one.
    Edit,
}

/// The state of the part. Cheap to copy: signals only.
#[derive(Clone, Copy)]
struct Ways {
    notifying: Notifying,
    all: Memo<Vec<Arc<Channel>>>,
    id: RwSignal<Option<String>>,
    chosen: Memo<Option<Arc<Channel>>>,
    beside: RwSignal<Beside>,
    /// Whether what is beside covers the list, in a narrow window.
    pushed: RwSignal<bool>,
    /// Name and secret of a channel that was just made.
    made: RwSignal<Option<(String, String)>>,
    /// What came of the last test.
    tested: RwSignal<Option<Delivery>>,
}

impl Ways {
    fn new(notifying: Notifying) -> Self {
        let ways = notifying.ways();
        let all = Memo::new(move |_| {
            ways.with(|ways| match ways {
                Some(Ok(all)) => all.iter().cloned().map(Arc::new).collect::<Vec<_>>(),
                _ => Vec::new(),
            })
        });
        let id = RwSignal::new(None::<String>);
        let chosen = Memo::new(move |_| {
            all.with(|all| {
                let named = id.with(|id| id.as_ref().and_then(|id| all.iter().find(|channel| channel.id == *id).cloned()));
                named.or_else(|| all.first().filter(|_| !browser::is_narrow()).cloned())
            })
        });
        let (beside, pushed) = (RwSignal::new(Beside::Chosen), RwSignal::new(false));
        Self { notifying, all, id, chosen, beside, pushed, made: RwSignal::new(None), tested: RwSignal::new(None) }
    }

    fn choose(self, id: String) {
        self.notifying.acting.faults.clear();
        self.id.set(Some(id));
        self.beside.set(Beside::Chosen);
    }

    fn show(self, what: Beside) {
        if self.notifying.admin.get_untracked() {
            self.beside.set(what);
            self.pushed.set(true);
        }
    }

    /// Back from a form to the chosen one, from that to the list.
    fn close(self) {
        self.pushed.set(false);
        self.beside.set(Beside::Chosen);
    }

    fn step(self, by: isize) {
        let here = self.chosen.get_untracked().map(|chosen| chosen.id.clone());
        let next = self.all.with_untracked(|all| {
            let here = all.iter().position(|channel| Some(&channel.id) == here.as_ref());
            let next = here.map_or(0, |here| here.saturating_add_signed(by).min(all.len().saturating_sub(1)));
            all.get(next).map(|channel| channel.id.clone())
        });
        if let Some(id) = next {
            self.choose(id);
        }
    }
}

/// The part.
pub fn channels(notifying: Notifying) -> View {
    let content = move || if notifying.admin.get() { untrack(|| of_administrator(notifying)) } else { locked(notifying) };
    view! { {content} }
}

fn locked(notifying: Notifying) -> View {
    let words = page::for_administrators("Channels are for administrators: the address of a webhook lets in whoever knows it.");
    view! { <div class="panes list-only notices">{page::pane(notifying, View::nothing(), words, View::nothing(), || Action::ListChannels)}</div> }
}

fn of_administrator(notifying: Notifying) -> View {
    let ways = Ways::new(notifying);
    notifying.app.keyboard.register(commands(ways));
    let open = Memo::new(move |_| ways.beside.get() != Beside::Chosen || ways.chosen.with(Option::is_some));
    let shape = move || match (open.get(), ways.pushed.get()) {
        (true, true) => "panes list-detail notices is-pushed",
        (true, false) => "panes list-detail notices",
        (false, _) => "panes list-only notices",
    };
    let beside = move || {
        let what = ways.beside.get();
        untrack(|| match what {
            Beside::Chosen => chosen::chosen(ways),
            Beside::New => form::form(ways, None),
            Beside::Edit => form::form(ways, ways.chosen.get()),
        })
    };
    let add = view! { <button class="btn primary push" type="button" on:click=move |_| ways.show(Beside::New)>{icon("plus")}"Add"<kbd aria-hidden="true">"n"</kbd></button> };
    let content = view! {
        {move || ways.made.get().map(|(label, secret)| once(ways, label, secret))}
        {once_read(notifying.ways(), Callback::new(move |()| notifying.read()), move || table(ways))}
    };
    let foot = view! { {hint("j k", "move")}{hint("t", "try")}{hint("n", "add")}{hint("e", "edit")} };
    let main = page::pane(notifying, add, content, foot, || Action::ListChannels);
    view! { <div class=shape>{main}{when(move || open.get(), move || view! { <aside class="pane" aria-label="Beside the channels">{beside}</aside> })}</div> }
}

/// The secret that was made for a webhook.
fn once(ways: Ways, label: String, secret: String) -> View {
    let copied = secret.clone();
    let words = view! {
        <div class="stack" role="status">
            <p>"Messages of "<b>{label}</b>" are signed with this secret. It is shown now and never again."</p>
            <pre class="code" tabindex="0">{secret}</pre>
            <div class="row">{copy_wide("Copy", move || copied.clone())}<button class="btn plain" type="button" on:click=move |_| ways.made.set(None)>"I have kept it"</button></div>
        </div>
    };
    view! { <div class="note-row">{callout("ok", words)}</div> }
}

fn table(ways: Ways) -> View {
    let none = Memo::new(move |_| ways.all.with(Vec::is_empty));
    let content = move || {
        if none.get() {
            let add = view! { <button class="btn primary" type="button" on:click=move |_| ways.show(Beside::New)>{icon("plus")}"Add a channel"</button> };
            return empty(
                "Nobody is told yet",
                "A channel takes notices to people: by mail, to a webhook, into the system's log, or to a program of this host.",
                add,
            );
        }
        untrack(|| rows(ways))
    };
    view! { {content} }
}

fn rows(ways: Ways) -> View {
    let rows = move || ways.all.with(|all| all.iter().map(|channel| row(ways, channel)).collect::<Vec<_>>());
    view! {
        <div class="scroll">
            <table class="grid rows ways-list">
                <thead><tr><th scope="col">"State"</th><th scope="col">"Name"</th><th scope="col">"Leads to"</th><th scope="col" class="num">"Waiting"</th><th scope="col">"Taken last"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn row(ways: Ways, channel: &Arc<Channel>) -> View {
    let id = StoredValue::new(channel.id.clone());
    let here = move || ways.chosen.with(|chosen| chosen.as_ref().is_some_and(|chosen| id.with_value(|id| *id == chosen.id))).to_string();
    let choose = move |_| {
        ways.choose(id.get_value());
        ways.pushed.set(true);
    };
    let (glyph, tone, word) = channel_mark(channel);
    let to = leads_to(&channel.target);
    let taken = channel.delivered_at;
    let ago =
        move || taken.map_or_else(|| "never".to_owned(), |at| clock::relative(at, ways.notifying.app.now.get().max(at.unix_timestamp())));
    view! {
        <tr aria-selected=here on:click=choose>
            <td class="r-state">{state(glyph, tone, word)}</td>
            <td class="r-name"><button class="link" type="button">{channel.label.clone()}</button>" "<span class="tag">{channel_kind(&channel.target)}</span></td>
            <td class="r-sub" title=to.clone()>{to}</td>
            <td class="num r-wide">{channel.waiting}</td>
            <td class="r-end" title=taken.map(clock::exact)>{ago}</td>
        </tr>
    }
}

fn commands(ways: Ways) -> Vec<Command> {
    const GROUP: &str = "Channels";
    vec![
        Command::new("j", "Next channel", GROUP, move || ways.step(1)),
        Command::new("ArrowDown", "Next channel", GROUP, move || ways.step(1)),
        Command::new("k", "Previous channel", GROUP, move || ways.step(-1)),
        Command::new("ArrowUp", "Previous channel", GROUP, move || ways.step(-1)),
        Command::new("n", "Add a channel", GROUP, move || ways.show(Beside::New)),
        Command::new("e", "Edit the channel", GROUP, move || {
            if ways.chosen.with_untracked(Option::is_some) {
                ways.show(Beside::Edit)
            }
        }),
        Command::new("t", "Try the channel", GROUP, move || chosen::test(ways)),
        Command::new("r", "Read again", GROUP, move || ways.notifying.read()),
        Command::new("Escape", "Close the form", GROUP, move || ways.close()),
    ]
}
