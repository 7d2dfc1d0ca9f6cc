//! `/endpoints` and `/endpoints/:id`: the matrix, and what is beside it.

use certdeck_shared::glass::Action;

use super::watch::{Beside, Watch};
use super::{acting, add, chosen, decide, head, items::Item, table};
use crate::components::data::glass::glass;
use crate::components::feedback::stage::Stage;
use crate::components::feedback::{empty, failure, skeleton};
use crate::components::icon::{hint, icon};
use crate::ids;
use crate::state::keyboard::Command;
use crate::state::{browser, clock, use_app};
use crate::view::*;

/// Both places: walking from endpoint to endpoint keeps the page.
pub fn endpoints_page() -> View {
    let watch = Watch::new(use_app());
    watch.read();
    watch.follow();
    watch.app.keyboard.register(commands(watch));
    let stage = Memo::new(move |_| {
        Stage::of(watch.reading.get(), watch.known.with(|known| !known.is_empty()), watch.items.with(|items| !items.is_empty()))
    });
    let content = move || match stage.get() {
        Stage::Loading => skeleton(12),
        Stage::Failed(words) => failure("The endpoints could not be read", words, Some(Callback::new(move |()| watch.read()))),
        Stage::Empty => nothing(watch),
        Stage::NoMatch => empty(
            "No endpoint matches",
            "Filter and state leave nothing.",
            view! { <button class="btn" type="button" on:click=move |_| watch.show_all()>"Show all"</button> },
        ),
        Stage::Rows => table::table(watch),
    };
    let open = Memo::new(move |_| watch.beside.get() != Beside::Chosen || watch.chosen.with(Option::is_some));
    let shape = move || match (open.get(), watch.pushed.get()) {
        (true, true) => "panes list-detail watch is-pushed",
        (true, false) => "panes list-detail watch",
        (false, _) => "panes list-only watch",
    };
    let beside = move || match watch.beside.get() {
        Beside::Chosen => chosen::chosen(watch),
        Beside::Add => add::add(watch),
        Beside::Settings => decide::decide(watch),
    };
    view! {
        <div class=shape>
            <main class="pane" id=ids::MAIN tabindex="-1" aria-label="Endpoints">
                {head::head(watch)}
                {head::chips(watch)}
                {content}
                <div class="pane-foot">
                    <span>{move || counted(watch)}</span>
                    {hint("j k", "move")}{hint("p", "probe")}{hint("z", "snooze")}{hint("n", "add")}
                    <span class="push">{move || rhythm(watch)}</span>
                </div>
                {glass(move || stands_for(watch))}
            </main>
            {when(move || open.get(), move || view! { <aside class="pane" aria-label="Beside the list">{beside}</aside> })}
        </div>
    }
}

fn nothing(watch: Watch) -> View {
    let actions = view! {
        <a class="btn primary" href="/services">{icon("service")}"Register a service"</a>
        {when(move || watch.admin.get(), move || view! { <button class="btn" type="button" on:click=move |_| watch.show(Beside::Add)>{icon("plus")}"Add by hand"</button> })}
    };
    empty(
        "Nothing is watched yet",
        "Every port with TLS of a registered service appears here by itself; others are added by hand.",
        actions,
    )
}

/// `15 endpoints, 4 hosts`, or how many of them are shown.
fn counted(watch: Watch) -> String {
    let (all, hosts) = watch.known.with(|known| {
        let hosts: std::collections::HashSet<&str> = known.values().map(|endpoint| endpoint.host.as_str()).collect();
        (known.len(), hosts.len())
    });
    let shown = watch.items.with(|items| items.iter().filter_map(Item::id).count());
    let plural = |count: usize, word: &str| if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") };
    let whole = [plural(all, "endpoint"), plural(hosts, "host")].join(", ");
    if shown == all { whole } else { format!("{shown} of {whole}") }
}

/// When one was probed last, and how often they are.
fn rhythm(watch: Watch) -> String {
    let last = watch.known.with(|known| known.values().filter_map(|endpoint| endpoint.probed_at).max());
    let last = last.map(|at| format!("Probed {:02}:{:02} UTC", at.hour(), at.minute()));
    let every = watch.settings.with(|settings| settings.as_ref().map(|settings| every_words(settings.every_seconds)));
    last.into_iter().chain(every).collect::<Vec<_>>().join(", ")
}

fn every_words(seconds: u32) -> String {
    match seconds {
        seconds if seconds.is_multiple_of(3_600) => format!("every {} h", seconds / 3_600),
        seconds if seconds.is_multiple_of(60) => format!("every {} min", seconds / 60),
        seconds => format!("every {seconds} s"),
    }
}

fn stands_for(watch: Watch) -> Action {
    match watch.chosen_row() {
        Some(row) => Action::ShowEndpoint { endpoint: row.id.clone(), probe: Some(row.question()) },
        None => Action::ListEndpoints,
    }
}

fn commands(watch: Watch) -> Vec<Command> {
    const GROUP: &str = "Endpoints";
    let walk = move |by: isize| {
        if let Some(line) = watch.step(by) {
            table::reveal(line);
        }
    };
    let admin = move |what: Beside| {
        if watch.admin.get_untracked() {
            watch.show(what);
        }
    };
    vec![
        Command::new("j", "Next endpoint", GROUP, move || walk(1)),
        Command::new("ArrowDown", "Next endpoint", GROUP, move || walk(1)),
        Command::new("k", "Previous endpoint", GROUP, move || walk(-1)),
        Command::new("ArrowUp", "Previous endpoint", GROUP, move || walk(-1)),
        Command::new("PageDown", "Next page", GROUP, move || walk(20)),
        Command::new("PageUp", "Previous page", GROUP, move || walk(-20)),
        Command::new("Home", "First endpoint", GROUP, move || walk(isize::MIN / 2)),
        Command::new("End", "Last endpoint", GROUP, move || walk(isize::MAX / 2)),
        Command::new("/", "Filter", GROUP, || browser::focus(ids::ENDPOINT_FILTER)),
        Command::new("p", "Probe", GROUP, move || acting::probe(watch)),
        Command::new("Shift+P", "Probe all", GROUP, move || head::probe_all(watch)),
        Command::new("i", "Inventory of what it takes", GROUP, move || {
            if watch.admin.get_untracked() && watch.chosen.with_untracked(Option::is_some) {
                watch.app.destination.set(Some(untrack(|| acting::inventory(watch))));
            }
        }),
        Command::new("z", "Snooze for a day", GROUP, move || acting::snooze(watch, Some(clock::now() + acting::DAY))),
        Command::new("n", "Add an endpoint", GROUP, move || admin(Beside::Add)),
        Command::new("", "How endpoints are watched", GROUP, move || watch.show(Beside::Settings)),
        Command::new("r", "Read again", GROUP, move || watch.read()),
        Command::new("Escape", "Close the form, clear the filter", GROUP, move || {
            if watch.beside.get_untracked() == Beside::Chosen {
                watch.show_all();
            } else {
                watch.close();
            }
        }),
    ]
}
