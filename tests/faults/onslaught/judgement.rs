//! What is there after a kill, beside what was answered.

use std::collections::BTreeMap;
use std::path::Path;

use certdeck_shared::api::client::Client;
use support::database::Database;
use support::run;
use support::transport::Native;

use super::ledger::Thing;

/// Everything that the load makes, as REST has it now.
pub async fn by_rest(client: &Client<Native>, database: &str) -> BTreeMap<Thing, String> {
    let mut there = BTreeMap::new();
    for entry in client.certificates(database).await.unwrap().certificates {
        if let Some(nickname) = entry.nickname.filter(|nickname| nickname.starts_with("host-")) {
            there.insert(Thing::Certificate(nickname), entry.trust);
        }
    }
    for request in client.requests(database).await.unwrap() {
        there.insert(Thing::Request(request.nickname), request.id);
    }
    for user in client.users().await.unwrap().into_iter().filter(|user| user.user_name.starts_with("user")) {
        there.insert(Thing::User(user.user_name), user.grants.0[0].role.name().to_owned());
    }
    there.insert(Thing::Label, client.database(database).await.unwrap().label);
    there
}

/// Requests whose keys certutil does not have.
pub async fn requests_without_key(client: &Client<Native>, id: &str, database: &Database) -> Vec<Thing> {
    let keys = database.keys();
    let requests = client.requests(id).await.unwrap().into_iter();
    requests.filter(|request| !keys.contains_key(&request.key_id)).map(|request| Thing::Request(request.nickname)).collect()
}

/// The console's own state is whole, as SQLite says.
pub fn state_is_whole(data: &Path) -> bool {
    let connection = rusqlite::Connection::open(data.join("state.sqlite")).unwrap();
    connection.query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0)).unwrap() == "ok"
}

/// The head of the audit log, which continues the one that was kept; what is wrong otherwise.
pub fn audit_head(program: &Path, data: &Path, kept: Option<&str>) -> Result<(i64, String), String> {
    let mut arguments = vec!["audit", "verify", "--json", "--data-dir", data.to_str().unwrap()];
    arguments.extend(kept.iter().flat_map(|head| ["--head", head]));
    let said = run::ask(program.to_str().unwrap(), &arguments);
    if !said.success {
        return Err(format!("certdeck audit verify: {}{}", said.out, said.err));
    }
    let found: certdeck_shared::api::activity::AuditVerification = serde_json::from_str(&said.out).unwrap();
    Ok((found.head.entry, found.head.hash))
}
