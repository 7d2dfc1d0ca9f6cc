//! Manual pages: one for the program and one for each of its commands, and in the first the files and the signals as well.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

/// What the package puts where, and what the program does at a signal.
const FILES: [(&str, &str); 6] = [
    ("/etc/certdeck/certdeck.toml", "Settings of the service; the file itself says what there is."),
    ("/etc/certdeck/helper.toml", "What the helper does, and for whom; the file itself says what there is."),
    ("/var/lib/certdeck", "State of the service, its own database, snapshots and checkpoints. Mode 0700: there are private keys in it."),
    ("/lib/systemd/system/certdeck.service", "The service, as the user certdeck, confined."),
    (
        "/lib/systemd/system/certdeck-helper.socket",
        "The helper that does what needs root, for services of its own list; not enabled by itself.",
    ),
    ("/usr/share/doc/certdeck/README.Debian", "How to begin, to run as root, to reach more directories, and what goes with a purge."),
];

/// Writes the pages of the command line, hidden commands left out.
pub fn write(directory: &Path) -> io::Result<()> {
    let mut program = certdeck::command::definition().disable_help_subcommand(true);
    program.build();
    page(&program, directory)?;
    below(&program, directory)
}

fn below(command: &Command, directory: &Path) -> io::Result<()> {
    for command in command.get_subcommands().filter(|command| !command.is_hide_set()) {
        page(command, directory)?;
        below(command, directory)?;
    }
    Ok(())
}

fn page(command: &Command, directory: &Path) -> io::Result<()> {
    let man = Man::new(command.clone()).manual("Certdeck").source(format!("Certdeck {}", env!("CARGO_PKG_VERSION")));
    let mut file = fs::File::create(directory.join(man.get_filename()))?;
    man.render(&mut file)?;
    if command.get_name() == "certdeck" {
        ending().to_writer(&mut file)?;
    }
    file.flush()
}

fn ending() -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["FILES"]);
    for (path, text) in FILES {
        roff.control("TP", []).text([bold(path)]).text([roman(text)]);
    }
    roff.control("SH", ["SIGNALS"]);
    roff.text([
        bold("serve"),
        roman(" ends at SIGTERM and SIGINT: calls that were begun are answered, and writes that were begun are finished."),
    ]);
    roff
}
