//! Lines about what services serve, and about bringing it there.

use super::Action;
use super::probes::dialogue;
use super::rest::Call;
use super::shell::Command;
use super::writer::Writer;
use crate::api::paths;
use crate::api::plan::{AttributeChange, FileChange, FilePurpose, PlanPart, PlannedProbe};
use crate::api::service::TlsMode;

pub(super) fn write(writer: &mut Writer<'_>, action: &Action) {
    match action {
        Action::ListBindings { service } => writer.call(&Call::get(paths::bindings(service))),
        Action::CreateBinding { service, body } => {
            writer.note("Only the console knows it; nothing of the service changes before a plan is applied.");
            writer.call(&Call::post(paths::bindings(service)).json(body));
        }
        Action::RemoveBinding { service, binding } => {
            writer.note("The console forgets it, and the files of the service stay as they are.");
            writer.call(&Call::new("DELETE", paths::binding(service, binding)));
        }
        Action::CreatePlan { body } => {
            writer.note("A plan changes nothing: it tells what applying it would do.");
            writer.call(&Call::post(paths::PLANS).json(body));
        }
        Action::ShowPlan { plan } => writer.call(&Call::get(paths::plan(plan))),
        Action::ApplyPlan { plan, parts } => {
            for part in parts {
                steps(writer, part);
            }
            writer.note("Lines that fail leave what they did. The console takes everything back, and proves it.");
            writer.call(&Call::post(paths::plan_application(plan)));
        }
        Action::ListDeployments => writer.call(&Call::get(paths::DEPLOYMENTS)),
        Action::ShowDeployment { deployment } => writer.call(&Call::get(paths::deployment(deployment))),
        Action::RollBackDeployment { deployment } => {
            writer.note("What was there before is kept by the console alone: no line could bring it back.");
            writer.call(&Call::post(paths::rollback(deployment)));
        }
        _ => {}
    }
}

/// What an administrator would type to do a part of a plan by hand.
fn steps(writer: &mut Writer<'_>, part: &PlanPart) {
    for change in &part.files {
        install(writer, change);
    }
    if !part.attributes.is_empty() {
        let lines = modify(&part.attributes);
        let printed = lines.iter().fold(Command::new("printf '%s\\n'"), |printed, line| printed.word(line));
        writer.command(printed.raw("| ldapmodify -Q -Y EXTERNAL -H ldapi:///"));
    }
    if let Some((program, arguments)) = part.activation.arguments.split_first() {
        let line = arguments.iter().fold(Command::new(&super::quoted(program)), |line, argument| line.word(argument));
        writer.remarked(line, &part.activation.why);
    }
    for probe in &part.probes {
        writer.remarked(asked(probe), &["must be ", &probe.expected].concat());
    }
}

fn install(writer: &mut Writer<'_>, change: &FileChange) {
    let Some(after) = &change.after else {
        return writer.command(Command::new("rm").word(&change.path));
    };
    let line = Command::new("install").option("-o", &after.owner).option("-g", &after.group).option("-m", &after.mode);
    let name = change.path.rsplit('/').next().unwrap_or_default();
    match change.purpose {
        FilePurpose::Directory => writer.command(line.raw("-d").word(&change.path)),
        FilePurpose::Configuration => writer.command(Command::new("sudoedit").word(&change.path)),
        _ => writer.command(line.word(&["new/", name].concat()).word(&change.path)),
    }
}

/// One record for ldapmodify: three would leave slapd without TLS between them.
fn modify(attributes: &[AttributeChange]) -> Vec<String> {
    let mut lines = vec!["dn: cn=config".to_owned(), "changetype: modify".to_owned()];
    for (place, attribute) in attributes.iter().enumerate() {
        if place > 0 {
            lines.push("-".to_owned());
        }
        lines.push(["replace: ", &attribute.name].concat());
        lines.extend(attribute.after.iter().map(|value| [&attribute.name, ": ", value].concat()));
    }
    lines
}

/// Tells the fingerprint of the leaf that a port serves.
fn asked(probe: &PlannedProbe) -> Command {
    let host = if probe.host.contains(':') { ["[", &probe.host, "]"].concat() } else { probe.host.clone() };
    let starttls = dialogue(probe.protocol).filter(|_| probe.tls == TlsMode::Starttls);
    Command::new("openssl s_client")
        .option("-connect", &[&host, ":", &probe.port.to_string()].concat())
        .maybe("-starttls", starttls)
        .maybe("-servername", probe.server_name.as_deref())
        .raw("</dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha256")
}
