//! Every operation of the OpenAPI document has command lines, or a reason why there are none.

use std::collections::BTreeSet;

use certdeck::http::router::api;
use certdeck_shared::glass::{CommandLines, WITHOUT_LINES};
use serde_json::{Value, json};

use crate::deck::Deck;

fn described() -> Value {
    let (_, document) = api();
    serde_json::to_value(document).unwrap()
}

/// The names of the operations, as the document has them.
fn operations(document: &Value) -> BTreeSet<String> {
    let paths = document["paths"].as_object().unwrap();
    let calls = paths.values().flat_map(|path| path.as_object().unwrap().values());
    calls.filter_map(|call| call["operationId"].as_str()).map(str::to_owned).collect()
}

/// The operations that the schema of an action knows.
fn with_lines(document: &Value) -> BTreeSet<String> {
    fn tags(schema: &Value, found: &mut BTreeSet<String>) {
        match schema {
            Value::Object(fields) => {
                found.extend(fields.get("operation").and_then(|operation| operation["enum"][0].as_str()).map(str::to_owned));
                fields.values().for_each(|field| tags(field, found));
            }
            Value::Array(items) => items.iter().for_each(|item| tags(item, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    tags(&document["components"]["schemas"]["Action"], &mut found);
    found
}

#[test]
fn every_operation_has_command_lines_or_a_reason_why_not() {
    let document = described();
    let (operations, with_lines) = (operations(&document), with_lines(&document));
    assert!(operations.len() > 80 && with_lines.len() > 70, "{} {}", operations.len(), with_lines.len());
    let without: BTreeSet<String> = WITHOUT_LINES.iter().map(|(operation, _)| (*operation).to_owned()).collect();
    let missing: Vec<_> = operations.iter().filter(|one| !with_lines.contains(*one) && !without.contains(*one)).collect();
    assert!(missing.is_empty(), "no variant in shared/src/glass/action.rs and no reason in WITHOUT_LINES: {missing:?}");
    let unknown: Vec<_> = with_lines.union(&without).filter(|one| !operations.contains(*one)).collect();
    assert!(unknown.is_empty(), "no such operation in the document: {unknown:?}");
    assert!(with_lines.is_disjoint(&without));
}

#[tokio::test]
async fn what_is_done_to_no_database_has_lines_and_no_secret() {
    let (deck, cookie) = Deck::set_up().await;
    for action in [
        json!({"operation": "create_database", "body": {"action": "create", "path": "/srv/it's", "password": "a secret"}}),
        json!({"operation": "create_user", "body": {"user_name": "grace", "password": "a secret", "grants": [{"role": "viewer"}]}}),
        json!({"operation": "change_user", "user_name": "grace", "body": {"password": "a secret", "current_password": "a secret"}}),
    ] {
        let answer = deck.call_from_page(http::Method::POST, "/api/v1/command-lines", &cookie, &action).await;
        assert_eq!(answer.status, 200, "{:?}", answer.json());
        let lines: CommandLines = serde_json::from_value(answer.json()).unwrap();
        assert!(!lines.rest.is_empty() && !answer.json().to_string().contains("a secret"), "{lines:?}");
    }
}
