//! The files and processes of this machine, to be looked at only. A tree may be rooted in any folder, so that what is read through it can
//! be tried on a folder that looks like another machine.

use std::io;
use std::path::{Component, Path, PathBuf};

use time::OffsetDateTime;

use super::as_user::{self, Account};
use super::beyond::{self, Beyond, Seen, Withheld};
use super::files::{self, Attributes, FileError};
use super::room::{self, Room};

/// Most symbolic links on the way to a file, as in Linux.
const MOST_LINKS: usize = 40;
/// Most ancestors of a process that are looked at.
const DEEPEST: usize = 32;
/// Most octets of what the kernel tells of a process.
const LONGEST_RECORD: u64 = 1 << 20;

/// A view of files and processes. Paths given and returned are absolute and seen from inside the tree.
#[derive(Debug, Clone)]
pub struct Tree {
    root: PathBuf,
}

/// Where a path leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// The path without links.
    pub end: PathBuf,
    /// The links on the way, each with what it points to.
    pub links: Vec<(PathBuf, PathBuf)>,
}

/// As much of a file as is given away.
#[derive(Debug)]
pub struct Glance {
    /// SHA-256 of the whole, lower-case hex, where somebody else took it.
    pub sha256: Option<String>,
    /// The content, without private keys when some of it is withheld.
    pub content: Vec<u8>,
    /// What is withheld.
    pub withheld: Option<Withheld>,
}

/// A process that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its identifier.
    pub id: u32,
    /// Its arguments, the program's name first.
    pub arguments: Vec<String>,
    /// Name of its executable file, where that can be seen.
    pub program: String,
    /// The directory it works in, where that can be seen.
    pub directory: Option<PathBuf>,
    /// The process that started it.
    pub parent: u32,
}

impl Process {
    /// Itself and those that it descends from, the nearest first; `by_id` finds the process of an identifier.
    pub fn lineage<'a>(&'a self, by_id: impl Fn(u32) -> Option<&'a Self>) -> impl Iterator<Item = &'a Self> {
        // Identifiers wrap, so that parents might seem to be in a circle.
        std::iter::successors(Some(self), move |one| by_id(one.parent)).take(DEEPEST)
    }
}

impl Tree {
    /// The whole machine.
    #[must_use]
    pub fn of_machine() -> Self {
        Self { root: PathBuf::from("/") }
    }

