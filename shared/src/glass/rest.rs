//! Lines for curl.

use serde::Serialize;
use serde_json::Value;

use super::shell::Command;
use super::{CommandLine, Site, quoted};

/// A call of the REST interface.
pub(super) struct Call {
    method: &'static str,
    path: String,
    body: Option<Value>,
    /// Fields of the body that are read from files: name, shell word of the file, how jq reads it.
    fields: Vec<(&'static str, String, Reading)>,
    headers: String,
    behind: String,
}

/// How a file becomes a field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// A password: the first line.
    Secret,
    /// The same as a field of this object of the body.
    SecretWithin(&'static str),
    /// Text as it is.
    Text,
    /// Octets, in Base64.
    Octets,
}

impl Call {
    pub(super) fn new(method: &'static str, path: impl Into<String>) -> Self {
        let path = path.into();
        Self { method, path, body: None, fields: Vec::new(), headers: String::new(), behind: String::new() }
    }

    pub(super) fn get(path: impl Into<String>) -> Self {
        Self::new("GET", path)
    }

    pub(super) fn post(path: impl Into<String>) -> Self {
        Self::new("POST", path)
    }

    /// With this value as its body.
    pub(super) fn json(mut self, body: &impl Serialize) -> Self {
        // Our own types have string keys only and no failing serializers.
        self.body = serde_json::to_value(body).ok();
        self
    }

    /// With a field that holds the first line of the file that this variable names, whatever the body said.
    pub(super) fn secret(mut self, field: &'static str, variable: &str) -> Self {
        self = self.without(field);
        self.fields.push((field, ["\"$", variable, "\""].concat(), Reading::Secret));
        self
    }

    /// The same for a field of an object that the body has.
    pub(super) fn secret_within(mut self, object: &'static str, field: &'static str, variable: &str) -> Self {
        self = self.without(&["/", object, "/", field].concat());
        self.fields.push((field, ["\"$", variable, "\""].concat(), Reading::SecretWithin(object)));
        self
    }

    /// Without this field of the body: its name, or a JSON pointer.
    pub(super) fn without(mut self, field: &str) -> Self {
        let (parent, name) = field.rsplit_once('/').unwrap_or(("", field));
        if let Some(Value::Object(body)) = self.body.as_mut().and_then(|body| body.pointer_mut(parent)) {
            body.remove(name);
        }
        self
    }

    /// With a field that holds the text of a file.
    pub(super) fn text_of(mut self, field: &'static str, file: &str) -> Self {
        self = self.without(field);
        self.fields.push((field, quoted(file), Reading::Text));
        self
    }

    /// With a field that holds the octets of a file.
    pub(super) fn octets_of(mut self, field: &'static str, file: &str) -> Self {
        self = self.without(field);
        self.fields.push((field, quoted(file), Reading::Octets));
        self
    }

    /// With a header.
    pub(super) fn header(mut self, header: &str) -> Self {
        self.headers = [" -H ", &quoted(header)].concat();
        self
    }

    /// What it answers goes into a file.
    pub(super) fn into_file(mut self, file: &str) -> Self {
        self.behind = [" -o ", &quoted(file)].concat();
        self
    }

    /// What it answers goes on like this.
    pub(super) fn then(mut self, behind: &str) -> Self {
        self.behind = [" ", behind].concat();
        self
    }

    pub(super) fn line(&self, site: &Site<'_>) -> CommandLine {
        let method = if self.method == "GET" { String::new() } else { ["-X ", self.method, " "].concat() };
        let address = match site.origin {
            Some(origin) => quoted(&[origin, &self.path].concat()),
            // A path has nothing that double quotes would not keep.
            None => ["\"$CERTDECK_URL", &self.path, "\""].concat(),
        };
        let head =
            ["curl -sS --fail-with-body ", &method, "-H \"Authorization: Bearer $CERTDECK_TOKEN\" ", &address, &self.headers].concat();
        let typed = " -H 'Content-Type: application/json' -d ";
        let command = match (&self.body, self.fields.is_empty()) {
            (None, true) => [&head, self.behind.as_str()].concat(),
            (Some(body), true) => [&head, typed, &quoted(&body.to_string()), &self.behind].concat(),
            (body, false) => [&self.body_by_jq(body.as_ref()), " | ", &head, typed, "@-", &self.behind].concat(),
        };
        Command::new(&command).line()
    }

    /// jq puts the body together, so that neither a password nor a file stands in the line.
    fn body_by_jq(&self, body: Option<&Value>) -> String {
        let body = body.filter(|body| body.as_object().is_none_or(|fields| !fields.is_empty()));
        let octets = self.fields.iter().find(|(_, _, reading)| *reading == Reading::Octets);
        let mut line = match octets {
            Some((_, file, _)) => ["base64 -w 0 ", file, " | jq -R"].concat(),
            None => "jq -n".to_owned(),
        };
        let mut parts = Vec::new();
        for (field, file, reading) in &self.fields {
            parts.push(match reading {
                Reading::Octets => [field, ": ."].concat(),
                Reading::Text => ["$", field].concat(),
                Reading::Secret => first_line(field),
                Reading::SecretWithin(object) => [object, ": ($body.", object, " + {", &first_line(field), "})"].concat(),
            });
            if *reading != Reading::Octets {
                line.push_str(&[" --rawfile ", field, " ", file].concat());
            }
        }
        let mut filter = ["{", &parts.join(", "), "}"].concat();
        if let Some(body) = body {
            line.push_str(&[" --argjson body ", &quoted(&body.to_string())].concat());
            filter = ["$body + ", &filter].concat();
        }
        [&line, " ", quoted(&filter).as_str()].concat()
    }
}

/// What makes jq take the first line of a file for a field.
fn first_line(field: &str) -> String {
    [field, ": ($", field, " | split(\"\\n\")[0])"].concat()
}
