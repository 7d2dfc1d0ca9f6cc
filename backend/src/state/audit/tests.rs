//! Somebody who can write the file changes the log past the console, and it shows.

use std::path::PathBuf;

use certdeck_shared::api::activity::{AuditFault, AuditFaultKind, AuditVerification};
use rusqlite::Connection;
use serde_json::json;

use super::*;
use crate::host::Clock;

struct Log {
    _room: tempfile::TempDir,
    path: PathBuf,
    store: Store,
}

impl Log {
    /// A log of nine entries.
    async fn new() -> Self {
        let room = tempfile::tempdir().unwrap();
        let path = room.path().join("state.sqlite");
        let store = Store::open(&path, Clock::system()).unwrap();
        for number in 1..=9 {
            let draft = AuditDraft::success("ada", "certificate.trust").database("d").subject(format!("number \"{number}\" \u{1f511}\n"));
            store.audit().record(draft.before(json!({"trust": ",,"})).after(json!({"trust": number}))).await.unwrap();
        }
        Self { _room: room, path, store }
    }

    fn tamper(&self, sql: &str) {
        Connection::open(&self.path).unwrap().execute_batch(sql).unwrap();
    }

    /// What the running console finds; the look at the file alone finds the same.
    async fn verified(&self, head: Option<&str>) -> AuditVerification {
        let found = self.store.audit().verify(head).await.unwrap();
        assert_eq!(verify_state(&self.path, head).unwrap(), found);
        found
    }
}

fn place(found: &AuditVerification) -> Option<(i64, AuditFaultKind)> {
    assert_eq!(found.intact, found.fault.is_none());
    found.fault.as_ref().map(|AuditFault { entry, kind, .. }| (*entry, *kind))
}

/// Rows as they stand, each with the digest that its new content would have: what somebody does who knows this source.
fn digest_anew(path: &std::path::Path, from: i64) {
    let connection = Connection::open(path).unwrap();
    let mut previous: String =
        connection.query_row("SELECT hash FROM audit WHERE id < ?1 ORDER BY id DESC LIMIT 1", [from], |row| row.get(0)).unwrap();
    let mut rows = connection.prepare("SELECT * FROM audit WHERE id >= ?1 ORDER BY id").unwrap();
    let links: Vec<_> = rows.query_map([from], chain::Link::read).unwrap().map(Result::unwrap).collect();
    for mut link in links {
        link.previous = previous;
        previous = link.hash().unwrap();
        connection.execute("UPDATE audit SET previous = ?2, hash = ?3 WHERE id = ?1", params![link.id, link.previous, previous]).unwrap();
        connection.execute("UPDATE audit_head SET entry = ?1, hash = ?2", params![link.id, previous]).unwrap();
    }
}

#[tokio::test]
async fn an_untouched_log_is_intact_and_its_head_is_known_later() {
    let log = Log::new().await;
    let found = log.verified(None).await;
    assert_eq!((found.intact, found.entries, found.first, found.head.entry), (true, 9, Some(1), 9), "{found:?}");
    assert_eq!(log.store.audit().head().await.unwrap(), found.head);
    log.store.audit().record(AuditDraft::success("ada", "user.create")).await.unwrap();
    let later = log.verified(Some(&found.head.hash.to_uppercase())).await;
    assert_eq!((later.intact, later.entries, later.known), (true, 10, Some(9)));
    let empty = Store::in_memory(Clock::system()).unwrap().audit().verify(None).await.unwrap();
    assert_eq!((empty.intact, empty.entries, empty.first), (true, 0, None));
}

#[tokio::test]
async fn any_change_of_any_column_is_found_and_named() {
    for column in ["at", "actor", "action", "database", "subject", "outcome", "before", "after", "previous", "hash"] {
        let log = Log::new().await;
        log.tamper(&format!(
            "UPDATE audit SET {column} = CASE typeof({column}) WHEN 'integer' THEN {column} + 1 ELSE {column} || ' ' END WHERE id = 5"
        ));
        assert_eq!(place(&log.verified(None).await), Some((5, AuditFaultKind::Changed)), "{column}");
    }
    for column in ["credential", "peer", "request_id", "command_lines"] {
        let log = Log::new().await;
        log.tamper(&format!("UPDATE audit SET {column} = '\"x\"' WHERE id = 5"));
        assert_eq!(place(&log.verified(None).await), Some((5, AuditFaultKind::Changed)), "{column}");
    }
    let log = Log::new().await;
    log.tamper("UPDATE audit SET actor = CAST(x'ff' AS TEXT) WHERE id = 3");
    assert_eq!(place(&log.verified(None).await), Some((3, AuditFaultKind::Changed)), "not even text");
}

