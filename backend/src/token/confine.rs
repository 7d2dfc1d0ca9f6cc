//! What a worker gives up as soon as it knows what it serves, before it loads a library and before it has a second thread.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use super::module_places;
use super::owner;
use super::protocol::Request;
use crate::host::{
    confinement::{self, Calls, Confinement, Reach},
    scratch,
};

/// What softoken, SQLite and the C library read beside the database: libraries, names of users, what the processor can do, who holds locks.
const READ: [&str; 23] = [
    "/usr",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/ld.so.preload",
    "/etc/localtime",
    "/etc/nsswitch.conf",
    "/etc/passwd",
    "/etc/group",
    "/etc/crypto-policies",
    "/proc/self",
    "/proc/locks",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/filesystems",
    "/proc/sys/crypto",
    "/proc/sys/vm",
    "/sys/devices/system",
    "/dev/random",
    "/dev/urandom",
    "/dev/zero",
];

/// Files of a database, which may be symbolic links to elsewhere.
const FILES: [&str; 6] = ["cert9.db", "key4.db", "pkcs11.txt", "cert8.db", "key3.db", "secmod.db"];

/// Gives up what the first request leaves no need for. A worker of a database has files alone: the database's directory to write, libraries to
/// read. A module of somebody else keeps what it likes wherever it likes, is a client of a server or of a reader, and may start programs: of it
/// only the host is guarded, unless it is one whose places are known. What this kernel cannot do is left out, and told.
pub(super) fn confine(request: &Request) -> Confinement {
    if let Request::Open { directory, prefix, .. } = request {
        work_as_owner(directory, prefix);
    }
    confinement::keep_only_files_of_others();
    let (landlock, calls) = match request {
        Request::Open { directory, prefix, softoken, .. } => (restrict(&reach(directory, prefix, softoken.as_deref())), Calls::OnlyFiles),
        Request::OpenToken { library, .. } | Request::ProbeModule { library: Some(library), .. } => {
            (module_places::reach(library).map_or(0, |reach| restrict(&reach)), Calls::OnlyThisProcess)
        }
        _ => (0, Calls::OnlyThisProcess),
    };
    if let Err(error) = confinement::forbid(calls) {
        tell("system calls are not filtered", &error);
    }
    Confinement::of_this_process(landlock)
}

/// Root works on the database of somebody else as that user.
fn work_as_owner(directory: &Path, prefix: &str) {
    let files: Vec<PathBuf> = FILES.iter().map(|name| directory.join(format!("{prefix}{name}"))).collect();
    match owner::work_as(directory, &files) {
        // The kernel forgets some of it when a process becomes somebody else's.
        Ok(()) => confinement::of_worker(),
        #[expect(clippy::print_stderr, reason = "a worker has no log but its server's standard error")]
        Err(words) => eprintln!("token-worker: {words}"),
    }
}

fn restrict(reach: &Reach) -> u8 {
    confinement::restrict(reach).unwrap_or_else(|error| {
        tell("files are not restricted", &error);
        0
    })
}

fn reach(directory: &Path, prefix: &str, softoken: Option<&Path>) -> Reach {
    let mut read: Vec<PathBuf> = READ.map(PathBuf::from).to_vec();
    read.extend(softoken.and_then(Path::parent).map(Path::to_owned));
    read.extend(env::var_os("LD_LIBRARY_PATH").iter().flat_map(env::split_paths).filter(|path| path.is_absolute()));
    let mut write = vec![directory.to_owned(), PathBuf::from("/dev/null")];
    // Where bulk/ tries out how softoken writes.
    write.extend(scratch::place().ok());
    for name in FILES {
        let file = directory.join(format!("{prefix}{name}"));
        if file.is_symlink() {
            // SQLite's journal lies beside the file itself.
            write.extend(fs::canonicalize(&file).ok().and_then(|file| file.parent().map(Path::to_owned)));
        }
    }
    Reach { read, write }
}

#[expect(clippy::print_stderr, reason = "a worker has no log but its server's standard error")]
fn tell(what: &str, error: &dyn std::error::Error) {
    eprintln!("token-worker: {what}: {error}");
}
