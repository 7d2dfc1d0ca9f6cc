//! Lines for curl.

use serde::Serialize;

use super::{CommandLine, Site, line, quoted};

/// A curl line for a call of the REST interface. The token comes from the environment: command lines are no place for secrets.
#[must_use]
pub fn curl(origin: Option<&str>, method: &str, path: &str, body: Option<&str>) -> String {
    let body = body.map(|body| [" -H 'Content-Type: application/json' -d ", &quoted(body)].concat()).unwrap_or_default();
    [&head(origin, method, path), body.as_str()].concat()
}

fn head(origin: Option<&str>, method: &str, path: &str) -> String {
    let method = if method == "GET" { String::new() } else { ["-X ", method, " "].concat() };
    let address = match origin {
        Some(origin) => quoted(&[origin, path].concat()),
        // A path has nothing that double quotes would not keep.
        None => ["\"$CERTDECK_URL", path, "\""].concat(),
    };
    ["curl -sS --fail-with-body ", &method, "-H \"Authorization: Bearer $CERTDECK_TOKEN\" ", &address].concat()
}

/// A line without a body.
pub(super) fn call(site: &Site<'_>, method: &str, path: &str) -> CommandLine {
    line(curl(site.origin, method, path, None))
}

/// A line with this value as its body.
pub(super) fn send(site: &Site<'_>, method: &str, path: &str, body: &impl Serialize) -> CommandLine {
    // Our own types have string keys only and no failing serializers.
    let body = serde_json::to_string(body).unwrap_or_default();
    line(curl(site.origin, method, path, Some(&body)))
}

/// A line whose body jq makes, with passwords and files from where they are: `arguments` are jq's, `filter` its program.
pub(super) fn send_made(site: &Site<'_>, path: &str, arguments: &str, filter: &str) -> CommandLine {
    let call = [&head(site.origin, "POST", path), " -H 'Content-Type: application/json' -d @-"].concat();
    line(["jq -n ", arguments, " ", &quoted(filter), " | ", &call].concat())
}