    /// What a folder holds, seen as if it were the root.
    #[must_use]
    pub fn rooted(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// Whether it is the whole machine: programs can be asked then, too.
    #[must_use]
    pub fn is_machine(&self) -> bool {
        self.root == Path::new("/")
    }

    fn real(&self, path: &Path) -> PathBuf {
        self.root.join(path.strip_prefix("/").unwrap_or(path))
    }

    /// Follows a path to its end, which need not exist.
    ///
    /// # Errors
    /// Links in a circle; a directory on the way that cannot be entered is noticed when the end is read.
    pub fn follow(&self, path: &Path) -> Result<Way, FileError> {
        let mut end = PathBuf::from("/");
        let mut links = Vec::new();
        let mut rest: Vec<std::ffi::OsString> =
            path.components().rev().filter(|part| *part != Component::RootDir).map(|part| part.as_os_str().to_owned()).collect();
        while let Some(part) = rest.pop() {
            if part == ".." {
                end.pop();
                continue;
            }
            if part == "." {
                continue;
            }
            end.push(&part);
            let Some(target) = self.target(&end) else { continue };
            links.push((end.clone(), target.clone()));
            if links.len() > MOST_LINKS {
                let source = io::Error::other("symbolic links lead in a circle");
                return Err(FileError { action: "follow", path: path.to_owned(), source });
            }
            end.pop();
            if target.is_absolute() {
                end = PathBuf::from("/");
            }
            rest.extend(target.components().rev().filter(|part| *part != Component::RootDir).map(|part| part.as_os_str().to_owned()));
        }
        Ok(Way { end, links })
    }

    /// What a path points to when it is a symbolic link itself; links on the way to it are followed.
    #[must_use]
    pub fn link(&self, path: &Path) -> Option<PathBuf> {
        let way = self.follow(path.parent()?).ok()?;
        self.target(&way.end.join(path.file_name()?))
    }

    /// What a path without links on its way points to, when it is one.
    fn target(&self, path: &Path) -> Option<PathBuf> {
        let ask = |somebody: &dyn Beyond| match somebody.look(path, false)? {
            Seen::Link { target, .. } => Ok(target),
            _ => Err(io::ErrorKind::InvalidInput.into()),
        };
        self.or_ask(path, std::fs::read_link(self.real(path)), ask).ok()
    }

    /// What was tried, or what somebody answers who has the right to it: of the machine alone, and not of what the kernel tells of processes.
    fn or_ask<T>(&self, path: &Path, tried: io::Result<T>, ask: impl FnOnce(&dyn Beyond) -> io::Result<T>) -> io::Result<T> {
        if self.is_machine() && !path.starts_with("/proc") { beyond::or_ask(tried, ask) } else { tried }
    }

    /// Owner, mode and size of what a path leads to.
    ///
    /// # Errors
    /// When there is nothing.
    pub fn attributes(&self, path: &Path) -> Result<Attributes, FileError> {
        let ask = |somebody: &dyn Beyond| match somebody.look(path, true)? {
            Seen::File(file) => Ok(file.attributes),
            Seen::Directory { attributes, .. } => Ok(attributes),
            Seen::Absent | Seen::Link { .. } => Err(io::ErrorKind::NotFound.into()),
        };
        self.seen_from_inside(path, files::attributes, ask)
    }

    /// When what a path leads to became what it is, by its content or by its place, owner and mode.
    ///
    /// # Errors
    /// When there is nothing.
    pub fn changed_at(&self, path: &Path) -> Result<OffsetDateTime, FileError> {
        let ask = |somebody: &dyn Beyond| match somebody.look(path, true)? {
            Seen::File(file) => Ok(file.changed_at),
            Seen::Directory { changed_at, .. } => Ok(changed_at),
            Seen::Absent | Seen::Link { .. } => Err(io::ErrorKind::NotFound.into()),
        };
        self.seen_from_inside(path, files::changed_at, ask)
    }

    /// Reads a regular file of at most `limit` bytes. What is no regular file is not opened: a pipe would never answer.
    ///
    /// # Errors
    /// When it is absent, too long, or none.
    pub fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
        let seen = self.glance(path, limit)?;
        match seen.withheld {
            None => Ok(seen.content),
            Some(_) => {
                let words = "it holds a private key, which stays with the helper";
                let source = io::Error::new(io::ErrorKind::PermissionDenied, words);
                Err(FileError { action: "read", path: path.to_owned(), source })
            }
        }
    }

