//! A daemon that runs, changed by its editor: the edit is written, the daemon's own check is run, and the change is taken up as the editor
//! says.

use std::io::{Read as _, Seek as _};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use certdeck::deploy::adapter::{Observation, adapter};
use certdeck::deploy::change::{Activation, Control, Edits, ProgramRun, Running, Signal, Takeover, Verdict, Wanted};
use certdeck::deploy::editor::{ServiceEditor, editor};
use certdeck::host::tree::Tree;
use support::daemons::Instance;
use support::pki::Pair;
use support::run;

/// An instance that is changed.
pub struct Changing<'a> {
    /// The instance.
    pub instance: &'a Instance,
    /// Where its files are.
    pub tree: Tree,
    /// What knows how it is changed.
    pub editor: &'static dyn ServiceEditor,
}

impl<'a> Changing<'a> {
    /// Of an instance.
    pub fn of(instance: &'a Instance) -> Self {
        Self { instance, tree: Tree::of_machine(), editor: editor(instance.kind()) }
    }

    /// What its configuration says now.
    pub fn observed(&self) -> Observation {
        adapter(self.instance.kind()).observe(&self.tree, self.instance.config()).unwrap()
    }

    /// The endpoint of a host name, or the first with TLS.
    pub fn endpoint(&self, name: Option<&str>) -> usize {
        let endpoints = self.observed().endpoints;
        let fits = |names: &[String]| name.is_none_or(|name| names.iter().any(|one| one == name));
        endpoints.iter().position(|endpoint| fits(&endpoint.server_names) && !endpoint.pairs.is_empty()).unwrap()
    }

    /// As it runs.
    pub fn running(&self) -> Running {
        let main = self.instance.pid().and_then(|pid| self.tree.processes().into_iter().find(|process| process.id == pid));
        assert!(main.is_some(), "it runs");
        Running { main, unit: None }
    }

    /// Two files in the instance's directory.
    pub fn place(&self, name: &str, pair: &Pair) -> (PathBuf, PathBuf) {
        let at = |ending: &str| self.instance.directory().join(format!("etc/{name}.{ending}"));
        std::fs::write(at("pem"), pair.certificate_file()).unwrap();
        std::fs::write(at("key"), pair.key_file()).unwrap();
        (at("pem"), at("key"))
    }

    /// Writes what is wanted.
    pub fn write(&self, wanted: &[Wanted]) -> Edits {
        let edits = self.editor.edit(&self.tree, self.instance.config(), &self.observed(), wanted).unwrap();
        assert!(!edits.files.is_empty(), "{wanted:?} changes nothing");
        edits.files.iter().for_each(|file| std::fs::write(&file.path, &file.after).unwrap());
        let again = self.editor.edit(&self.tree, self.instance.config(), &self.observed(), wanted).unwrap();
        assert_eq!(again, Edits::default());
        edits
    }

    /// Its own check, where it has one.
    pub fn check(&self) -> Result<(), String> {
        let check = self.editor.own_check(&self.tree, self.instance.config(), &self.running(), &Control::default());
        check.as_ref().map_or(Ok(()), judged)
    }

    /// How it takes a change up.
    pub fn takeover(&self, control: &Control, edits: &Edits) -> Takeover {
        let config = self.instance.config();
        self.editor.takeover(&self.tree, config, &self.observed(), &self.running(), control, edits).unwrap()
    }

    /// Writes what is wanted, checks it, and has it taken up.
    pub fn change(&self, wanted: &[Wanted], control: &Control) -> Takeover {
        let edits = self.write(wanted);
        self.check().unwrap();
        let takeover = self.takeover(control, &edits);
        let signalled = |signal: &str| {
            run::must("kill", &[signal, &self.running().main.unwrap().id.to_string()]);
        };
        match &takeover.activation {
            Activation::Run(program) => judged(program).unwrap(),
            Activation::Signal(Signal::Hup) => signalled("-HUP"),
            Activation::Signal(Signal::Usr1) => signalled("-USR1"),
            other => panic!("{other:?}"),
        }
        takeover
    }

    /// Waits until something is so.
    pub fn until(&self, what: &str, is_so: impl Fn() -> bool) {
        let started = Instant::now();
        while !is_so() {
            assert!(started.elapsed() < Duration::from_secs(60), "{what}\n{}", self.instance.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Runs a program as an executor does, and judges it.
pub fn judged(program: &ProgramRun) -> Result<(), String> {
    let mut said = tempfile::tempfile().unwrap();
    let mut command = run::command(&program.arguments[0]);
    let channel = || std::process::Stdio::from(said.try_clone().unwrap());
    command.args(&program.arguments[1..]).env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").envs(program.environment.iter().cloned());
    let status = command.stdin(channel()).stdout(channel()).stderr(channel()).status().unwrap();
    let mut text = String::new();
    said.rewind().unwrap();
    said.read_to_string(&mut text).unwrap();
    let well = match &program.verdict {
        Verdict::ExitZero => status.success(),
        Verdict::Writes(expected) => text.contains(expected),
    };
    if well { Ok(()) } else { Err(format!("{:?}: {text}", program.arguments)) }
}

/// What openssl says of a port, with these words more.
pub fn client(port: u16, words: &[&str]) -> run::Said {
    let address = format!("127.0.0.1:{port}");
    run::ask("timeout", &[&["10", "openssl", "s_client", "-connect", &address][..], words].concat())
}
