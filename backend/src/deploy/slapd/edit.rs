//! What can be changed in the configuration of slapd: attributes of `cn=config`, which the running slapd writes, or directives of `slapd.conf`.

use std::path::{Path, PathBuf};

use super::found::{self, Found};
use super::library::TlsLibrary;
use super::started::Defaults;
use super::values::Values;
use super::{Slapd, conf, is_directory, listener, process_of, takeover};
use crate::deploy::adapter::Observation;
use crate::deploy::change::{AttributeEdit, Control, EditRefused, Edits, FileRules, ProgramRun, Rights, Running, Takeover, Wanted};
use crate::deploy::drafts::Drafts;
use crate::deploy::editor::ServiceEditor;
use crate::deploy::reading::Reading;
use crate::deploy::settings::What;
use crate::deploy::splice;
use crate::host::owners;
use crate::host::tree::Tree;

impl ServiceEditor for Slapd {
    fn file_rules(&self, config: &Path, observation: &Observation) -> FileRules {
        let user = observation.key_reader.user.as_str();
        let group = owners::user_by_name(user).and_then(|owner| owners::group_name(owner.group)).unwrap_or_else(|| user.to_owned());
        FileRules {
            directory: config.parent().unwrap_or(Path::new("/etc/ldap")).join("ssl"),
            // slapd reads them after it has become its own user, and need not write them.
            key: Rights::of("root", &group, 0o640),
            key_directory: Rights::of("root", &group, 0o750),
            certificate: Rights::of("root", "root", 0o644),
            // GnuTLS takes them; whether this slapd does is tried.
            fewest_rsa_bits: 1024,
        }
    }

    fn edit(&self, tree: &Tree, config: &Path, observation: &Observation, wanted: &[Wanted]) -> Result<Edits, EditRefused> {
        if wanted.is_empty() {
            return Ok(Edits::default());
        }
        let process = process_of(tree, config);
        let library = match &process {
            Some(process) => TlsLibrary::of_process(tree, process.id),
            None => TlsLibrary::installed(tree),
        };
        let found = found::read(&mut Reading::new(tree), config);
        let found = found.ok_or_else(|| EditRefused::because(format!("{} cannot be read.", config.display())))?;
        let present = found.iter().map(|found| (found.name.clone(), found.text.clone())).collect();
        let mut values = Values::new(observation, library, present);
        for wish in wanted {
            values.add(wish)?;
        }
        values.check(wanted)?;
        let mut edits = match is_directory(tree, config) {
            true => Edits { attributes: attributes(&found, &values.wanted), ..Edits::default() },
            false => directives(tree, config, &values.wanted)?,
        };
        edits.files.extend(listener::with_addresses(tree, process.as_ref(), &values.addresses)?);
        Ok(edits)
    }

    fn beside(&self, tree: &Tree) -> Vec<PathBuf> {
        Defaults::read(tree).map(|defaults| defaults.path).into_iter().collect()
    }

    fn own_check(&self, tree: &Tree, config: &Path, _: &Running, control: &Control) -> Option<ProgramRun> {
        Some(takeover::check(tree, config, control))
    }

    fn takeover(
        &self,
        tree: &Tree,
        config: &Path,
        _: &Observation,
        running: &Running,
        control: &Control,
        edits: &Edits,
    ) -> Result<Takeover, EditRefused> {
        takeover::of(tree, config, running, control, edits)
    }
}

/// All attributes about TLS, those that stay as they are as well: slapd reads all files anew, and nothing that an earlier attempt left in its
/// memory counts any more.
fn attributes(found: &[Found], wanted: &[(&'static str, String)]) -> Vec<AttributeEdit> {
    let mut attributes: Vec<AttributeEdit> = Vec::new();
    for found in found.iter().filter(|found| found.name.starts_with("tls")) {
        match attributes.iter_mut().find(|known| known.name.eq_ignore_ascii_case(&found.shown)) {
            Some(known) => known.before.push(found.text.clone()),
            None => attributes.push(AttributeEdit { name: found.shown.clone(), before: vec![found.text.clone()], after: Vec::new() }),
        }
    }
    for attribute in &mut attributes {
        attribute.after.clone_from(&attribute.before);
    }
    for (name, value) in wanted {
        let name = format!("olc{name}");
        match attributes.iter_mut().find(|known| known.name.eq_ignore_ascii_case(&name)) {
            Some(known) => known.after = vec![value.clone()],
            None => attributes.push(AttributeEdit { name, before: Vec::new(), after: vec![value.clone()] }),
        }
    }
    attributes
}

/// `slapd.conf` with other values: the last directive of a name counts. New ones come behind the others about TLS, and before the first database,
/// whose they would be otherwise.
fn directives(tree: &Tree, config: &Path, wanted: &[(&'static str, String)]) -> Result<Edits, EditRefused> {
    let mut drafts = Drafts::over(tree);
    for (name, value) in wanted {
        // slapd takes quotes away, and needs them where there is space.
        let written = if value.contains(char::is_whitespace) { format!("\"{value}\"") } else { value.clone() };
        let found = found::read(&mut Reading::over(&drafts), config).unwrap_or_default();
        let lower = name.to_ascii_lowercase();
        if let Some(known) = found.iter().rev().find(|found| found.name == lower) {
            if known.text == *value {
                continue;
            }
            let path = Path::new(&known.place.file);
            let document = drafts.document(path, conf::parse)?;
            let setting = document.settings().find(|(_, line)| *line == known.place.line);
            let (setting, _) = setting.ok_or_else(|| EditRefused::at(&known.place, "The directive cannot be found again."))?;
            let span = setting.value.clone();
            if span.is_empty() {
                return Err(EditRefused::at(&known.place, "The directive has no value."));
            }
            let after = splice::replaced(document.bytes(), &span, &written);
            drafts.put(path, after)?;
            continue;
        }
        let document = drafts.document(config, conf::parse)?;
        let line = format!("{name}\t{written}");
        let directives: Vec<_> = document
            .entries
            .iter()
            .filter_map(|entry| match &entry.what {
                What::Setting(setting) => Some((setting.name.to_ascii_lowercase(), entry)),
                _ => None,
            })
            .collect();
        let about_tls = directives.iter().rev().find(|(name, _)| name.starts_with("tls"));
        let database = directives.iter().find(|(name, _)| matches!(name.as_str(), "database" | "backend"));
        let after = match (about_tls, database) {
            (Some((_, entry)), _) => splice::with_line_after(document.bytes(), &entry.span, &line),
            (None, Some((_, entry))) => splice::with_line_before(document.bytes(), &entry.span, &line),
            (None, None) => splice::with_line_at_end(document.bytes(), &line),
        };
        drafts.put(config, after)?;
    }
    Ok(drafts.finish())
}
