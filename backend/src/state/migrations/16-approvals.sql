CREATE TABLE approvals (
    id TEXT PRIMARY KEY,
    caller TEXT NOT NULL,
    account TEXT NOT NULL COLLATE NOCASE,
    digest BLOB NOT NULL,
    needs TEXT NOT NULL,
    approver TEXT COLLATE NOCASE,
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    ends_at INTEGER,
    approval TEXT NOT NULL
) STRICT;
CREATE INDEX approvals_by_call ON approvals (caller, digest);
CREATE INDEX approvals_by_state ON approvals (state, ends_at);
CREATE INDEX approvals_by_time ON approvals (created_at);
