//! Lines about `certmap.conf`: nothing edits it but an editor; what comes of it a directory tells.

use super::Action;
use super::rest::Call;
use super::shell::Command;
use super::writer::Writer;
use crate::api::certificate_map::{DirectoryQuestion, MapSearch};
use crate::api::paths;

pub(super) fn write(writer: &mut Writer<'_>, action: &Action) {
    match action {
        Action::ShowCertificateMaps { path } => {
            writer.command(Command::new("grep -n '^[^#]'").word(path));
            writer.call(&Call::get(of_file(path)));
        }
        Action::ChangeCertificateMaps { path, body } => {
            writer.note("An editor does it; the servers read the file when they start.");
            writer.call(&Call::new("PATCH", of_file(path)).json(body));
        }
        Action::TryCertificateMap { body, searches } => {
            if let Some(directory) = &body.directory {
                for search in searches {
                    writer.command(ldapsearch(directory, search));
                }
                if directory.bind_dn.is_some() {
                    writer.note("The password does not stand in the lines: ldapsearch asks for it; for curl it is directory.password.");
                }
            }
            writer.call(&Call::post(paths::CERTIFICATE_MAP_TRIAL).json(body).without("/directory/password"));
        }
        _ => {}
    }
}

fn of_file(path: &str) -> String {
    format!("{}?path={}", paths::CERTIFICATE_MAPS, paths::segment(path))
}

fn ldapsearch(directory: &DirectoryQuestion, search: &MapSearch) -> Command {
    let line = Command::new("ldapsearch -x -LLL").option("-H", &directory.url);
    let line = line.raw(if directory.starttls { "-ZZ" } else { "" });
    let line = match directory.bind_dn.as_deref().filter(|name| !name.is_empty()) {
        Some(name) => line.option("-D", name).raw("-W"),
        None => line,
    };
    let base = search.base.as_deref().or(directory.suffix.as_deref()).unwrap_or_default();
    line.option("-b", base).word(&search.filter).raw("uid 'userCertificate;binary'")
}
