//! What somebody sees and does who was granted one database or one service: everything of it, and nothing of the others.

use axum::body::Body;
use certdeck::http::operations::{Need, OPERATIONS, To};
use certdeck_shared::api::event::Event;
use certdeck_shared::api::role::{Grant, Grants, Role};
use http::Method;
use serde_json::{Value, json};

use crate::deck::{Answer, Deck};

/// Words that stand for what must not be seen.
const SECRET: &str = "Hidden Harbour";

/// A console with two databases and two services, one of each hidden from most.
struct Two {
    deck: Deck,
    cookie: String,
    seen: [String; 2],
    hidden: [String; 2],
    _room: tempfile::TempDir,
}

impl Two {
    async fn new() -> Self {
        let (deck, cookie) = Deck::set_up().await;
        let room = tempfile::tempdir().unwrap();
        let database = async |name: &str, label: &str| {
            let new = json!({"action": "create", "path": room.path().join(name), "label": label, "password": "a quiet harbour 7"});
            made(&deck.call_from_page(Method::POST, "/api/v1/databases", &cookie, &new).await)
        };
        let service = async |name: &str, label: &str| {
            let config = room.path().join(name);
            std::fs::write(&config, format!("listen=YES\nssl_enable=NO\nbanner_file=/{name}\n")).unwrap();
            let new = json!({"kind": "vsftpd", "config": config, "label": label});
            made(&deck.call_from_page(Method::POST, "/api/v1/services", &cookie, &new).await)
        };
        let seen = [database("seen", "Open Sea").await, service("seen.conf", "Open Ferry").await];
        let hidden = [database("hidden-harbour", SECRET).await, service("hidden-harbour.conf", SECRET).await];
        Self { deck, cookie, seen, hidden, _room: room }
    }

    /// Every role that can be for one thing, for what is not hidden.
    async fn bearer(&self) -> String {
        let [database, service] = &self.seen;
        let roles = [Role::Viewer, Role::Operator, Role::Deployer];
        let mut grants: Vec<Grant> = roles.iter().map(|role| Grant::for_database(*role, database)).collect();
        grants.extend(roles.iter().map(|role| Grant::for_service(*role, service)));
        grants.push(Grant::for_database(Role::Auditor, database));
        format!("Bearer {}", self.deck.token_for(Grants(grants)).await)
    }

    async fn call(&self, bearer: &str, method: Method, path: &str, body: &Value) -> Answer {
        let headers = [("authorization", bearer), ("content-type", "application/json")];
        self.deck.call(method, path, &headers, Body::from(body.to_string())).await
    }

    async fn get(&self, bearer: &str, path: &str) -> Answer {
        self.deck.get(path, &[("authorization", bearer)]).await
    }

    async fn end(self) {
        self.deck.console.databases.close().await;
    }
}