#[tokio::test]
async fn two_columns_do_not_share_their_bytes_in_another_way() {
    let log = Log::new().await;
    log.store.audit().record(AuditDraft::success("ada", "x").before(json!({"a": 1, "after": 2})).after(json!(3))).await.unwrap();
    log.tamper(r#"UPDATE audit SET before = '{"a":1', after = '2},"after":3' WHERE id = 10"#);
    assert_eq!(place(&log.verified(None).await), Some((10, AuditFaultKind::Changed)));
}

#[tokio::test]
async fn rows_that_are_deleted_are_found_wherever_they_stood() {
    let cases = [
        ("DELETE FROM audit WHERE id = 1", (1, AuditFaultKind::Unlinked)),
        ("DELETE FROM audit WHERE id = 5", (5, AuditFaultKind::Unlinked)),
        ("DELETE FROM audit WHERE id IN (3, 4, 5)", (3, AuditFaultKind::Unlinked)),
        ("DELETE FROM audit WHERE id = 9", (9, AuditFaultKind::EndAltered)),
        ("DELETE FROM audit WHERE id > 4", (5, AuditFaultKind::EndAltered)),
        ("DELETE FROM audit", (1, AuditFaultKind::EndAltered)),
        ("DELETE FROM audit_head", (9, AuditFaultKind::EndAltered)),
    ];
    for (sql, expected) in cases {
        let log = Log::new().await;
        log.tamper(sql);
        assert_eq!(place(&log.verified(None).await), Some(expected), "{sql}");
        // The console goes on, and what happens later does not hide it.
        log.store.audit().record(AuditDraft::success("ada", "user.create")).await.unwrap();
        if !sql.contains("audit_head") {
            let found = log.verified(None).await;
            assert_eq!(place(&found).map(|(entry, _)| entry), Some(expected.0), "{sql}: {found:?}");
        }
    }
}

#[tokio::test]
async fn rows_that_are_put_in_or_moved_are_found() {
    let copy = "actor, action, database, subject, outcome, before, after, previous, hash";
    let cases = [
        (
            "UPDATE audit SET id = 100 WHERE id = 3; UPDATE audit SET id = 3 WHERE id = 4; UPDATE audit SET id = 4 WHERE id = 100"
                .to_owned(),
            (3, AuditFaultKind::Changed),
        ),
        (
            format!("DELETE FROM audit WHERE id = 6; INSERT INTO audit (id, at, {copy}) SELECT 6, at, {copy} FROM audit WHERE id = 5"),
            (6, AuditFaultKind::Changed),
        ),
        (format!("INSERT INTO audit (id, at, {copy}) SELECT 10, at, {copy} FROM audit WHERE id = 9"), (10, AuditFaultKind::Changed)),
        (format!("INSERT INTO audit (id, at, {copy}) SELECT 0, at, {copy} FROM audit WHERE id = 9"), (0, AuditFaultKind::Changed)),
        (format!("INSERT INTO audit (id, at, {copy}) SELECT -7, at, {copy} FROM audit WHERE id = 9"), (-7, AuditFaultKind::Changed)),
    ];
    for (sql, expected) in cases {
        let log = Log::new().await;
        log.tamper(&sql);
        assert_eq!(place(&log.verified(None).await), Some(expected), "{sql}");
    }
    let log = Log::new().await;
    let mut link = Connection::open(&log.path).unwrap().query_row("SELECT * FROM audit WHERE id = 9", [], chain::Link::read).unwrap();
    (link.id, link.previous) = (10, log.store.audit().head().await.unwrap().hash);
    let hash = link.hash().unwrap();
    log.tamper(&format!("INSERT INTO audit (id, at, {copy}) SELECT 10, at, actor, action, database, subject, outcome, before, after, '{}', '{hash}' FROM audit WHERE id = 9", link.previous));
    assert_eq!(place(&log.verified(None).await), Some((10, AuditFaultKind::EndAltered)), "one that was digested well, past the head");
}

#[tokio::test]
async fn a_row_digested_anew_shows_at_the_next_one_and_a_log_digested_anew_by_a_digest_kept_elsewhere_alone() {
    let log = Log::new().await;
    let kept = log.store.audit().head().await.unwrap().hash;
    log.tamper("UPDATE audit SET subject = 'nothing' WHERE id = 5");
    digest_anew(&log.path, 5);
    let found = log.verified(None).await;
    assert!(found.intact, "a chain without a secret proves no more than this: {found:?}");
    assert_eq!(place(&log.verified(Some(&kept)).await), Some((9, AuditFaultKind::HeadUnknown)));

    let log = Log::new().await;
    let mut link = Connection::open(&log.path).unwrap().query_row("SELECT * FROM audit WHERE id = 5", [], chain::Link::read).unwrap();
    link.actor = "grace".to_owned();
    log.tamper(&format!("UPDATE audit SET actor = 'grace', hash = '{}' WHERE id = 5", link.hash().unwrap()));
    assert_eq!(place(&log.verified(None).await), Some((6, AuditFaultKind::Unlinked)));
}

#[tokio::test]
async fn what_was_undone_leaves_no_entry_and_no_gap() {
    let log = Log::new().await;
    let undone = log.store.call(|state| {
        AuditDraft::success("ada", "user.create").write(state, time::OffsetDateTime::UNIX_EPOCH)?;
        Err::<(), _>(StateError::Exists)
    });
    assert!(undone.await.is_err());
    assert_eq!(log.verified(None).await.entries, 9);
}

#[tokio::test]
async fn more_entries_than_a_portion_are_followed_to_the_end() {
    let log = Log::new().await;
    log.store
        .call(|state| {
            for _ in 0..4500 {
                AuditDraft::success("ada", "endpoint.probe").write(state, time::OffsetDateTime::UNIX_EPOCH)?;
            }
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(log.verified(None).await.entries, 4509);
    log.tamper("DELETE FROM audit WHERE id = 4444");
    assert_eq!(place(&log.verified(None).await), Some((4444, AuditFaultKind::Unlinked)));
}
