//! A bare Debian to change into: the one that `.ci/setup` made, with a layer over it that keeps what is written, for as long as the value lives.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use ::support::run::{self, Said};

/// It has mounts and processes of its own, which end with their first one: when its standard input is closed.
const KEEPER: &str = r#"
mount -t tmpfs -o mode=0755 certdeck-test "$2"
mkdir "$2"/layer "$2"/work "$2"/root
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/layer,workdir=$2/work" "$2/root"
mount -t proc proc "$2/root/proc"
mount --rbind /dev "$2/root/dev"
for directory in tmp run; do mount -t tmpfs -o mode=1777 certdeck-test "$2/root/$directory"; done
mkdir "$2/root/tmp/packages"
mount --bind "$3" "$2/root/tmp/packages"
echo ready
read -r
"#;

/// A running Debian without a daemon in it.
pub struct Debian {
    keeper: Child,
    input: Option<ChildStdin>,
    process: String,
    root: PathBuf,
    _place: tempfile::TempDir,
}

impl Debian {
    /// A new one, with a folder of packages in /tmp/packages.
    pub fn new(packages: &Path) -> Self {
        let below = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.tools/debian12");
        let below = below.canonicalize().expect("`.ci/setup packages tests` makes .tools/debian12");
        let place = tempfile::tempdir().unwrap();
        let mut keeper = run::command("unshare");
        keeper
            .args(["--mount", "--pid", "--fork", "--kill-child", "bash", "-euc", KEEPER, "keeper"])
            .arg(&below)
            .arg(place.path())
            .arg(packages);
        let mut keeper = keeper.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(keeper.stdout.take().unwrap()).read_line(&mut said).unwrap();
        assert_eq!(said, "ready\n", "root is needed, with CAP_SYS_ADMIN: for mounts");
        let children = format!("/proc/{0}/task/{0}/children", keeper.id());
        let process = std::fs::read_to_string(children).unwrap().trim().to_owned();
        Self { input: keeper.stdin.take(), keeper, process, root: place.path().join("root"), _place: place }
    }

    /// A program in it, which sees these variables and no others.
    pub fn command(&self, environment: &[&str], arguments: &[&str]) -> Command {
        let mut command = run::command("nsenter");
        command.args(["--target", &self.process, "--mount", "--pid", "chroot"]).arg(&self.root);
        command
            .args(["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND=noninteractive"])
            .args(environment)
            .args(arguments);
        command
    }

    /// What a program in it says.
    pub fn ask(&self, arguments: &[&str]) -> Said {
        let output = self.command(&[], arguments).stdin(Stdio::null()).output().unwrap();
        let text = |octets: Vec<u8>| String::from_utf8_lossy(&octets).into_owned();
        Said { success: output.status.success(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// The same for one that must succeed: what it printed.
    pub fn must(&self, arguments: &[&str]) -> String {
        let said = self.ask(arguments);
        assert!(said.success, "{arguments:?} failed\n{}{}", said.out, said.err);
        said.out
    }

    /// Runs lines of the shell.
    pub fn shell(&self, lines: &str) -> String {
        self.must(&["sh", "-euc", lines])
    }

    /// Whether there is such a file.
    pub fn has(&self, path: &str) -> bool {
        self.ask(&["test", "-e", path]).success
    }
}

impl Drop for Debian {
    fn drop(&mut self) {
        drop(self.input.take());
        self.keeper.wait().unwrap();
    }
}
