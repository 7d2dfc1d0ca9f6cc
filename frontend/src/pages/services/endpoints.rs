//! The listeners and virtual hosts of a service: what each serves, until when, and where that is set.

use crate::view::*;
use certdeck_shared::api::paths::segment;
use certdeck_shared::api::service::{self, Effective, Endpoint, NamedFile, NicknamedIn, Pair, ServiceDescription, TlsMode};
use certdeck_shared::x509::life::{LifeState, life_at};

use crate::components::feedback::callout;
use crate::components::icon::{icon, state};
use crate::place::Place;
use crate::state::{App, clock};

/// One section for each endpoint with TLS; those without in a line at the end.
pub fn endpoints(app: App, described: &ServiceDescription) -> View {
    let (secure, plain): (Vec<&Endpoint>, Vec<&Endpoint>) = described.endpoints.iter().partition(|endpoint| endpoint.tls != TlsMode::Off);
    let rows: Vec<_> = secure.iter().map(|endpoint| section(app, endpoint, &described.files)).collect();
    let plain: Vec<String> =
        plain.iter().map(|endpoint| [endpoint.name.as_str(), " ", &elsewhere(endpoint)].concat().trim_end().to_owned()).collect();
    let none = secure.is_empty().then(|| callout("warn", "Nothing of this service speaks TLS."));
    let plain = (!plain.is_empty()).then(|| view! { <p class="note">{["Without TLS: ", &plain.join(", "), "."].concat()}</p> });
    view! { <section class="sect stack"><h3>"Where it is reached"</h3>{none}<div class="stack endpoints">{rows}</div>{plain}</section> }
}

/// The addresses beside the one that stands for a name.
fn elsewhere(endpoint: &Endpoint) -> String {
    let others: Vec<&str> = endpoint.addresses.iter().filter(|address| **address != endpoint.name).map(String::as_str).collect();
    others.join(" ")
}

fn tls_words(tls: TlsMode) -> &'static str {
    match tls {
        TlsMode::Implicit => "TLS from the first byte",
        TlsMode::Starttls => "TLS after STARTTLS",
        TlsMode::Off => "no TLS",
    }
}

fn section(app: App, endpoint: &Endpoint, files: &[NamedFile]) -> View {
    let names = match endpoint.server_names.as_slice() {
        [] => String::new(),
        [one] if *one == endpoint.name => String::new(),
        names => ["for ", &names.join(", ")].concat(),
    };
    let pairs: Vec<_> = endpoint.pairs.iter().map(|pair| pair_view(app, pair, files)).collect();
    let none = endpoint.pairs.is_empty().then(|| callout("bad", "TLS is on, and no certificate is configured."));
    let mut rest = Vec::new();
    for (words, setting) in
        [("Versions", &endpoint.protocols), ("Ciphers", &endpoint.ciphers), ("Client certificates", &endpoint.client_verification)]
    {
        rest.extend(setting.as_ref().map(|setting| setting_row(words, setting)));
    }
    rest.extend(endpoint.client_ca.iter().map(|setting| setting_row("CA for clients", setting)));
    let maps = endpoint.client_verification.as_ref().filter(|setting| setting.name == "CertMapFile");
    rest.extend(maps.map(|setting| view! { <dt>"Maps"</dt><dd><a href=Place::CertificateMaps(setting.value.clone()).path()>"See where certificates lead"</a></dd> }));
    let defined = endpoint.place.as_ref().map(place_view);
    let probe = endpoint.addresses.iter().find_map(|address| probe_of(endpoint, address)).map(|href| {
        let label = ["Probe now: ", &endpoint.name].concat();
        view! { <a class="btn push" href=href aria-label=label>{icon("search")}"Probe now"</a> }
    });
    view! {
        <article class="endpoint stack">
            <div class="row wrap"><h4>{endpoint.name.clone()}</h4><code>{elsewhere(endpoint)}</code><span class="note">{tls_words(endpoint.tls)}</span><span class="note break">{names}</span>{defined}{probe}</div>
            {none}
            {pairs}
            <dl class="facts">{rest}</dl>
        </article>
    }
}

