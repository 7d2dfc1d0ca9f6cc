//! What the manual of Calendar Server warns of, looked for in a configuration.

use certdeck_shared::api::service::Place;
use certdeck_shared::sun;

use super::Parameters;
use crate::deploy::change::NamedHost;

/// The rules that are broken, each with its place.
pub(super) fn broken(parameters: &Parameters<'_>) -> Vec<(Place, String)> {
    let mut broken = Vec::new();
    let mut say = |name: &str, words: String| {
        if let Some(place) = parameters.given(name).and_then(|given| given.place) {
            broken.push((place, words));
        }
    };
    let encrypted = parameters.yes("service.http.ssl.port.enable");
    if !parameters.yes("service.http.enable") {
        say("service.http.enable", "With service.http.enable = \"no\" HTTPS ends as well as HTTP.".to_owned());
    }
    if encrypted && parameters.or_known("service.http.ssl.port").value == parameters.or_known("service.http.port").value {
        say("service.http.ssl.port", "HTTPS has the port of HTTP, which cannot be turned off.".to_owned());
    }
    let host = parameters.or_known("service.http.calendarhostname").value;
    if let Some(address) = parameters.given("service.http.ssl.sourceurl").filter(|_| encrypted && !host.is_empty())
        && host_of(&address.value).is_none_or(|named| !named.eq_ignore_ascii_case(&host))
    {
        let words = format!("The host of service.http.ssl.sourceurl must be that of service.http.calendarhostname, {host}.");
        say("service.http.ssl.sourceurl", words);
    }
    if encrypted && parameters.given("service.http.ssl.ssl2.ciphers").is_some_and(|list| !list.value.is_empty()) {
        say("service.http.ssl.ssl2.ciphers", "SSL 2 is forbidden (RFC 6176).".to_owned());
    }
    for cipher in sun::forbidden(&parameters.given("service.http.ssl.ssl3.ciphers").map(|list| list.value).unwrap_or_default()) {
        say("service.http.ssl.ssl3.ciphers", format!("{}: {}", cipher.name, cipher.today));
    }
    for parameter in sun::CALENDAR_PARAMETERS.iter().filter(|parameter| parameter.deprecated) {
        say(parameter.name, parameter.today.to_owned());
    }
    broken
}

/// The settings that must name the certificate's host while the server speaks TLS: its own name, and where it sends browsers.
pub(super) fn hosts(parameters: &Parameters<'_>) -> Vec<NamedHost> {
    if !parameters.yes("service.http.ssl.port.enable") {
        return Vec::new();
    }
    let given = |setting: &'static str| parameters.given(setting).map(|given| given.value).filter(|value| !value.is_empty());
    let name = given("service.http.calendarhostname").map(|host| NamedHost { setting: "service.http.calendarhostname", host });
    let setting = "service.http.ssl.sourceurl";
    let address = given(setting).and_then(|address| Some(NamedHost { setting, host: host_of(&address)?.to_owned() }));
    name.into_iter().chain(address).collect()
}

/// The host of an address such as `https://calendar.example.org:443`.
pub(super) fn host_of(address: &str) -> Option<&str> {
    let rest = address.split_once("://")?.1;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let end = if host.starts_with('[') { host.find(']')? + 1 } else { host.find(':').unwrap_or(host.len()) };
    host.get(..end).filter(|host| !host.is_empty())
}
