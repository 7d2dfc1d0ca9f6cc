//! Lines about the console itself: accounts, API tokens, jobs, the audit log. NSS has nothing of these.

use super::Action;
use super::rest::Call;
use super::shell::Command;
use super::writer::Writer;
use crate::api::approval::Verdict;
use crate::api::paths;
use crate::api::role::Grants;

pub(super) fn write(writer: &mut Writer<'_>, action: &Action) {
    match action {
        Action::ListUsers => {
            on_host(writer, Command::new("certdeck user list"));
            writer.call(&Call::get(paths::USERS));
        }
        Action::CreateUser { body } => {
            let command = granted(Command::new("certdeck user add").word(&body.user_name), &body.grants);
            on_host(writer, command.raw("< \"$USER_PW_FILE\""));
            writer.call(&Call::post(paths::USERS).json(body).secret("password", "USER_PW_FILE"));
        }
        Action::ChangeUser { user_name, body } => {
            let mut call = Call::new("PATCH", paths::user(user_name)).json(body).without("password").without("current_password");
            if body.password.is_some() {
                on_host(writer, Command::new("certdeck user password").word(user_name).raw("< \"$NEW_PW_FILE\""));
                call = call.secret("password", "NEW_PW_FILE");
            }
            if let Some(grants) = &body.grants {
                on_host(writer, granted(Command::new("certdeck user grant").word(user_name), grants));
            }
            if body.current_password.is_some() {
                call = call.secret("current_password", "USER_PW_FILE");
            }
            writer.call(&call);
        }
        Action::RemoveUser { user_name } => {
            on_host(writer, Command::new("certdeck user remove").word(user_name));
            writer.call(&Call::new("DELETE", paths::user(user_name)));
        }
        Action::ListApiTokens => {
            on_host(writer, Command::new("certdeck api-token list"));
            writer.call(&Call::get(paths::API_TOKENS));
        }
        Action::CreateApiToken { body } => {
            let days = body.expires_in_days.map(|days| days.to_string());
            let command = granted(Command::new("certdeck api-token create").word(&body.label), &body.grants);
            let command = command.maybe("--expires-in-days", days.as_deref());
            on_host(writer, if body.unattended { command.word("--unattended") } else { command });
            writer.call(&Call::post(paths::API_TOKENS).json(body));
        }
        Action::RotateApiToken { id, body } => {
            let days = body.expires_in_days.map(|days| days.to_string());
            let command = Command::new("certdeck api-token rotate").word(id).option("--overlap-hours", &body.overlap_hours.to_string());
            on_host(writer, command.maybe("--expires-in-days", days.as_deref()));
            writer.call(&Call::post(paths::api_token_rotation(id)).json(body));
        }
        Action::ListApprovals => {
            on_host(writer, Command::new("certdeck approval list"));
            writer.call(&Call::get(paths::APPROVALS));
        }
        Action::ShowApproval { approval } => writer.call(&Call::get(paths::approval(approval))),
        Action::RequestApproval { approval, body } => writer.call(&Call::post(paths::approval_request(approval)).json(body)),
        Action::DecideApproval { approval, body } => {
            let command = match body.verdict {
                Verdict::Approve => Command::new("certdeck approval approve"),
                Verdict::Refuse => Command::new("certdeck approval refuse"),
            };
            let reason = Some(body.reason.as_str()).filter(|reason| !reason.is_empty());
            on_host(writer, command.word(approval).maybe("--reason", reason));
            writer.note("By REST a person decides, in a session of theirs; an API token is no second person.");
        }
        Action::WithdrawApproval { approval } => writer.call(&Call::new("DELETE", paths::approval(approval))),
        Action::ListSessions => {
            on_host(writer, Command::new("certdeck session list"));
            writer.call(&Call::get(paths::SESSIONS));
        }
        Action::EndSession { id } => {
            on_host(writer, Command::new("certdeck session end").word(id));
            writer.call(&Call::new("DELETE", paths::open_session(id)));
        }
        Action::RevokeApiToken { id } => {
            on_host(writer, Command::new("certdeck api-token revoke").word(id));
            writer.call(&Call::new("DELETE", paths::api_token(id)));
        }
        Action::ListAudit => writer.call(&Call::get([paths::AUDIT, "?limit=100"].concat())),
        Action::VerifyAudit => {
            on_host(writer, Command::new("certdeck audit verify"));
            writer.call(&Call::get(paths::AUDIT_VERIFICATION));
        }
        Action::ExportAudit => {
            writer.note("certdeck audit verify --file follows the digests of the file, on any machine.");
            writer.call(&Call::get(paths::AUDIT_EXPORT));
        }
        Action::ListJobs => writer.call(&Call::get(paths::JOBS)),
        Action::ShowJob { id } => writer.call(&Call::get(paths::job(id))),
        Action::CancelJob { id } => writer.call(&Call::new("DELETE", paths::job(id))),
        _ => {}
    }
}

/// certdeck's own command goes to the data directory, which `CERTDECK_DATA_DIR` names.
fn on_host(writer: &mut Writer<'_>, command: Command) {
    writer.remarked(command, "on the server, by whoever owns the console's data");
}

/// An option for each grant.
fn granted(command: Command, grants: &Grants) -> Command {
    grants.0.iter().fold(command, |command, grant| command.option("--grant", &grant.to_string()))
}
