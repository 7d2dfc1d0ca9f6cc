//! Whether a process of this host listens, and whether it is the one that should.

use std::net::SocketAddr;

use certdeck_shared::api::probe::ProbeOutcome;

use super::{Found, Why, files};
use crate::domain::watch::evidence::Evidence;
use crate::domain::watch::moments::process;
use crate::domain::watch::surroundings::{Here, Listener};

pub(super) fn look(evidence: &Evidence) -> Found {
    match evidence.report.outcome {
        ProbeOutcome::NotAllowed => return Found::unknown("It was not asked."),
        ProbeOutcome::Unresolved => return Found::unknown("The host name has no address: where it would listen is not known."),
        _ => {}
    }
    let Some(here) = &evidence.here else {
        return Found::unknown("It is another host: only that host knows who listens there.");
    };
    let port = evidence.record.port;
    let best = here.listeners.iter().max_by_key(|listener| (listener.of_service, listener.holder.is_some()));
    match best {
        Some(listener) => listens(evidence, here, listener),
        None if evidence.connected() => Found::unknown(
            "A connection is taken, and no process that can be seen from here listens: another network namespace, such as a container, or a \
             forwarding of the packet filter answers.",
        ),
        None if evidence.report.outcome != ProbeOutcome::Refused => {
            Found::unknown(format!("No process that can be seen from here listens at port {port}."))
        }
        None => Found::fail(format!("Nothing listens at port {port} of {}.", evidence.record.host)).why(nobody(evidence, here)),
    }
}

fn listens(evidence: &Evidence, here: &Here, listener: &Listener) -> Found {
    let at = SocketAddr::new(listener.address, evidence.record.port);
    let title = evidence.service.as_ref().map(|known| known.description.service.kind.title());
    let Some(holder) = &listener.holder else {
        return Found::pass(format!("A process listens at {at}; which one cannot be seen."));
    };
    let holder = process(holder, evidence.now);
    // systemd listens for services that it starts when somebody calls.
    let is_systemd = listener.holder.as_ref().is_some_and(|running| running.program == "systemd");
    match (listener.of_service, title) {
        (Some(false), Some(title)) if !is_systemd => {
            let mut found = Found::fail(format!("{holder} listens at {at}, and not {title}."))
                .because(format!("Another program has the port that the configuration of {title} names."))
                .cure(format!("End that program and start {title} anew, or correct the port in one of the two configurations."));
            if let Some(own) = here.processes.first() {
                found.words.push_str(&format!(" {} runs.", process(own, evidence.now)));
            }
            found
        }
        (None, Some(title)) => Found::warn(format!(
            "{holder} listens at {at}. Whether it is {title} cannot be told: no process with the registered configuration is seen."
        )),
        _ => Found::pass(format!("{holder} listens at {at}.")),
    }
}

/// Why nobody listens.
fn nobody(evidence: &Evidence, here: &Here) -> Option<Why> {
    let title = evidence.service.as_ref()?.description.service.kind.title();
    let flaw = files::flaw(evidence);
    let Some(running) = here.processes.first() else {
        let cause = match &flaw {
            Some(flaw) => format!("{title} does not run, and cannot start with its files. {}", flaw.cause),
            None => format!("{title} does not run."),
        };
        let cure = match flaw {
            Some(flaw) => format!("{} Then start it.", flaw.cure),
            None => "Start it. If it ended by itself, its log tells why.".to_owned(),
        };
        return Some(Why { cause, cure });
    };
    let running = process(running, evidence.now);
    let elsewhere: Vec<String> = here.elsewhere.iter().map(ToString::to_string).collect();
    let elsewhere = if elsewhere.is_empty() { "nowhere".to_owned() } else { format!("at {} only", elsewhere.join(", ")) };
    let mut cause = format!("{running} runs and listens {elsewhere}.");
    if let Some(flaw) = &flaw {
        cause.push(' ');
        cause.push_str(&flaw.cause);
    }
    let anew = "Start the service anew, if the port was added to its configuration since; or correct the address there.";
    Some(Why { cause, cure: flaw.map_or_else(|| anew.to_owned(), |flaw| format!("{} Then start the service anew.", flaw.cure)) })
}
