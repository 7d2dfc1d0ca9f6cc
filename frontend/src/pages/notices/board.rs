//! The board: what the limits of public CAs break at 200, 100 and 47 days, and certificates of public CAs that are used by clients.

use certdeck_shared::api::notice::{Board, BoardCertificate, Milestone, SmallerLifetime};
use certdeck_shared::glass::Action;

use super::notifying::{Notifying, once_read, read};
use super::page;
use crate::components::form::submission::{Load, load};
use crate::components::icon::{glyph, icon, state};
use crate::place::Place;
use crate::state::clock;
use crate::state::keyboard::Command;
use crate::transport::client;
use crate::view::*;

/// The part.
pub fn board(notifying: Notifying) -> View {
    let slot = RwSignal::new(Load::Waiting);
    let reread = move || load(notifying.app, slot, async move { client().board().await });
    // Databases change, and with them what stands here.
    effect(move || {
        notifying.changes.get();
        notifying.app.databases.with(|_| ());
        reread();
    });
    notifying.app.keyboard.register(vec![Command::new("r", "Read again", "Board", reread)]);
    let board = read(slot);
    let drawn = move || board.with(|board| board.as_ref().and_then(|board| board.as_ref().ok()).map(sections));
    let content = once_read(board, Callback::new(move |()| reread()), move || view! { <div class="pane-body board">{drawn}</div> });
    let foot = view! { <span>"CA/Browser Forum, ballot SC-081v3; Chrome's root programme, policy 1.8"</span> };
    let again = view! { <button class="btn push" type="button" on:click=move |_| reread()>{icon("renew")}"Read again"</button> };
    let main = page::pane(notifying, again, content, foot, || Action::ShowBoard);
    view! { <div class="panes list-only notices">{main}</div> }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    if count == 1 { ["1 ", one].concat() } else { [&count.to_string(), " ", many].concat() }
}

fn sections(board: &Board) -> View {
    let broken = board.milestones.iter().flat_map(|milestone| &milestone.certificates).filter(|one| one.broken).count();
    let public = usize::try_from(board.public).unwrap_or(usize::MAX);
    let (name, tone, said) = match (public, broken) {
        (0, _) => ("ok", "ok", "No certificate of a public CA is here: the limits concern none.".to_owned()),
        (_, 0) => (
            "ok",
            "ok",
            [
                "Of ",
                &counted(public, "certificate of a public CA", "certificates of public CAs"),
                " none is against a limit that counts for it.",
            ]
            .concat(),
        ),
        (_, broken) => (
            "expired",
            "bad",
            [&counted(broken, "certificate lives", "certificates live"), " longer than the limit that counts for it: browsers refuse it."]
                .concat(),
        ),
    };
    let others = usize::try_from(board.private).unwrap_or(usize::MAX);
    let others = (others > 0)
        .then(|| view! { <p class="note indent">{format!("Not looked at: {others} of other CAs, which have rules of their own.")}</p> });
    let milestones: Vec<View> = board.milestones.iter().map(milestone).collect();
    view! {
        <section class="sect"><p class=["verdict ", tone].concat()>{glyph(name)}<span>{said}</span></p>{others}</section>
        {milestones}
        {clients(&board.client_certificates)}
    }
}

fn milestone(milestone: &Milestone) -> View {
    let title = format!("{} days", milestone.days);
    let since = if milestone.in_force {
        ["counts since ", &clock::date(milestone.from)].concat()
    } else {
        ["counts from ", &clock::date(milestone.from), " on"].concat()
    };
    let words = format!(
        "Certificates for TLS servers that a public CA issues then live {} days at most, and a proof of the domain is good for {}.",
        milestone.days, milestone.proof_days
    );
    let content = if milestone.certificates.is_empty() {
        view! { <p class="row tight">{state("ok", "ok", "Breaks nothing")}<span class="muted">"No certificate here lives longer and past that day."</span></p> }
    } else {
        let rows: Vec<View> = milestone.certificates.iter().map(|one| shorter(one, milestone)).collect();
        view! {
            <table class="grid rows shorter">
                <thead><tr><th scope="col">"State"</th><th scope="col">"Certificate"</th><th scope="col">"Issued by"</th><th scope="col" class="num">"Lives"</th><th scope="col">"Renewals"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
    };
    view! { <section class="sect stack"><div class="sect-head"><h3>{title}</h3><span class="note">{since}</span></div><p class="prose">{words}</p>{content}</section> }
}

fn shorter(one: &SmallerLifetime, milestone: &Milestone) -> View {
    let (mark, title) = if one.broken {
        (state("expired", "bad", "Refused"), "It began when the limit already counted: browsers refuse it.".to_owned())
    } else {
        (
            state("soon", "warn", "Shorter"),
            format!("The next one lives {} days at most: renew it by a program, not by hand.", milestone.days),
        )
    };
    let times = format!("{} a year, then {}", one.renewals_now, one.renewals_then);
    let lives = format!("{} d", one.certificate.lifetime_days);
    view! {
        <tr title=title>
            <td class="r-state">{mark}</td>
            <td class="r-name">{link(&one.certificate)}</td>
            <td class="r-sub">{one.certificate.issuer.clone()}</td>
            <td class="num r-wide">{lives}</td>
            <td class="r-end">{times}</td>
        </tr>
    }
}

fn link(certificate: &BoardCertificate) -> View {
    let place = Place::Certificate(certificate.database.clone(), certificate.fingerprint_sha256.clone());
    let nickname = certificate.nickname.as_deref().unwrap_or("without a nickname");
    let title = [nickname, " in ", &certificate.label].concat();
    view! { <a href=place.path() title=title>{certificate.name.clone()}</a>" "<span class="faint small">{certificate.label.clone()}</span> }
}

fn clients(all: &[BoardCertificate]) -> View {
    let words = "Most public CAs ended certificates for TLS clients in 2026, and Chrome's root programme lets none issue them from 15 Mar 2027 on. The next one of these will not be for clients: a server that asks for a client's certificate will refuse it. Take one of a CA of your own for that.";
    let content = if all.is_empty() {
        view! { <p class="row tight">{state("ok", "ok", "None")}<span class="muted">"No certificate of a public CA here is for clients."</span></p> }
    } else {
        let rows: Vec<View> = all
            .iter()
            .map(|one| {
                view! {
                    <tr>
                        <td class="r-state">{state("soon", "warn", "Client")}</td>
                        <td class="r-name">{link(one)}</td>
                        <td class="r-sub">{one.issuer.clone()}</td>
                        <td class="num r-wide">{format!("{} d", one.lifetime_days)}</td>
                        <td class="r-end">{["until ", &clock::date(one.not_after)].concat()}</td>
                    </tr>
                }
            })
            .collect();
        view! {
            <table class="grid rows shorter">
                <thead><tr><th scope="col">"State"</th><th scope="col">"Certificate"</th><th scope="col">"Issued by"</th><th scope="col" class="num">"Lives"</th><th scope="col">"Ends"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
    };
    view! { <section class="sect stack"><h3>"Public certificates for clients"</h3><p class="prose">{words}</p>{content}</section> }
}
