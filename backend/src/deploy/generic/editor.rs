//! A described service is told of other files in its description; what takes them up are the programs of its registration.

use std::path::{Path, PathBuf};

use certdeck_shared::api::plan::Disturbance;

use super::Generic;
use super::description::{Described, quoted};
use crate::deploy::adapter::Observation;
use crate::deploy::change::{Activation, Control, EditRefused, Edits, FileRules, ProgramRun, Rights, Running, Takeover, Verdict, Wanted};
use crate::deploy::drafts::Drafts;
use crate::deploy::editor::ServiceEditor;
use crate::deploy::splice;
use crate::host::tree::Tree;

/// How long a program may take, in seconds.
const PATIENCE_SECONDS: u64 = 60;

impl ServiceEditor for Generic {
    fn file_rules(&self, config: &Path, observation: &Observation) -> FileRules {
        let reader = observation.key_reader.user.as_str();
        let key = if reader == "root" { Rights::of("root", "root", 0o600) } else { Rights::of("root", reader, 0o640) };
        let key_directory = Rights { mode: if reader == "root" { 0o700 } else { 0o750 }, ..key.clone() };
        FileRules {
            directory: directory(config, observation),
            key,
            key_directory,
            certificate: Rights::of("root", "root", 0o644),
            fewest_rsa_bits: 1_024,
        }
    }

    fn edit(&self, tree: &Tree, config: &Path, _: &Observation, wanted: &[Wanted]) -> Result<Edits, EditRefused> {
        let mut drafts = Drafts::over(tree);
        for one in wanted {
            let Wanted::Pair { pair: 0, certificate, key, chain, .. } = one else {
                return Err(EditRefused::because(
                    "The console knows the files of this service and nothing else of it: change its own configuration by hand.",
                ));
            };
            for (name, path) in [("certificate", Some(certificate)), ("key", Some(key)), ("chain", chain.as_ref())] {
                put(&mut drafts, config, name, path)?;
            }
        }
        Ok(drafts.finish())
    }

    fn own_check(&self, _: &Tree, _: &Path, _: &Running, control: &Control) -> Option<ProgramRun> {
        control.check.clone().map(run)
    }

    fn takeover(&self, _: &Tree, _: &Path, _: &Observation, _: &Running, control: &Control, _: &Edits) -> Result<Takeover, EditRefused> {
        let (program, disturbance) = match (&control.reload, &control.restart) {
            (Some(reload), _) => (reload.clone(), Disturbance::Reload),
            (None, Some(restart)) => (restart.clone(), Disturbance::Restart),
            (None, None) => {
                return Err(EditRefused::because("Nobody said how this service is reloaded or restarted: give it a program that does."));
            }
        };
        Ok(Takeover { activation: Activation::Run(run(program)), disturbance, why: "It is done as it was registered.".to_owned() })
    }
}

/// Sets a file of the description, or takes it out.
fn put(drafts: &mut Drafts<'_>, config: &Path, name: &str, path: Option<&PathBuf>) -> Result<(), EditRefused> {
    let bytes =
        drafts.read(config).map_err(|error| EditRefused::because(format!("{} cannot be read: {}.", config.display(), error.source)))?;
    let described = Described::read(&bytes).map_err(|words| EditRefused::because(format!("{}: {words}.", config.display())))?;
    let present = described.span(name);
    let after = match (path.map(|path| quoted(&path.display().to_string())), present) {
        (Some(value), Some(span)) => splice::replaced(&bytes, &span, &value),
        (Some(value), None) => {
            let anchor = described.span("key").unwrap_or(0..0);
            splice::with_line_after(&bytes, &anchor, &format!("{name} = {value}"))
        }
        (None, Some(span)) => splice::without(&bytes, &(line_start(&bytes, span.start)..span.end)),
        (None, None) => return Ok(()),
    };
    drafts.put(config, after)
}

fn line_start(bytes: &[u8], at: usize) -> usize {
    bytes.get(..at).and_then(|before| before.iter().rposition(|octet| *octet == b'\n')).map_or(0, |feed| feed + 1)
}

/// Beside the file that the certificate is in now: the description may lie where the program never looks.
fn directory(config: &Path, observation: &Observation) -> PathBuf {
    let certificate =
        observation.endpoints.iter().flat_map(|endpoint| &endpoint.pairs).map(|pair| Path::new(&pair.certificate.value)).next();
    certificate.unwrap_or(config).parent().map_or_else(PathBuf::new, |parent| parent.join("ssl"))
}

fn run(arguments: Vec<String>) -> ProgramRun {
    ProgramRun { arguments, environment: Vec::new(), directory: None, seconds: PATIENCE_SECONDS, verdict: Verdict::ExitZero }
}
