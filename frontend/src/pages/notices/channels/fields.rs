//! The fields of a channel, for each kind its own.

use certdeck_shared::api::notice::NoticeKind;

use super::super::words::kind_words;
use super::draft::Draft;
use crate::components::form::faults::Faults;
use crate::components::form::field::{Field, checkbox, tick};
use crate::ids;
use crate::view::*;

/// Where it leads. `kept`: whether a secret is there already.
pub fn of_kind(draft: Draft, kind: &str, faults: Faults, kept: bool) -> View {
    match kind {
        "webhook" => webhook(draft, faults, kept),
        "syslog" => syslog(draft, faults),
        "command" => command(draft, faults),
        _ => mail(draft, faults, kept),
    }
}

fn mail(draft: Draft, faults: Faults, kept: bool) -> View {
    const BEGINS: [(&str, &str); 2] = [("starttls", "After STARTTLS (587)"), ("implicit", "From the first byte (465)")];
    let hint = if kept { "Empty keeps the one that is there." } else { "Written down here, and never shown again." };
    view! {
        <div class="form">
            {Field::text(ids::CHANNEL_HOST, "Mail server", draft.host).class("field f4").placeholder("mail.example.com").faults(faults, "/target/host").required().view()}
            {Field::text(ids::CHANNEL_PORT, "Port", draft.port).class("field f2").faults(faults, "/target/port").required().view()}
            {Field::select(ids::CHANNEL_TLS, "TLS begins", draft.tls, &BEGINS).faults(faults, "/target/tls").view()}
            {Field::text(ids::CHANNEL_FROM, "From", draft.from).placeholder("Certdeck <certdeck@example.com>").faults(faults, "/target/from").required().view()}
            {Field::area(ids::CHANNEL_TO, "To", draft.to, 2).placeholder("ops@example.com").hint("An address on each line.").faults(faults, "/target/to").required().view()}
            {Field::text(ids::CHANNEL_USER_NAME, "Account", draft.user_name).class("field f3").hint("Empty where none is asked for.").faults(faults, "/target/user_name").view()}
            {Field::password(ids::CHANNEL_SECRET, "Password", draft.secret, "new-password").class("field f3").hint(hint).faults(faults, "/secret").view()}
        </div>
        {authorities(draft, faults)}
    }
}

fn webhook(draft: Draft, faults: Faults, kept: bool) -> View {
    let hint = if kept { "Empty keeps the one that is there." } else { "At least 16 characters. Left empty, one is made and shown once." };
    view! {
        <div class="form">
            {Field::text(ids::CHANNEL_URL, "Address", draft.url).placeholder("https://hooks.example.com/certdeck").faults(faults, "/target/url").required().view()}
            {checkbox("It may lead to this host or into a private network", "Without this such an address is refused.", draft.private)}
            {Field::password(ids::CHANNEL_SECRET, "Secret that messages are signed with", draft.secret, "new-password").hint(hint).faults(faults, "/secret").view()}
        </div>
        {authorities(draft, faults)}
    }
}

fn syslog(draft: Draft, faults: Faults) -> View {
    const WAYS: [(&str, &str); 2] = [("rfc5424", "Lines of RFC 5424 to syslog"), ("journal", "Fields to the journal of systemd")];
    view! {
        <div class="form">
            {Field::select(ids::CHANNEL_WAY, "In which way", draft.way, &WAYS).faults(faults, "/target/way").view()}
            {Field::text(ids::CHANNEL_SOCKET, "Socket", draft.socket).hint("Empty for /dev/log, or that of the journal.").faults(faults, "/target/socket").view()}
        </div>
    }
}

fn command(draft: Draft, faults: Faults) -> View {
    view! {
        <div class="form">
            {Field::area(ids::CHANNEL_ARGUMENTS, "Program and arguments", draft.arguments, 3).placeholder("/usr/local/bin/tell\n--urgent").hint("One on each line; no shell. The message comes as JSON on standard input.").faults(faults, "/target/arguments").required().view()}
            {Field::text(ids::CHANNEL_SECONDS, "Seconds that it may take", draft.seconds).class("field f3").hint("1 to 300.").faults(faults, "/target/seconds").required().view()}
        </div>
        <p class="note">"It runs with the rights of the console."</p>
    }
}

/// CAs of one's own for the server's certificate.
fn authorities(draft: Draft, faults: Faults) -> View {
    let own = draft.ca.with_untracked(|ca| !ca.is_empty());
    view! {
        <details open=own>
            <summary>"CA of its own"</summary>
            {Field::area(ids::CHANNEL_CA, "CA certificates that count for the server, PEM", draft.ca, 4).hint("Empty for those of this host.").faults(faults, "/target/ca").view()}
        </details>
    }
}

/// What goes there.
pub fn wanted(draft: Draft) -> View {
    const AT_LEAST: [(&str, &str); 3] = [("note", "All of it"), ("soon", "What is soon or urgent"), ("urgent", "What is urgent alone")];
    let kinds: Vec<View> = NoticeKind::ALL
        .into_iter()
        .map(|kind| tick(kind.name().to_owned(), draft.kinds, view! { <span>{kind_words(kind)}</span> }))
        .collect();
    view! {
        <div class="form">{Field::select(ids::CHANNEL_AT_LEAST, "How much of it goes there", draft.at_least, &AT_LEAST).view()}</div>
        <fieldset class="bare"><legend class="lab">"Kinds; all when none is ticked"</legend>{kinds}</fieldset>
    }
}
