//! Which processes have a file open, as `/proc` tells it.

use std::collections::BTreeSet;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::owners;

/// A process that has one of the files open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Process identifier.
    pub pid: u32,
    /// Name of its program.
    pub program: String,
    /// User it runs as.
    pub user: u32,
    /// Which of the files, by position.
    pub files: BTreeSet<usize>,
}

/// Who has which files open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holders {
    /// Processes that are not ours, in the order of their identifiers.
    pub holders: Vec<Holder>,
    /// Processes of others that could not be looked into.
    pub hidden: usize,
}

/// Looks through all processes but this one and its children.
#[must_use]
pub fn of(files: &[impl AsRef<Path>]) -> Holders {
    let wanted: Vec<Option<(u64, u64)>> =
        files.iter().map(|path| std::fs::metadata(path).ok().map(|found| (found.dev(), found.ino()))).collect();
    let mut found = Holders::default();
    let Ok(entries) = std::fs::read_dir("/proc") else { return found };
    let mut pids: Vec<u32> = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    pids.sort_unstable();
    let own = std::process::id();
    for pid in pids {
        let directory = Path::new("/proc").join(pid.to_string());
        let Some(status) = Status::read(&directory) else { continue };
        if pid == own || status.parent == own {
            continue;
        }
        let Ok(descriptors) = std::fs::read_dir(directory.join("fd")) else {
            // It has ended meanwhile, or belongs to another user.
            found.hidden += usize::from(status.user != owners::own_user() && directory.exists());
            continue;
        };
        // Following the link asks the kernel for the file itself, also where its path means nothing to us.
        let open = descriptors.flatten().filter_map(|entry| std::fs::metadata(entry.path()).ok()).map(|open| (open.dev(), open.ino()));
        let files: BTreeSet<usize> = open.filter_map(|open| wanted.iter().position(|file| *file == Some(open))).collect();
        if !files.is_empty() {
            found.holders.push(Holder { pid, program: status.program, user: status.user, files });
        }
    }
    found
}

struct Status {
    program: String,
    parent: u32,
    user: u32,
}

impl Status {
    /// `/proc/PID/status` (proc(5)); nothing for a process that has ended.
    fn read(directory: &Path) -> Option<Self> {
        let text = std::fs::read_to_string(directory.join("status")).ok()?;
        let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        Some(Self {
            program: value("Name:")?.to_owned(),
            parent: value("PPid:")?.parse().ok()?,
            // Real, effective, saved and file system user.
            user: value("Uid:")?.split_whitespace().nth(1)?.parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "another process is what is looked for")]
    fn a_process_that_reads_a_file_is_found_and_ours_is_not() {
        let directory = tempfile::tempdir().unwrap();
        let (watched, quiet) = (directory.path().join("watched"), directory.path().join("quiet"));
        std::fs::write(&watched, "x").unwrap();
        std::fs::write(&quiet, "x").unwrap();
        let _ours = std::fs::File::open(&quiet).unwrap();
        // A grandchild: children of this process are the console's own workers.
        let mut shell = std::process::Command::new("sh")
            .args(["-c", "sleep 60 < \"$1\" & echo $!; wait", "sh"])
            .arg(&watched)
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(shell.stdout.take().unwrap()), &mut line).unwrap();
        let pid: u32 = line.trim().parse().unwrap();
        let started = std::time::Instant::now();
        let found = loop {
            let found = of(&[quiet.clone(), watched.clone()]);
            if !found.holders.is_empty() || started.elapsed().as_secs() > 30 {
                break found;
            }
        };
        rustix::process::kill_process(rustix::process::Pid::from_raw(pid.try_into().unwrap()).unwrap(), rustix::process::Signal::KILL)
            .unwrap();
        shell.wait().unwrap();
        assert_eq!(found.holders.len(), 1, "{found:?}");
        let holder = found.holders.first().unwrap();
        assert_eq!((holder.pid, &holder.files), (pid, &BTreeSet::from([1])));
    }
}
