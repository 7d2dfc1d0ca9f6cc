//! What a call says, for whoever decides and for the digest that an approval is bound to. Secrets are left out of both; of files there is the
//! digest.

use certdeck_shared::api::approval::ApprovalField;
use certdeck_shared::hex::hex;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// Fields that are shown one by one; of those beyond only the number, as [`MORE`].
const MOST: usize = 60;
/// Longer values are shown by their length and digest.
const LONGEST: usize = 200;
/// Where the number of what is not shown stands.
const MORE: &str = "…";
/// Fields that hold whole files, among them such with keys: never shown themselves, however short.
const FILES: &[&str] = &["certificate", "content", "der", "file", "key", "pem", "private_key", "request", "revocation_lists"];
/// Names of secrets, beside `password` and what ends with `_password`.
const SECRETS: &[&str] = &["one_time_code", "password", "pin", "recovery_code", "secret", "token"];

/// The body of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// For whoever decides.
    pub fields: Vec<ApprovalField>,
    /// SHA-256 of it without its secrets.
    pub digest: [u8; 32],
}

impl Content {
    /// That of a call without a body.
    #[must_use]
    pub fn none() -> Self {
        Self { fields: Vec::new(), digest: Sha256::digest([]).into() }
    }

    /// A body that is a JSON value.
    #[must_use]
    pub fn of_json(mut value: Value) -> Self {
        leave_out_secrets(&mut value);
        // The order of fields says nothing: the same call is the same, whoever writes it.
        value.sort_all_objects();
        let mut all = Vec::new();
        collect(&value, "", "", &mut all);
        let beyond = all.len().saturating_sub(MOST);
        all.truncate(MOST);
        if beyond > 0 {
            all.push(ApprovalField { pointer: MORE.to_owned(), value: format!("and {beyond} more") });
        }
        Self { fields: all, digest: Sha256::digest(value.to_string()).into() }
    }

    /// A body of any other type.
    #[must_use]
    pub fn of_bytes(content_type: &str, bytes: &[u8]) -> Self {
        let value = format!("{content_type}, {}", described(bytes));
        Self { fields: vec![ApprovalField { pointer: String::new(), value }], digest: Sha256::digest(bytes).into() }
    }
}

/// Whether a field of this name holds a secret.
fn is_secret(name: &str) -> bool {
    SECRETS.contains(&name) || name.ends_with("_password")
}

fn leave_out_secrets(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if is_secret(name) => {
                        let left = if text.is_empty() { "empty" } else { "given, not shown" };
                        left.clone_into(text);
                    }
                    other => leave_out_secrets(other),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(leave_out_secrets),
        _ => {}
    }
}

fn collect(value: &Value, pointer: &str, name: &str, found: &mut Vec<ApprovalField>) {
    let shown = match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, value) in fields {
                collect(value, &format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1")), name, found);
            }
            return;
        }
        Value::Array(values) if !values.is_empty() => {
            for (place, value) in values.iter().enumerate() {
                collect(value, &format!("{pointer}/{place}"), name, found);
            }
            return;
        }
        Value::Null => return,
        Value::String(text) if FILES.contains(&name) || text.len() > LONGEST || text.contains("-----BEGIN") => described(text.as_bytes()),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    found.push(ApprovalField { pointer: pointer.to_owned(), value: shown });
}

fn described(bytes: &[u8]) -> String {
    format!("{} bytes, SHA-256 {}", bytes.len(), hex(&Sha256::digest(bytes)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(content: &Content) -> Vec<(&str, &str)> {
        content.fields.iter().map(|field| (field.pointer.as_str(), field.value.as_str())).collect()
    }

    #[test]
    fn secrets_are_in_neither_and_that_there_is_one_is() {
        let body = |password: &str| Content::of_json(json!({"user_name": "eve", "password": password, "grants": [{"role": "viewer"}]}));
        let content = body("a quiet harbour 7");
        assert_eq!(shown(&content), [("/grants/0/role", "viewer"), ("/password", "given, not shown"), ("/user_name", "eve")]);
        assert_eq!(content.digest, body("another").digest);
        assert_ne!(content.digest, body("").digest);
        let reordered: Value = serde_json::from_str(r#"{"password": "x", "grants": [{"role": "viewer"}], "user_name": "eve"}"#).unwrap();
        assert_eq!(content, Content::of_json(reordered));
        let deep = Content::of_json(json!({"parts": [{"file_password": "planted"}], "password_file": "/etc/pin"}));
        assert_eq!(shown(&deep), [("/parts/0/file_password", "given, not shown"), ("/password_file", "/etc/pin")]);
    }

    #[test]
    fn files_and_keys_are_told_by_their_digest() {
        let key = "MC4CAQAwBQYDK2VwBCIEIPlantedPlantedPlantedPlantedPlantedPlanted00";
        let content = Content::of_json(json!({"file": key, "note": format!("-----BEGIN PRIVATE KEY-----\n{key}")}));
        assert!(content.fields.iter().all(|field| !field.value.contains("Planted") && field.value.contains("SHA-256")), "{content:?}");
        assert_ne!(content.digest, Content::of_json(json!({"file": "other", "note": "x"})).digest);
    }

    #[test]
    fn what_is_not_shown_is_counted_and_bound_all_the_same() {
        let many =
            |last: usize| Content::of_json(json!((0..100).map(|number| if number == 99 { last } else { number }).collect::<Vec<_>>()));
        let content = many(99);
        assert_eq!((content.fields.len(), content.fields.last().unwrap().value.as_str()), (MOST + 1, "and 40 more"));
        assert_ne!(content.digest, many(7).digest);
    }
}