fn made(answer: &Answer) -> String {
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_is_not_granted_is_not_there() {
    let two = Two::new().await;
    let bearer = two.bearer().await;
    let [database, service] = &two.hidden;
    for operation in OPERATIONS.iter().filter(|operation| operation.path.contains("{database}") || operation.path.contains("{service}")) {
        let path = operation.path.replace("{database}", database).replace("{service}", service).replace(['{', '}'], "");
        let answer = two.call(&bearer, operation.method.parse().unwrap(), &path, &json!({})).await;
        match operation.need {
            Need::Right(_, To::Named) => {
                assert_eq!(answer.code(), "not-found", "{operation:?}: {}", answer.text);
                let unknown = path.replace(database, "unknown").replace(service, "unknown");
                let unknown = two.call(&bearer, operation.method.parse().unwrap(), &unknown, &json!({})).await;
                let (known, unknown) = (answer.words().replace(database, "unknown").replace(service, "unknown"), unknown.words());
                assert_eq!(known, unknown, "what is hidden is told from what is not there");
            }
            _ => assert_eq!(answer.code(), "scope-insufficient", "{operation:?}"),
        }
    }
    two.end().await;
}

#[tokio::test]
async fn no_listing_and_no_summary_tells_of_what_is_not_granted() {
    let two = Two::new().await;
    let bearer = two.bearer().await;
    let names = [two.hidden[0].as_str(), &two.hidden[1], SECRET, "hidden-harbour"];
    let administrator = [("cookie", two.cookie.as_str())];
    let mut told = 0;
    let everything = OPERATIONS
        .iter()
        .filter(|operation| operation.method == "GET" && !operation.path.contains('{') && !operation.path.ends_with("/events"));
    for operation in everything {
        let all = two.deck.get(operation.path, &administrator).await;
        told += usize::from(names.iter().any(|name| all.text.contains(name)));
        let answer = two.get(&bearer, operation.path).await;
        for name in names {
            assert!(!answer.text.contains(name), "{} tells of {name}: {}", operation.path, answer.text);
        }
    }
    assert!(told >= 3, "an administrator sees it in {told} answers: databases, services, the log");
    let databases = two.get(&bearer, "/api/v1/databases").await.json();
    assert_eq!(databases.as_array().unwrap().len(), 1, "{databases}");
    assert_eq!(two.get(&bearer, "/api/v1/services").await.json().as_array().unwrap().len(), 1);
    assert_eq!(two.get(&bearer, "/api/v1/today").await.json()["watched"]["databases"], 1);
    two.end().await;
}

#[tokio::test]
async fn a_grant_is_good_for_what_it_is_for() {
    let two = Two::new().await;
    let [database, service] = &two.seen;
    let bearer = format!("Bearer {}", two.deck.token_for(Grants(vec![Grant::for_database(Role::Operator, database)])).await);
    let keys = format!("/api/v1/databases/{database}/keys");
    assert_eq!(two.get(&bearer, &keys).await.status, 200);
    let refused = two.call(&bearer, Method::POST, &keys, &json!({})).await.code();
    assert!(refused != "scope-insufficient" && refused != "not-found", "{refused}");
    assert_eq!(two.get(&bearer, &format!("/api/v1/services/{service}")).await.code(), "not-found");
    assert_eq!(two.get(&bearer, &format!("/api/v1/audit?database={database}")).await.code(), "scope-insufficient");
    let auditor = format!("Bearer {}", two.deck.token_for(Grants(vec![Grant::for_database(Role::Auditor, database)])).await);
    let log = two.get(&auditor, &format!("/api/v1/audit?database={database}")).await;
    assert!(log.status == 200 && log.text.contains("database.create"), "{}", log.text);
    assert_eq!(two.get(&auditor, &format!("/api/v1/audit?database={}", two.hidden[0])).await.code(), "not-found");
    assert_eq!(two.get(&auditor, "/api/v1/audit").await.code(), "scope-insufficient");
    two.end().await;
}

/// A deployer of a service takes no key there that they were not granted: neither by a binding nor by a plan that somebody else's binding is in.
#[tokio::test]
async fn a_deployment_needs_the_right_to_the_database_as_to_the_service() {
    let two = Two::new().await;
    let [database, service] = &two.seen;
    let bearer = format!("Bearer {}", two.deck.token_for(Grants(vec![Grant::for_service(Role::Deployer, service)])).await);
    let bindings = format!("/api/v1/services/{service}/bindings");
    let new = json!({"database": database, "certificate": "00".repeat(32)});
    assert_eq!(two.call(&bearer, Method::POST, &bindings, &new).await.code(), "not-found");
    let authorities = json!({"set": "client-ca", "database": database, "certificates": ["00".repeat(32)]});
    let plan = json!({"parts": [{"service": service, "settings": [authorities]}]});
    assert_eq!(two.call(&bearer, Method::POST, "/api/v1/plans", &plan).await.code(), "not-found");
    let other = json!({"parts": [{"service": two.hidden[1]}]});
    assert_eq!(two.call(&bearer, Method::POST, "/api/v1/plans", &other).await.code(), "not-found");
    let viewer = Grants(vec![Grant::for_service(Role::Deployer, service), Grant::for_database(Role::Viewer, database)]);
    let viewer = format!("Bearer {}", two.deck.token_for(viewer).await);
    assert_eq!(two.call(&viewer, Method::POST, &bindings, &new).await.code(), "scope-insufficient");
    two.end().await;
}

/// Lemur, GHSA-4h97-p9wq-chqj: the key of a certificate was exported to any user who could sign in.
#[tokio::test]
async fn lemur_ghsa_4h97_p9wq_chqj_keys_are_exported_to_operators_of_the_database_alone() {
    let two = Two::new().await;
    let [database, service] = &two.seen;
    let exports: Vec<&str> = OPERATIONS
        .iter()
        .map(|operation| operation.path)
        .filter(|path| path.ends_with("/pkcs12") || path.ends_with("/keystore") || path.ends_with("/bundle"))
        .collect();
    assert!(exports.len() >= 4, "{exports:?}");
    let others = [
        Grants::everywhere(Role::Viewer),
        Grants::everywhere(Role::Deployer),
        Grants::everywhere(Role::Auditor),
        Grants(vec![Grant::for_database(Role::Operator, &two.hidden[0]), Grant::for_database(Role::Viewer, database)]),
        Grants(vec![Grant::for_service(Role::Operator, service), Grant::for_database(Role::Viewer, database)]),
    ];
    for grants in others {
        let bearer = format!("Bearer {}", two.deck.token_for(grants.clone()).await);
        for path in &exports {
            let path = path.replace("{database}", database).replace(['{', '}'], "");
            assert_eq!(two.call(&bearer, Method::POST, &path, &json!({})).await.code(), "scope-insufficient", "{path} with {grants}");
        }
    }
    two.end().await;
}

/// Lemur, GHSA-cfh6-pv5c-38jv: naming another's certificate in `replaces` ended the mails about its expiry.
#[tokio::test]
async fn lemur_ghsa_cfh6_pv5c_38jv_nobody_silences_what_is_told_of_anothers_certificate() {
    let two = Two::new().await;
    let bearer = two.bearer().await;
    let fingerprint = "00".repeat(32);
    let renewal = format!("/api/v1/databases/{}/certificates/{fingerprint}/renewal", two.hidden[0]);
    assert_eq!(two.call(&bearer, Method::POST, &renewal, &json!({})).await.code(), "not-found");
    assert_eq!(two.get(&bearer, &renewal).await.code(), "not-found");
    // A notice is snoozed and acknowledged by those who watch what it is about, an endpoint by those who watch its service.
    let notice = json!({"acknowledged": true});
    assert_eq!(two.call(&bearer, Method::PATCH, "/api/v1/notices/any", &notice).await.code(), "not-found");
    let viewer = format!("Bearer {}", two.deck.token(Role::Viewer).await);
    assert_eq!(two.call(&viewer, Method::PATCH, "/api/v1/notices/any", &notice).await.code(), "scope-insufficient");
    let new = json!({"host": "127.0.0.1", "port": 1, "protocol": "http", "tls": "implicit"});
    let added = two.deck.call_from_page(Method::POST, "/api/v1/endpoints", &two.cookie, &new).await;
    let endpoint = made(&added);
    let snooze = json!({"snoozed_until": "2027-01-01T00:00:00Z"});
    assert_eq!(two.call(&bearer, Method::PATCH, &format!("/api/v1/endpoints/{endpoint}"), &snooze).await.code(), "not-found");
    two.end().await;
}

/// UCM: its websocket told everybody who connected, signed in or not.
#[tokio::test]
async fn ucm_events_are_told_to_who_signed_in_and_may_see_them() {
    use http_body_util::BodyExt as _;

    let two = Two::new().await;
    assert_eq!(two.deck.get("/api/v1/events", &[]).await.code(), "not-signed-in");
    let bearer = two.bearer().await;
    let response = two.deck.response(Method::GET, "/api/v1/events", &[("authorization", &bearer)], Body::empty()).await;
    assert_eq!(response.status(), 200);
    let mut stream = response.into_body();
    let changed = |id: &str| Event::DatabaseChanged { database: id.to_owned(), revision: "1".to_owned() };
    two.deck.console.events.publish(changed(&two.hidden[0]));
    two.deck.console.jobs.start("ada", "secret.work", Some(&two.hidden[0]), 1, false, |_| async { Ok(json!({})) }).await.unwrap();
    two.deck.console.events.publish(changed(&two.seen[0]));
    let mut heard = String::new();
    while !heard.contains(&two.seen[0]) {
        let frame = stream.frame().await.expect("the stream ended").unwrap();
        heard.push_str(&String::from_utf8_lossy(&frame.into_data().unwrap()));
    }
    assert!(!heard.contains(&two.hidden[0]) && !heard.contains("secret.work"), "{heard}");
    two.end().await;
}

#[tokio::test]
async fn grants_are_for_what_there_is_and_never_beyond_the_givers() {
    let two = Two::new().await;
    let [database, _] = &two.seen;
    let new = |grants: Value| json!({"user_name": "bob", "password": "a quiet harbour 7", "grants": grants});
    for (grants, words) in [
        (json!([]), "1 to 100"),
        (json!([{"role": "viewer", "database": "none"}]), "nothing that this console has"),
        (json!([{"role": "administrator", "database": database}]), "administrator is one everywhere"),
        (json!([{"role": "auditor", "service": two.seen[1]}]), "the log"),
    ] {
        let answer = two.deck.call_from_page(Method::POST, "/api/v1/users", &two.cookie, &new(grants)).await;
        assert_eq!(answer.json()["errors"][0]["pointer"], "/grants", "{}", answer.text);
        assert!(answer.text.contains(words), "{}", answer.text);
    }
    let good = json!([{"role": "operator", "database": database}]);
    assert_eq!(two.deck.call_from_page(Method::POST, "/api/v1/users", &two.cookie, &new(good)).await.status, 201);
    let cookie = two.deck.sign_in("bob", "a quiet harbour 7").await.cookie();
    let own = two.deck.call_from_page(Method::PATCH, "/api/v1/users/bob", &cookie, &json!({"grants": [{"role": "administrator"}]})).await;
    assert_eq!(own.code(), "scope-insufficient");
    let listed = two.deck.get("/api/v1/databases", &[("cookie", &cookie)]).await.json();
    assert_eq!(listed.as_array().unwrap().len(), 1, "{listed}");
    two.end().await;
}

#[tokio::test]
async fn of_the_policy_the_rules_are_told_for_what_is_granted() {
    let two = Two::new().await;
    let rule = |applies_to: Value| json!({"applies_to": applies_to});
    let mut policy = two.deck.get("/api/v1/notices/policy", &[("cookie", &two.cookie)]).await.json();
    policy["rules"] = json!([
        rule(json!({"by": "database", "database": two.seen[0]})),
        rule(json!({"by": "database", "database": two.hidden[0]})),
        rule(json!({"by": "certificate", "database": two.hidden[0], "nickname": SECRET})),
        rule(json!({"by": "tag", "tag": SECRET})),
        rule(json!({"by": "issuer", "name": SECRET})),
    ]);
    let set = two.deck.call_from_page(Method::PUT, "/api/v1/notices/policy", &two.cookie, &policy).await;
    assert_eq!(set.status, 200, "{}", set.text);
    let told = two.get(&two.bearer().await, "/api/v1/notices/policy").await.json();
    assert_eq!(told["rules"].as_array().unwrap().len(), 1, "{told}");
    assert_eq!(told["rules"][0]["applies_to"]["database"], two.seen[0].as_str());
    let all = two.deck.get("/api/v1/notices/policy", &[("cookie", &two.cookie)]).await.json();
    assert_eq!(all["rules"].as_array().unwrap().len(), 5);
    two.end().await;
}

#[tokio::test]
async fn the_log_is_searched_for_a_service_by_its_identifier_as_by_its_configuration() {
    let two = Two::new().await;
    let log = async |service: &str| {
        let found = two.deck.get(&format!("/api/v1/audit?service={service}"), &[("cookie", &two.cookie)]).await.json();
        found["entries"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(log(&two.seen[1]).await, ["service.register"]);
    assert_eq!(log("nothing").await, Vec::<String>::new());
    two.end().await;
}
