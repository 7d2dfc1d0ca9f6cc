//! The matrix as a table for spreadsheets (RFC 4180).

use certdeck_shared::api::endpoint::{Endpoint, EndpointSource};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Watch;
use crate::domain::databases::OperationError;
use crate::domain::sight::Sight;

const HEAD: [&str; 16] = [
    "host",
    "port",
    "server_name",
    "protocol",
    "tls",
    "service",
    "label",
    "tags",
    "state",
    "words",
    "certificate",
    "fingerprint_sha256",
    "not_after",
    "tls_version",
    "cipher_suite",
    "probed_at",
];

impl Watch {
    /// A line for each endpoint that somebody may see.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub async fn table(&self, sight: Sight<'_>) -> Result<String, OperationError> {
        let mut out = line(&HEAD.map(str::to_owned));
        for endpoint in self.rows(None).await?.iter().filter(|endpoint| sight.endpoint(endpoint)) {
            out.push_str(&line(&cells(endpoint)));
        }
        Ok(out)
    }
}

fn cells(endpoint: &Endpoint) -> [String; 16] {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let word = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let moment = |at: Option<OffsetDateTime>| at.and_then(|at| at.format(&Rfc3339).ok()).unwrap_or_default();
    let service = match &endpoint.source {
        EndpointSource::Service { label, .. } => label.clone(),
        EndpointSource::Hand => String::new(),
    };
    let leaf = endpoint.leaf.as_ref();
    [
        endpoint.host.clone(),
        endpoint.port.to_string(),
        text(&endpoint.server_name),
        word(serde_json::json!(endpoint.protocol)),
        word(serde_json::json!(endpoint.tls)),
        service,
        text(&endpoint.label),
        endpoint.tags.join(" "),
        endpoint.state.name().to_owned(),
        endpoint.words.clone(),
        leaf.map(|leaf| leaf.name.clone()).unwrap_or_default(),
        leaf.map(|leaf| leaf.fingerprint_sha256.clone()).unwrap_or_default(),
        moment(leaf.and_then(|leaf| leaf.not_after)),
        text(&endpoint.tls_version),
        text(&endpoint.cipher_suite),
        moment(endpoint.probed_at),
    ]
}

fn line(cells: &[String; 16]) -> String {
    format!("{}\r\n", cells.each_ref().map(|cell| cell_of(cell)).join(","))
}

/// A cell. What a spreadsheet would take for a formula gets an apostrophe before it: a name in a certificate is written by strangers.
fn cell_of(text: &str) -> String {
    let text = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::cell_of;

    #[test]
    fn cells_are_quoted_and_never_formulas() {
        assert_eq!(cell_of("mail.example.org"), "mail.example.org");
        assert_eq!(cell_of("a, \"b\""), "\"a, \"\"b\"\"\"");
        assert_eq!(cell_of("=HYPERLINK(\"http://x\")"), "\"'=HYPERLINK(\"\"http://x\"\")\"");
        assert_eq!(cell_of("@SUM(A1)"), "'@SUM(A1)");
    }
}
