//! Lines about the services that use certificates. NSS's tools know nothing of their configurations.

use super::Action;
use super::rest::Call;
use super::shell::Command;
use super::writer::Writer;
use crate::api::paths;

pub(super) fn write(writer: &mut Writer<'_>, action: &Action) {
    match action {
        Action::ListServices => writer.call(&Call::get(paths::SERVICES)),
        Action::FoundServices => writer.call(&Call::get(paths::FOUND_SERVICES)),
        Action::CreateService { body } => {
            writer.note("The tools of NSS do not look at configurations: this shows the lines that name certificates and keys, as they stand there.");
            writer.command(Command::new("grep -rniE 'certificate|_cert|_key|ssl_server'").word(&body.config).raw("|| true"));
            writer.call(&Call::post(paths::SERVICES).json(body));
        }
        Action::ShowService { service } => writer.call(&Call::get(paths::service(service))),
        Action::ForgetService { service } => {
            writer.note("The console forgets it, and nothing on disk changes: there is nothing for NSS to do.");
            writer.call(&Call::new("DELETE", paths::service(service)));
        }
        _ => {}
    }
}
