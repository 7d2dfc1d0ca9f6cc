//! One entry of the audit log: its words, and what was so before and after.

use crate::view::*;
use certdeck_shared::api::activity::AuditEntry;

use crate::chunks::{self, lazy_part};
use crate::components::data::facts::{Fact, fact, fact_code, facts};
use crate::components::form::submission::back_to_list;
use crate::components::icon::state;
use crate::state::clock;

/// An action in words; the stable dotted words when it is a new one.
pub fn action_words(action: &str) -> String {
    let words = match action {
        "call.refuse" => "Refused a call",
        "call.begin" => "Began a job",
        "call.answer" => "Answered a call",
        "console.setup" => "Set up the console",
        "session.begin" => "Signed in",
        "session.end" => "Signed out",
        "session.end-other" => "Ended a session",
        "session.end-all" => "Signed out everywhere",
        "session.confirm" => "Confirmed who they are",
        "second-factor.begin" => "Began to set up an authenticator program",
        "second-factor.activate" => "Set up an authenticator program",
        "second-factor.renew-recovery-codes" => "Made new recovery codes",
        "second-factor.remove" => "Removed a second factor",
        "passkey.begin" => "Began to make a passkey",
        "passkey.add" => "Added a passkey",
        "passkey.remove" => "Removed a passkey",
        "console.certificate" => "Renewed the certificate of the console",
        "job.cancel" => "Stopped a job",
        "approval.request" => "Asked for a second person",
        "approval.approve" => "Approved a call",
        "approval.refuse" => "Refused to approve a call",
        "approval.decide" => "Was not let decide",
        "approval.withdraw" => "Withdrew a request for approval",
        "approval.use" => "Made an approved call",
        "approval.give-back" => "Got an approval back",
        "approval.expire" => "Ended an approval",
        "user.create" => "Made an account",
        "user.change" => "Changed an account",
        "user.remove" => "Removed an account",
        "api-token.create" => "Made an API token",
        "api-token.rotate" => "Gave an API token a new secret",
        "api-token.revoke" => "Removed an API token",
        "database.create" => "Created a database",
        "database.register" => "Registered a database",
        "database.convert" => "Converted a database",
        "database.rename" => "Renamed a database",
        "database.forget" => "Forgot a database",
        "service.register" => "Registered a service",
        "service.change" => "Changed what is known of a service",
        "binding.create" => "Joined a certificate to a service",
        "binding.remove" => "Took a certificate from a service",
        "plan.create" => "Made a plan",
        "inventory.create" => "Took inventory of what a port takes",
        "endpoint.add" => "Began to watch an endpoint",
        "endpoint.change" => "Changed how an endpoint is watched",
        "endpoint.probe" => "Probed an endpoint",
        "endpoint.remove" => "Forgot an endpoint",
        "watch.settings" => "Decided how endpoints are watched",
        "notice.change" => "Let a notice rest",
        "expiry-policy.set" => "Decided when certificates are due",
        "channel.create" => "Made a way for notices",
        "channel.change" => "Changed a way for notices",
        "channel.remove" => "Removed a way for notices",
        "channel.test" => "Tried a way for notices",
        "calendar.make" => "Made an address for the calendar",
        "calendar.end" => "Ended the address of the calendar",
        "deployment.apply" => "Applied a plan",
        "deployment.rollback" => "Took a deployment back",
        "deployment.recover" => "Ended a deployment that was cut short",
        "service.forget" => "Forgot a service",
        "token.unlock" => "Unlocked",
        "token.lock" => "Locked",
        "certificate.import" => "Imported certificates",
        "certificate.trust" => "Changed trust",
        "certificate.rename" | "certificate.change" => "Changed a certificate",
        "certificate.delete" => "Deleted certificates",
        "key.create" => "Made a key",
        "key.delete" => "Deleted a key",
        "request.create" => "Made a request",
        "request.delete" => "Deleted a request",
        "request.bundle" => "Joined a key with its answer",
        "request.reply" | "request.answer" => "Installed an answer",
        "snapshot.restore" => "Restored a snapshot",
        "certificate.self-sign" => "Made a self-signed certificate",
        "certificate.issue" => "Issued a certificate",
        "certificate.renew" => "Renewed a certificate",
        "certificate.revoke" => "Revoked a certificate",
        "certificate.check-revocation" => "Asked whether one is revoked",
        "certificate.export" => "Exported certificates",
        "revocation-list.create" => "Made a revocation list",
        "revocation-list.import" => "Imported a revocation list",
        "revocation-list.delete" => "Deleted a revocation list",
        "database.files" => "Mended the files of a database",
        "certificate-maps.change" => "Changed certificate maps",
        "probe.create" => "Probed a port",
        "database.merge" => "Took over another database",
        "database.password" => "Changed the password",
        "key.import" => "Imported keys",
        "key.export" => "Exported a private key",
        "module.add" => "Added a module",
        "module.change" => "Changed a module",
        "module.remove" => "Removed a module",
        "request.change" => "Changed a request",
        "token.password" => "Changed the password of a token",
        "token.password-line" => "Changed a line of sslpassword.conf",
        _ => return action.to_owned(),
    };
    words.to_owned()
}

/// Outcome as shape, word and colour.
pub fn outcome(entry: &AuditEntry) -> View {
    if entry.outcome == "success" { state("ok", "ok", "Done") } else { state("expired", "bad", "Refused") }
}

/// The pane of an entry.
pub fn detail(entry: AuditEntry, pushed: RwSignal<bool>) -> View {
    let mut about = vec![fact("When", clock::exact(entry.at)), fact("Who", entry.actor.clone()), fact_code("Action", entry.action.clone())];
    about.extend(entry.credential.clone().map(|credential| fact_code("By", credential)));
    about.extend(entry.peer.clone().map(|peer| fact_code("From", peer)));
    about.extend(entry.request_id.clone().map(|call| fact_code("Call", call)));
    about.push(fact("Outcome", entry.outcome.clone()));
    about.extend(entry.database.clone().map(|database| fact_code("Database", database)));
    about.extend(entry.subject.clone().map(|subject| fact_code("Subject", subject)));
    about.push(fact("Entry", entry.id.to_string()));
    about.push(fact_code("Digest", entry.hash.clone()));
    let groups: Vec<(&'static str, Vec<Fact>)> = vec![("", about)];
    view! {
        <aside class="pane" aria-label="Entry">
            <div class="pane-head">{back_to_list(pushed)}<h2 class="cut">{action_words(&entry.action)}</h2></div>
            <div class="pane-body">
                <section class="sect stack">{outcome(&entry)}{facts(groups)}</section>
                {entry.command_lines.clone().map(|lines| view! { <section class="glass flat" aria-label="Command lines">{lazy_part(move || chunks::lines_of_entry(lines.clone()))}</section> })}
                {value("Before", entry.before.as_ref())}
                {value("After", entry.after.as_ref())}
            </div>
        </aside>
    }
}

fn value(title: &'static str, value: Option<&serde_json::Value>) -> Option<View> {
    let text = serde_json::to_string_pretty(value.filter(|value| !value.is_null())?).ok()?;
    Some(view! { <section class="sect"><h3>{title}</h3><pre class="code" tabindex="0">{text}</pre></section> })
}
