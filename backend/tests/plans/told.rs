//! A plan as text, in which digests of certificates and keys have names.

use std::fmt::Write as _;

use certdeck::deploy::plan::Made;
use certdeck_shared::api::plan::{CheckStanding, DiffSign, FileState};

/// The plan. `names` are digests and what stands for them.
pub fn told(made: &Made, names: &[(String, &str)]) -> String {
    let part = &made.part;
    let mut text = String::new();
    writeln!(text, "{} {} {:?}", part.kind.name(), part.config, part.state).unwrap();
    for certificate in &part.certificates {
        let chain = certificate.chain.join(" ");
        writeln!(text, "certificate {} {} {}, chain {chain}", certificate.fingerprint_sha256, certificate.subject, certificate.public_key)
            .unwrap();
    }
    for check in &part.checks {
        let standing = match check.standing {
            CheckStanding::Pass => "pass",
            CheckStanding::Repaired => "REPAIRED",
            CheckStanding::Warn => "WARN",
            CheckStanding::Fail => "FAIL",
        };
        writeln!(text, "{standing} {}: {}", check.code, check.words).unwrap();
        if let Some(note) = &check.note {
            writeln!(text, "    {note}").unwrap();
        }
    }
    for file in &part.files {
        let state = |state: &FileState| {
            let link = state.link.as_ref().map(|link| format!(" -> {link}")).unwrap_or_default();
            format!("{} {}:{}{link} [{}]", state.mode, state.owner, state.group, state.words.join("; "))
        };
        let before = file.before.as_ref().map_or_else(|| "nothing".to_owned(), state);
        let after = file.after.as_ref().map_or_else(|| "nothing".to_owned(), state);
        writeln!(text, "{:?} {}\n  - {before}\n  + {after}", file.purpose, file.path).unwrap();
        for hunk in &file.hunks {
            for line in &hunk.lines {
                let sign = match line.sign {
                    DiffSign::Kept => ' ',
                    DiffSign::Removed => '-',
                    DiffSign::Added => '+',
                };
                writeln!(text, "  {:>4} {sign}|{}", line.number, line.text).unwrap();
            }
        }
    }
    for attribute in &part.attributes {
        writeln!(text, "{}: {:?} -> {:?}", attribute.name, attribute.before, attribute.after).unwrap();
    }
    writeln!(text, "{:?}: {} {:?}", part.activation.disturbance, part.activation.why, part.activation.arguments).unwrap();
    for probe in &part.probes {
        let name = probe.server_name.as_deref().unwrap_or("no name");
        let before = probe.before.as_deref().unwrap_or("nothing");
        let key = probe.key_type.map(|kind| format!(" {kind:?}")).unwrap_or_default();
        writeln!(
            text,
            "{} {}:{} {:?} {:?} for {name}{key}: {before} -> {}",
            probe.endpoint, probe.host, probe.port, probe.protocol, probe.tls, probe.expected
        )
        .unwrap();
    }
    names.iter().fold(text, |text, (digest, name)| text.replace(digest, name))
}
