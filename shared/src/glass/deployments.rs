//! Lines about what services serve, and about bringing it there.

use super::Action;
use super::rest::Call;
use super::writer::Writer;
use crate::api::paths;

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
        _ => {}
    }
}
