//! Accounts, API tokens, the audit log and jobs.

use certdeck_shared::api::account::{ApiTokenRotation, NewApiToken, NewUser, UserChange};
use certdeck_shared::api::approval::{ApprovalDecision, ApprovalRequest, Verdict};
use certdeck_shared::api::certificate_map::{
    DirectoryQuestion, IssuerComparison, MapChange, MapChanges, MapProperty, MapSearch, NewMapTrial,
};
use certdeck_shared::api::key::{KeyAlgorithm, NewKey};
use certdeck_shared::api::role::{Grant, Grants, Role};
use certdeck_shared::api::service::{NewService, ServiceChange, ServiceKind};
use certdeck_shared::glass::{Action, CommandLine, CommandLines};
use serde_json::Value;

use super::Shell;

impl Shell {
    /// Lines of what is done to no database.
    pub(super) async fn console_lines(&self, action: &Action) -> CommandLines {
        self.deck.client.console_command_lines(action).await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_and_tokens_are_the_same_by_each_line() {
    let shell = Shell::new().await;
    let users = async || shell.deck.client.users().await.unwrap().into_iter().map(|user| user.user_name).collect::<Vec<_>>();
    for kind in ["certdeck", "curl"] {
        let of = |lines: CommandLines| if kind == "curl" { lines.rest } else { lines.commands };
        let body = NewUser { user_name: "grace".to_owned(), password: String::new(), grants: Grants::everywhere(Role::Viewer) };
        shell.run(&of(shell.console_lines(&Action::CreateUser { body }).await));
        assert!(users().await.contains(&"grace".to_owned()), "{kind}");
        assert!(shell.run(&of(shell.console_lines(&Action::ListUsers).await)).contains("grace"));
        let body = UserChange { password: Some(String::new()), ..UserChange::default() };
        shell.run(&of(shell.console_lines(&Action::ChangeUser { user_name: "grace".to_owned(), body }).await));
        let grants = Grants(vec![Grant::everywhere(Role::Auditor), Grant::for_database(Role::Operator, &shell.deck.id)]);
        let body = UserChange { grants: Some(grants.clone()), ..UserChange::default() };
        shell.run(&of(shell.console_lines(&Action::ChangeUser { user_name: "grace".to_owned(), body }).await));
        let found = shell.deck.client.users().await.unwrap().into_iter().find(|user| user.user_name == "grace").unwrap();
        assert_eq!(found.grants, grants, "{kind}");
        shell.run(&of(shell.console_lines(&Action::RemoveUser { user_name: "grace".to_owned() }).await));
        assert!(!users().await.contains(&"grace".to_owned()), "{kind}");
        let body = NewApiToken {
            label: "night's backup".to_owned(),
            grants: Grants::everywhere(Role::Viewer),
            expires_in_days: Some(3),
            unattended: true,
        };
        shell.run(&of(shell.console_lines(&Action::CreateApiToken { body }).await));
        assert!(shell.run(&of(shell.console_lines(&Action::ListApiTokens).await)).contains("night's backup"));
        let made = shell.deck.client.api_tokens().await.unwrap().into_iter().find(|token| token.label == "night's backup").unwrap();
        let rotation =
            Action::RotateApiToken { id: made.id.clone(), body: ApiTokenRotation { overlap_hours: 0, expires_in_days: Some(9) } };
        assert!(shell.run(&of(shell.console_lines(&rotation).await)).contains("cdk_"), "{kind}");
        shell.run(&of(shell.console_lines(&Action::RevokeApiToken { id: made.id }).await));
        assert!(!shell.deck.client.api_tokens().await.unwrap().iter().any(|token| token.label == "night's backup"), "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_listed_and_ended_by_each_line() {
    let shell = Shell::new().await;
    for kind in ["certdeck", "curl"] {
        let of = |lines: CommandLines| if kind == "curl" { lines.rest } else { lines.commands };
        let browser = shell.deck.console.sign_in().await;
        let id = browser.open_sessions().await.unwrap().into_iter().find(|session| session.present).unwrap().id;
        assert!(shell.run(&of(shell.console_lines(&Action::ListSessions).await)).contains(&id), "{kind}");
        shell.run(&of(shell.console_lines(&Action::EndSession { id }).await));
        assert!(browser.session().await.is_err(), "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn approvals_are_listed_by_each_line_and_those_of_others_are_answered_as_late() {
    let shell = Shell::new().await;
    let listed = shell.console_lines(&Action::ListApprovals).await;
    assert_eq!((shell.run(&listed.commands).trim(), shell.run(&listed.rest).trim()), ("", "[]"));
    let approval = "00ff".to_owned();
    let decision = ApprovalDecision { verdict: Verdict::Refuse, reason: "it's late".to_owned() };
    let asked = ApprovalRequest { reason: "it's urgent".to_owned() };
    for action in [
        Action::ShowApproval { approval: approval.clone() },
        Action::RequestApproval { approval: approval.clone(), body: asked },
        Action::WithdrawApproval { approval: approval.clone() },
        Action::DecideApproval { approval, body: decision },
    ] {
        let lines = shell.console_lines(&action).await;
        for line in lines.commands.iter().chain(&lines.rest) {
            let command = format!("({}) 2>&1 || true", line.command);
            let said = shell.run(&[CommandLine { command: command.clone(), remark: String::new() }]);
            assert!(said.contains("no such request") || said.contains("404"), "{command}: {said}");
        }
        assert!(!lines.rest.is_empty() || !lines.commands.is_empty(), "an action without lines");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_tells_the_lines_of_what_was_done() {
    let shell = Shell::new().await;
    let made = shell.deck.client.create_key(&shell.deck.id, &NewKey { algorithm: KeyAlgorithm::EcP256, label: None }).await.unwrap();
    let said = shell.run(&shell.console_lines(&Action::ListAudit).await.rest);
    let page: Value = serde_json::from_str(&said).unwrap();
    let lines = shell.console_lines(&Action::VerifyAudit).await;
    let head = page["entries"][0]["hash"].as_str().unwrap();
    assert!(shell.run(&lines.commands).contains(head));
    assert!(shell.run(&lines.rest).contains(head));
    let exported = shell.run(&shell.console_lines(&Action::ExportAudit).await.rest);
    let file = shell.deck.room.path().join("audit.jsonl");
    std::fs::write(&file, &exported).unwrap();
    let program = shell.program.join("certdeck");
    support::run::must(program.to_str().unwrap(), &["audit", "verify", "--head", head, "--file", file.to_str().unwrap()]);
    let entry = page["entries"].as_array().unwrap().iter().find(|entry| entry["action"] == "key.create").unwrap();
    let lines: CommandLines = serde_json::from_value(entry["command_lines"].clone()).unwrap();
    let keys = shell.deck.database.keys().len();
    shell.run(&lines.commands);
    shell.run(&lines.rest);
    assert_eq!(shell.deck.database.keys().len(), keys + 2, "both make one more");
    shell.deck.client.delete_key(&shell.deck.id, &made.id).await.unwrap();
    let refused = shell.deck.client.delete_key(&shell.deck.id, &made.id).await;
    assert!(refused.is_err());
    let page = shell.deck.client.audit(&Default::default()).await.unwrap();
    let deletions: Vec<_> = page.entries.iter().filter(|entry| entry.action == "key.delete").collect();
    assert_eq!(deletions.iter().map(|entry| entry.command_lines.is_some()).collect::<Vec<_>>(), [false, true], "what was refused has none");
    let text = serde_json::to_string(&page).unwrap();
    assert!(!text.contains(support::database::PASSWORD), "no password is in the log");
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_are_listed_shown_and_cancelled() {
    let shell = Shell::new().await;
    let bundle = std::fs::read(support::certificates::DEBIAN_BUNDLE).unwrap();
    let import = shell.deck.client.import_file(&shell.deck.id, "application/x-pem-file", bundle).await.unwrap();
    shell.deck.finished(import).await.unwrap();
    let said = shell.run(&shell.console_lines(&Action::ListJobs).await.rest);
    let jobs: Value = serde_json::from_str(&said).unwrap();
    let id = jobs[0]["id"].as_str().unwrap().to_owned();
    assert!(shell.run(&shell.console_lines(&Action::ShowJob { id: id.clone() }).await.rest).contains("succeeded"));
    // It has ended: the line is right when the console answers what it answers to everyone who is late.
    let cancel = shell.console_lines(&Action::CancelJob { id }).await.rest;
    let late = format!("{} || true", cancel[0].command);
    let said = shell.run(&[certdeck_shared::glass::CommandLine { command: late, remark: String::new() }]);
    assert!(said.is_empty() || said.contains("code"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn services_are_registered_shown_and_forgotten() {
    let shell = Shell::new().await;
    let config = shell.deck.room.path().join("vsftpd.conf");
    std::fs::write(&config, "ssl_enable=YES\nrsa_cert_file=/etc/ssl/certs/it.pem\nrsa_private_key_file=/etc/ssl/private/it.key\n").unwrap();
    let body = NewService::new(ServiceKind::Vsftpd, config.display().to_string());
    let lines = shell.console_lines(&Action::CreateService { body }).await;
    assert!(shell.run(&lines.commands).contains("rsa_cert_file"));
    let made: Value = serde_json::from_str(&shell.run(&lines.rest)).unwrap();
    let service = made["id"].as_str().or(made["service"]["id"].as_str()).unwrap().to_owned();
    assert!(shell.run(&shell.console_lines(&Action::ListServices).await.rest).contains(&service));
    assert!(
        shell.run(&shell.console_lines(&Action::ShowService { service: service.clone(), configured: None }).await.rest).contains("vsftpd")
    );
    shell.run(&shell.console_lines(&Action::FoundServices).await.rest);
    let change = ServiceChange { label: Some("Files".to_owned()), control: None };
    assert!(
        shell.run(&shell.console_lines(&Action::ChangeService { service: service.clone(), body: change }).await.rest).contains("Files")
    );
    shell.run(&shell.console_lines(&Action::ForgetService { service: service.clone() }).await.rest);
    assert!(!shell.run(&shell.console_lines(&Action::ListServices).await.rest).contains(&service));
}

#[tokio::test(flavor = "multi_thread")]
async fn maps_of_certificates_are_shown_changed_and_tried() {
    let shell = Shell::new().await;
    let file = shell.deck.room.path().join("cert map.conf");
    std::fs::write(&file, "certmap default default\n").unwrap();
    let path = file.display().to_string();
    let set = MapChange::SetProperty { map: "default".to_owned(), property: MapProperty::DnComps, value: String::new() };
    let body = MapChanges { changes: vec![set] };
    shell.run(&shell.console_lines(&Action::ChangeCertificateMaps { path: path.clone(), body }).await.rest);
    let lines = shell.console_lines(&Action::ShowCertificateMaps { path: path.clone() }).await;
    assert!(shell.run(&lines.commands).contains("2:default:DNComps"));
    assert!(shell.run(&lines.rest).contains("Every entry"));
    let certificate = std::fs::read_to_string("/etc/ssl/certs/ISRG_Root_X1.pem").unwrap();
    let directory = DirectoryQuestion {
        url: "ldap://127.0.0.1:1".to_owned(),
        starttls: true,
        ca: None,
        bind_dn: Some("cn=admin".to_owned()),
        password: Some("never shown".to_owned()),
        suffix: Some("dc=example,dc=org".to_owned()),
    };
    let body = NewMapTrial { path, changes: Vec::new(), certificate, issuer_comparison: IssuerComparison::AsNames, directory: None };
    let lines = shell.console_lines(&Action::TryCertificateMap { body: body.clone(), searches: Vec::new() }).await;
    assert!(shell.run(&lines.rest).contains("(objectclass=*)"));
    let searches = vec![MapSearch { base: None, filter: "(mail=a b)".to_owned() }];
    let asked = NewMapTrial { directory: Some(directory), ..body };
    let lines = shell.console_lines(&Action::TryCertificateMap { body: asked, searches }).await;
    let expected =
        "ldapsearch -x -LLL -H ldap://127.0.0.1:1 -ZZ -D cn=admin -W -b dc=example,dc=org '(mail=a b)' uid 'userCertificate;binary'";
    assert_eq!(lines.commands[0].command, expected);
    assert!(!serde_json::to_string(&lines).unwrap().contains("never shown"));
}
