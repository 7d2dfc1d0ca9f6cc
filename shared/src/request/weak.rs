//! What is weak about a request. Each has a stable id; whoever wants it nevertheless names the id.

use serde::{Deserialize, Serialize};

use super::RequestView;

/// Something weak that a request is refused for until its id is accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Weakness {
    /// Stable name: `weak-key`, `dsa-key`, `sha1-signature`, `broken-signature`, `no-alternative-names`.
    pub id: String,
    /// What is weak, why, and what to do instead.
    pub words: String,
}

/// Everything weak about a request.
#[must_use]
pub fn weaknesses(request: &RequestView) -> Vec<Weakness> {
    let mut found = Vec::new();
    let mut add = |id: &str, words: &[&str]| found.push(Weakness { id: id.to_owned(), words: words.concat() });
    let key = &request.public_key;
    let bits = key.bits.to_string();
    match key.algorithm.as_ref() {
        "RSA" | "RSASSA-PSS" if key.bits < 2048 => add(
            "weak-key",
            &["The RSA key has only ", &bits, " bits: no public CA signs it and current systems refuse it. Make one of 2048 bits or more."],
        ),
        "EC" if key.bits > 0 && key.bits < 256 => {
            add("weak-key", &["The elliptic curve has only ", &bits, " bits: browsers refuse it. Make a key on P-256 or P-384."]);
        }
        "DSA" => add("dsa-key", &["The key is DSA, which TLS no longer uses. Make an RSA or elliptic-curve key."]),
        _ => {}
    }
    let signature = request.signature_algorithm.as_ref();
    if signature.starts_with("MD") || signature.starts_with("md") {
        add("broken-signature", &["The request is signed with ", signature, ", which can be forged. Sign it with SHA-256."]);
    } else if signature.contains("SHA-1") || signature.contains("SHA1") {
        add("sha1-signature", &["The request is signed with ", signature, ", which CAs refuse. Sign it with SHA-256."]);
    }
    if request.subject_alternative_names.is_empty() && is_for_a_server(request) {
        let name = request.subject.common_name().unwrap_or("the host name");
        add(
            "no-alternative-names",
            &["There are no alternative names: browsers look at nothing else and will refuse the certificate. Add ", name, " there."],
        );
    }
    found
}

/// Asked for as a server, or named like one and not asked for as anything else.
fn is_for_a_server(request: &RequestView) -> bool {
    if request.basic_constraints.is_some_and(|constraints| constraints.ca) {
        return false;
    }
    match &request.extended_key_usage {
        Some(usages) => usages.iter().any(|usage| usage == "serverAuth"),
        None => request.subject.common_name().is_some_and(|name| name.contains('.') && !name.contains([' ', '@'])),
    }
}