fn pair_view(app: App, pair: &Pair, files: &[NamedFile]) -> View {
    let file = files.iter().find(|file| file.path == pair.certificate.value);
    let leaf = match &pair.database {
        Some(named) => named.certificate.as_ref(),
        None => file.and_then(|file| file.certificates.first()),
    };
    let head = leaf.map(|leaf| {
        let life = life_at(leaf.not_before, leaf.not_after, clock::at(app.now.get_untracked()));
        let (glyph, tone) = match life.state {
            LifeState::Expired => ("expired", "bad"),
            LifeState::Due => ("due", "bad"),
            LifeState::Soon => ("soon", "warn"),
            LifeState::NotYet => ("not-yet", "off"),
            LifeState::Valid => ("ok", "ok"),
        };
        let holders: Vec<_> = leaf
            .holders
            .iter()
            .map(|holder| {
                let href = Place::Certificate(holder.database.clone(), leaf.fingerprint_sha256.clone()).path();
                let words = match &holder.nickname {
                    Some(nickname) => [&holder.label, ": ", nickname].concat(),
                    None => holder.label.clone(),
                };
                view! { <a class="tag" href=href>{words}</a> }
            })
            .collect();
        view! { <p class="row wrap"><b class="break">{leaf.subject.clone()}</b><span title=clock::exact(leaf.not_after)>{state(glyph, tone, life.words)}</span><span class="note">{leaf.public_key.clone()}</span>{holders}</p> }
    });
    let verdict = match pair.key_matches {
        Some(true) => state("ok", "ok", "The key belongs to it"),
        Some(false) => state("expired", "bad", "The key is another one's"),
        None => state("none", "off", "Key not compared"),
    };
    let snakeoil = file.filter(|file| file.snakeoil).map(|_| {
        callout(
            "warn",
            "This is the self-made certificate that Debian's packages share. Nobody trusts it, and other services may use it as well.",
        )
    });
    let findings: Vec<_> = pair.findings.iter().map(|words| callout("bad", words.clone())).collect();
    let chain = pair.chain.as_ref().map(|chain| setting_row("Chain", chain));
    let settings = match &pair.database {
        Some(named) => {
            view! { {setting_row("Nickname", &pair.certificate)}{setting_row("Database", &named.directory)}{database_row(named)} }
        }
        None => view! { {setting_row("Certificate", &pair.certificate)}{setting_row("Key", &pair.key)} },
    };
    view! {
        <div class="stack">
            {head}
            {snakeoil}
            {findings}
            <dl class="facts">{settings}<dt>"Together"</dt><dd>{verdict}</dd>{chain}</dl>
        </div>
    }
}

/// The way to the registered database that holds a certificate, or to registering it.
fn database_row(named: &NicknamedIn) -> View {
    let (words, place) = match &named.database {
        Some(database) => ("See the database", Place::Certificates(database.clone())),
        None => ("Register the database", Place::RegisterDatabase),
    };
    view! { <dt>"In the console"</dt><dd><a href=place.path()>{words}</a></dd> }
}

fn setting_row(words: &'static str, setting: &Effective) -> View {
    let place = setting.place.as_ref().map_or_else(|| view! { <span class="note">"the program's own"</span> }, place_view);
    view! { <dt>{words}</dt><dd class="setting"><code class="break">{setting.value.clone()}</code><span class="row wrap tight"><span class="note">{setting.name.clone()}</span>{place}</span></dd> }
}

/// The page of probes with an endpoint filled in; this host where it listens at all addresses.
fn probe_of(endpoint: &Endpoint, address: &str) -> Option<String> {
    let (host, port) = address.rsplit_once(':')?;
    port.parse::<u16>().ok()?;
    let host = match host.trim_start_matches('[').trim_end_matches(']') {
        "" | "*" | "0.0.0.0" => "127.0.0.1",
        "::" => "::1",
        host => host,
    };
    let mut query = vec![["host=", &segment(host)].concat(), ["port=", port].concat()];
    query.push(["protocol=", endpoint.protocol.name()].concat());
    query.push(["tls=", endpoint.tls.name()].concat());
    let name = endpoint.server_names.iter().find(|name| !name.contains(['*', '~', '_']));
    query.extend(name.map(|name| ["server-name=", &segment(name)].concat()));
    Some([Place::Probe.path(), "?".to_owned(), query.join("&")].concat())
}

/// File and line.
fn place_view(place: &service::Place) -> View {
    view! { <code class="note break">{format!("{}:{}", place.file, place.line)}</code> }
}
