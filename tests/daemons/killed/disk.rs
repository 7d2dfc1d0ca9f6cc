//! Kills the console when something was written for the n-th time: to its state, to a checkpoint, or to the files of a daemon. The kernel tells
//! of it (inotify(7)) while the console still waits for its disk.

use std::ffi::CStr;
use std::mem::MaybeUninit;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};
use support::console::kill_at_once;

/// Waits for its instant in a thread of its own.
pub struct Trap {
    /// A file in it ends the waiting.
    end: tempfile::TempDir,
    waiting: JoinHandle<bool>,
}

impl Trap {
    /// Waits for the n-th write, counted from 1, below these directories; `victim` tells which process is killed then.
    pub fn set(directories: &[PathBuf], at: usize, victim: impl Fn() -> u32 + Send + 'static) -> Self {
        let end = tempfile::tempdir().unwrap();
        let mut watched = Watched::new();
        let ending = watched.add(end.path());
        directories.iter().for_each(|directory| watched.add_all(directory));
        let waiting = std::thread::spawn(move || {
            let went_off = watched.wait(at, ending);
            if went_off {
                kill_at_once(victim());
            }
            went_off
        });
        Self { end, waiting }
    }

    /// Ends the waiting, and tells whether it killed.
    pub fn end(self) -> bool {
        std::fs::write(self.end.path().join("end"), "").unwrap();
        self.waiting.join().unwrap()
    }
}

/// Directories, those made in them meanwhile included.
struct Watched {
    kernel: std::os::fd::OwnedFd,
    /// By the kernel's number.
    paths: Vec<(i32, PathBuf)>,
}

impl Watched {
    fn new() -> Self {
        Self { kernel: inotify::init(CreateFlags::CLOEXEC).unwrap(), paths: Vec::new() }
    }

    fn add(&mut self, directory: &Path) -> i32 {
        let what = WatchFlags::CREATE | WatchFlags::MODIFY | WatchFlags::MOVED_TO | WatchFlags::DELETE;
        let number = inotify::add_watch(&self.kernel, directory, what).unwrap();
        self.paths.push((number, directory.to_owned()));
        number
    }

    fn add_all(&mut self, directory: &Path) {
        self.add(directory);
        for entry in std::fs::read_dir(directory).unwrap().flatten().filter(|entry| entry.file_type().unwrap().is_dir()) {
            self.add_all(&entry.path());
        }
    }

    /// Whether the n-th write came before the end. Writes to one file right behind each other are one.
    fn wait(&mut self, at: usize, ending: i32) -> bool {
        let mut buffer = [MaybeUninit::uninit(); 4096];
        let (mut seen, mut last) = (0, None);
        let kernel = self.kernel.try_clone().unwrap();
        let mut events = inotify::Reader::new(kernel, &mut buffer);
        loop {
            let event = events.next().unwrap();
            let name = event.file_name().map(CStr::to_owned);
            if event.wd() == ending {
                return false;
            }
            let this = Some((event.wd(), name.clone(), event.events()));
            if this == last {
                continue;
            }
            seen += 1;
            if seen == at {
                return true;
            }
            last = this;
            // It may be gone again.
            if event.events().contains(ReadFlags::CREATE | ReadFlags::ISDIR)
                && let (Some((_, parent)), Some(name)) = (self.paths.iter().find(|(number, _)| *number == event.wd()), name)
                && let directory = parent.join(name.to_str().unwrap())
                && directory.is_dir()
            {
                self.add(&directory);
            }
        }
    }
}