    /// Reads a regular file as [`Self::read`] does, as far as it is given away: of one that this process may not read, another one that may keeps
    /// private keys for itself.
    ///
    /// # Errors
    /// Likewise.
    pub fn glance(&self, path: &Path, limit: u64) -> Result<Glance, FileError> {
        let whole = |content: Vec<u8>| Glance { sha256: None, content, withheld: None };
        let ask = |somebody: &dyn Beyond| match somebody.look(path, true)? {
            Seen::File(mut file) if file.attributes.length <= limit => {
                let content = std::mem::take(&mut *file.content);
                Ok(Glance { sha256: Some(file.sha256), content, withheld: file.withheld })
            }
            Seen::File(_) => Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("longer than {limit} bytes"))),
            Seen::Directory { .. } => Err(io::Error::other("it is a directory")),
            Seen::Absent | Seen::Link { .. } => Err(io::ErrorKind::NotFound.into()),
        };
        let read = |real: &Path| {
            let refused = |words: &str| FileError { action: "read", path: real.to_owned(), source: io::Error::other(words.to_owned()) };
            match std::fs::metadata(real) {
                Ok(found) if found.is_dir() => Err(refused("it is a directory")),
                Ok(found) if !found.is_file() => Err(refused("it is no regular file")),
                _ => files::read_limited(real, limit).map(whole),
            }
        };
        self.seen_from_inside(path, read, ask)
    }

    /// Names in a directory, in the order of their bytes.
    ///
    /// # Errors
    /// When it is none.
    pub fn entries(&self, path: &Path) -> Result<Vec<String>, FileError> {
        let list = |real: &Path| {
            let failed = |source| FileError { action: "list", path: real.to_owned(), source };
            let mut names = Vec::new();
            for entry in std::fs::read_dir(real).map_err(failed)? {
                names.push(entry.map_err(failed)?.file_name().to_string_lossy().into_owned());
            }
            names.sort();
            Ok(names)
        };
        self.seen_from_inside(path, list, |somebody| somebody.names(path))
    }

    /// Whether a user can look for a file in a directory: the whole way there is tried as that user.
    ///
    /// # Errors
    /// When we cannot become that user.
    pub fn search_as(&self, account: &Account, directory: &Path) -> io::Result<io::Result<()>> {
        // What is looked up in it, which is always there, needs the right to search it.
        let inside = self.real(directory).join(".");
        let tried = as_user::look(account, || std::fs::metadata(&inside).map(drop));
        self.or_ask(directory, tried, |somebody| somebody.try_as(&account.name, directory, true))
    }

    /// Whether a user can open a file: it is really opened as that user, and not read.
    ///
    /// # Errors
    /// When we cannot become that user.
    pub fn open_as(&self, account: &Account, file: &Path) -> io::Result<io::Result<()>> {
        let real = self.real(file);
        let tried = as_user::look(account, || std::fs::File::open(&real).map(drop));
        self.or_ask(file, tried, |somebody| somebody.try_as(&account.name, file, false))
    }

    /// The room where a directory is.
    ///
    /// # Errors
    /// When there is none.
    pub fn room(&self, directory: &Path) -> Result<Room, FileError> {
        let room = self.seen_from_inside(directory, room::of, |somebody| somebody.room(directory))?;
        // Where this process can make nothing, another one may.
        if room.closed.is_some() && self.is_machine() {
            return Ok(beyond::ask(|somebody| somebody.room(directory)).and_then(Result::ok).unwrap_or(room));
        }
        Ok(room)
    }

    fn seen_from_inside<T>(
        &self,
        path: &Path,
        look: impl FnOnce(&Path) -> Result<T, FileError>,
        ask: impl FnOnce(&dyn Beyond) -> io::Result<T>,
    ) -> Result<T, FileError> {
        let way = self.follow(path)?;
        let mut action = "look at";
        let looked = look(&self.real(&way.end)).map_err(|error| {
            action = error.action;
            error.source
        });
        self.or_ask(path, looked, ask).map_err(|source| FileError { action, path: path.to_owned(), source })
    }

    /// The processes that run now, as far as they can be seen.
    #[must_use]
    pub fn processes(&self) -> Vec<Process> {
        let ids = self.entries(Path::new("/proc")).unwrap_or_default();
        ids.iter().filter_map(|id| id.parse().ok()).filter_map(|id| self.process(id)).collect()
    }

    fn process(&self, id: u32) -> Option<Process> {
        let directory = self.real(&PathBuf::from(format!("/proc/{id}")));
        let line = std::fs::read(directory.join("cmdline")).ok()?;
        let arguments: Vec<String> = line.split(|octet| *octet == 0).map(|part| String::from_utf8_lossy(part).into_owned()).collect();
        let arguments: Vec<String> =
            arguments.into_iter().rev().skip_while(String::is_empty).collect::<Vec<_>>().into_iter().rev().collect();
        // `PID (name) STATE PARENT …`; the name may hold anything, a parenthesis too.
        let stat = std::fs::read_to_string(directory.join("stat")).unwrap_or_default();
        let parent = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1)).and_then(|text| text.parse().ok());
        let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().trim_end_matches(" (deleted)").to_owned());
        let executable = std::fs::read_link(directory.join("exe")).ok();
        let program = executable.as_deref().or(arguments.first().map(Path::new)).and_then(name)?;
        Some(Process { id, arguments, program, directory: std::fs::read_link(directory.join("cwd")).ok(), parent: parent.unwrap_or(0) })
    }

    /// A record that the kernel keeps of a process: `status`, `cgroup`.
    #[must_use]
    pub fn record(&self, process: u32, name: &str) -> Option<String> {
        let content = self.read(&PathBuf::from(format!("/proc/{process}/{name}")), LONGEST_RECORD).ok()?;
        Some(String::from_utf8_lossy(&content).into_owned())
    }

    /// A variable of the environment that a process was started with.
    #[must_use]
    pub fn variable(&self, process: u32, name: &str) -> Option<String> {
        let content = match std::fs::read(self.real(&PathBuf::from(format!("/proc/{process}/environ")))) {
            Err(error) if beyond::is_lack_of_rights(&error) && self.is_machine() => {
                return beyond::ask(|somebody| somebody.variable(process, name))?;
            }
            content => content.ok()?,
        };
        let mut variables = content.split(|octet| *octet == 0).map(String::from_utf8_lossy);
        variables.find_map(|variable| Some(variable.strip_prefix(name)?.strip_prefix('=')?.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_lead_inside_the_tree_and_are_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("etc/ssl")).unwrap();
        std::fs::write(folder.path().join("etc/ssl/pair.pem"), b"inside").unwrap();
        symlink("/etc/ssl", folder.path().join("etc/certs")).unwrap();
        symlink("../certs/pair.pem", folder.path().join("etc/ssl/link.pem")).unwrap();
        let tree = Tree::rooted(folder.path());
        assert_eq!(tree.read(Path::new("/etc/certs/link.pem"), 100).unwrap(), b"inside");
        let way = tree.follow(Path::new("/etc/ssl/link.pem")).unwrap();
        assert_eq!(way.end, Path::new("/etc/ssl/pair.pem"));
        assert_eq!(way.links.len(), 2);
        assert_eq!(tree.link(Path::new("/etc/certs/link.pem")).unwrap(), Path::new("../certs/pair.pem"));
        assert_eq!(tree.link(Path::new("/etc/certs/pair.pem")), None, "only a directory on the way is a link");
    }

    #[test]
    fn a_circle_of_links_and_a_directory_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        symlink("b", folder.path().join("a")).unwrap();
        symlink("a", folder.path().join("b")).unwrap();
        let tree = Tree::rooted(folder.path());
        assert!(tree.read(Path::new("/a"), 1).unwrap_err().source.to_string().contains("circle"));
        assert!(tree.read(Path::new("/"), 1).unwrap_err().source.to_string().contains("directory"));
    }

    #[test]
    fn processes_are_read_with_arguments_and_parent() {
        let folder = tempfile::tempdir().unwrap();
        let process = folder.path().join("proc/17");
        std::fs::create_dir_all(&process).unwrap();
        std::fs::write(process.join("cmdline"), b"/usr/sbin/vsftpd\0/srv/ftp.conf\0").unwrap();
        std::fs::write(process.join("stat"), b"17 (odd) name) S 4 17 17").unwrap();
        symlink("/usr/sbin/vsftpd (deleted)", process.join("exe")).unwrap();
        let found = Tree::rooted(folder.path()).processes();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].program.as_str(), found[0].parent), ("vsftpd", 4));
        assert_eq!(found[0].arguments, ["/usr/sbin/vsftpd", "/srv/ftp.conf"]);
    }
}
