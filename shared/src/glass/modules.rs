//! Lines about PKCS#11 modules.

use super::keys::modutil;
use super::rest::Call;
use super::writer::Writer;
use super::{Action, CommandLine};
use crate::api::module::{ModuleChange, NewModule};
use crate::api::paths;

/// Every mechanism that modutil knows by name.
const MECHANISMS: &str = "RSA:DSA:DH:RC2:RC4:RC5:AES:CAMELLIA:DES:MD2:MD5:SHA1:SHA256:SHA512:SSL:TLS:RANDOM:FRIENDLY";

pub(super) fn write(writer: &mut Writer<'_>, action: &Action) {
    match action {
        Action::ListModules => {
            writer.command(modutil(writer, "-list"));
            writer.command(writer.certutil("-U"));
            writer.call(&Call::get(writer.path("modules")));
        }
        Action::ShowModule { module } => {
            writer.command(modutil(writer, "-list").word(module));
            writer.call(&Call::get(paths::module(writer.site.database, module)));
        }
        Action::AddModule { body } => add(writer, body),
        Action::ChangeModule { module, body } => change(writer, module, body),
        Action::RemoveModule { module } => {
            writer.command(modutil(writer, "-delete").word(module));
            writer.call(&Call::new("DELETE", paths::module(writer.site.database, module)));
        }
        _ => {}
    }
}

fn add(writer: &mut Writer<'_>, new: &NewModule) {
    let mechanisms = Some(new.default_mechanisms.join(":")).filter(|names| !names.is_empty());
    let command = modutil(writer, "-add").word(&new.name).option("-libfile", &new.library);
    writer.command(command.maybe("-mechanisms", mechanisms.as_deref()).maybe("-string", new.parameters.as_deref()));
    writer.note("modutil loads the library into itself without trying it before; one that hangs or dies takes modutil along.");
    writer.call(&Call::post(writer.path("modules")).json(new));
}

fn change(writer: &mut Writer<'_>, module: &str, change: &ModuleChange) {
    let of_slot = |command: super::shell::Command| command.maybe("-slot", change.slot.as_deref());
    if let Some(mechanisms) = &change.default_mechanisms {
        let none = of_slot(modutil(writer, "-undefault").word(module).option("-mechanisms", MECHANISMS)).raw("|| true");
        writer.lines.commands.push(CommandLine { remark: "modutil answers 1 although it succeeds".to_owned(), ..none.line() });
        if !mechanisms.is_empty() {
            writer.command(of_slot(modutil(writer, "-default").word(module).option("-mechanisms", &mechanisms.join(":"))));
        }
    }
    if let Some(enabled) = change.enabled {
        let option = if enabled { "-enable" } else { "-disable" };
        writer.command(of_slot(modutil(writer, option).word(module)));
    }
    if change.slot.is_some() {
        writer.note("modutil knows a slot by its description only.");
    }
    writer.call(&Call::new("PATCH", paths::module(writer.site.database, module)).json(change));
}
