//! The chosen notice: what is so, why, what it is about, and by which channels it was told when.

use std::sync::Arc;

use certdeck_shared::api::notice::{Delivery, Notice, NoticeChange, NoticeState};
use certdeck_shared::glass::Action;

use super::list::List;
use super::words::{delivery_mark, kind_words, notice_mark, rests, stage_words};
use super::{acting, tries};
use crate::components::data::facts::{Fact, fact, fact_code, fact_view, facts};
use crate::components::data::glass::glass_of_form;
use crate::components::icon::{glyph, icon, state};
use crate::place::Place;
use crate::state::clock;
use crate::view::*;

/// The pane. Buttons stay while what is around them changes.
pub fn chosen(list: List) -> View {
    let app = list.notifying.app;
    let title = move || list.chosen.with(|chosen| chosen.as_ref().map(|notice| kind_words(notice.kind)));
    let said = move || list.chosen.get().map(|notice| verdict(&notice, app.now.get()));
    let open =
        move || acting::may(list) && list.chosen.with(|chosen| chosen.as_ref().is_some_and(|notice| notice.state == NoticeState::Open));
    let sent = list.notifying.sent();
    let by = Memo::new(move |_| {
        let id = list.chosen.with(|chosen| chosen.as_ref().map(|notice| notice.id.clone()))?;
        sent.with(|sent| match sent {
            Some(Ok(sent)) => Some(sent.iter().filter(|delivery| delivery.notices.contains(&id)).cloned().collect::<Vec<_>>()),
            _ => None,
        })
    });
    view! {
        <div class="pane-head">
            <button class="btn plain icon narrow-only" type="button" aria-label="Back to the list" on:click=move |_| list.close()>{icon("back")}</button>
            <h2 class="cut">{title}</h2>
        </div>
        <div class="pane-body">
            <section class="sect stack">
                <div aria-live="polite" class="stack">{said}</div>
                {when(open, move || acting::buttons(list))}
            </section>
            <section class="sect">{move || list.chosen.get().map(|notice| about(&notice))}</section>
            {move || by.get().map(|by| told_by(&by))}
            {when(open, move || view! { <section class="sect">{glass_of_form(move || stands_for(list))}</section> })}
        </div>
    }
}

fn verdict(notice: &Arc<Notice>, now: i64) -> View {
    let (name, tone, word) = notice_mark(notice, now);
    let rest = notice.snoozed_until.filter(|_| rests(notice, now));
    let rest = rest.map(|until| view! { <p class="note">{["Nobody is told of it until ", &clock::exact(until), "."].concat()}</p> });
    let who = notice.acknowledged_by.as_ref().filter(|_| notice.state == NoticeState::Open);
    let who = who.map(|who| view! { <p class="note">{[who.as_str(), " looks after it: no reminders at this stage."].concat()}</p> });
    view! {
        <p class=["verdict ", tone].concat()>{glyph(name)}<span><b>{[word, "."].concat()}</b>" "{notice.title.clone()}</span></p>
        <p class="prose">{notice.words.clone()}</p>
        {rest}
        {who}
    }
}

fn about(notice: &Notice) -> View {
    let mut rows: Vec<Fact> = Vec::new();
    let about = &notice.about;
    let linked = |name: &'static str, words: &str, place: Place| {
        let shown = words.to_owned();
        fact_view(name, words, view! { <a href=place.path()>{shown}</a> })
    };
    if let (Some(database), Some(certificate)) = (&about.database, &about.certificate) {
        let words = about.nickname.as_deref().unwrap_or("without a nickname");
        rows.push(linked("Certificate", words, Place::Certificate(database.clone(), certificate.clone())));
    }
    rows.extend(about.not_after.map(|end| fact("Ends", clock::exact(end))));
    rows.extend(about.endpoint.as_ref().map(|endpoint| linked("Endpoint", &about.label, Place::Endpoint(endpoint.clone()))));
    rows.extend(about.database.as_ref().map(|database| linked("Database", &about.label, Place::Certificates(database.clone()))));
    rows.extend(about.path.as_ref().map(|path| fact_code("File", path.clone())));
    let stage = stage_words(&notice.stage);
    if !stage.is_empty() {
        rows.push(fact("Stage", stage));
    }
    rows.push(fact("Began", clock::exact(notice.began_at)));
    rows.push(fact("Told last", clock::exact(notice.told_at)));
    rows.extend(notice.over_at.map(|at| fact("Over", clock::exact(at))));
    facts(vec![("", rows)])
}

/// The messages that had it. The server keeps some hundreds.
fn told_by(by: &[Delivery]) -> View {
    let content = if by.is_empty() {
        view! { <p class="muted">"No message had it: no channel was there that wants to know, or it was long ago."</p> }
    } else {
        let lines: Vec<View> = by.iter().map(line).collect();
        view! { <ul class="changes">{lines}</ul> }
    };
    view! { <section class="sect"><h3>"By which channels"</h3>{content}</section> }
}

fn line(delivery: &Delivery) -> View {
    let (name, tone, word) = delivery_mark(delivery);
    view! {
        <li>
            <span class="row"><b>{delivery.channel_label.clone()}</b><span class="push">{state(name, tone, word)}</span></span>
            <span class="note">{tries::last(delivery)}</span>
        </li>
    }
}

fn stands_for(list: List) -> Action {
    let notice = list.chosen.with(|chosen| chosen.as_ref().map(|notice| notice.id.clone())).unwrap_or_default();
    let until = clock::at(list.notifying.app.now.get() + acting::DAY);
    Action::ChangeNotice { notice, body: NoticeChange { snoozed_until: Some(until), acknowledged: Some(true) } }
}
