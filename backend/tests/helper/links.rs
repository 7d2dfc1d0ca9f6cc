//! Links that lead elsewhere: planted before, and swapped in while the helper is on its way.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use certdeck::host::beyond::Seen;
use certdeck::host::entry::Entry;

use crate::scene::{CALLER, Scene, file, give, pair};

#[test]
fn a_link_is_replaced_and_never_written_through() {
    let scene = Scene::new();
    let (certificate, _, _) = pair();
    let (new, target) = (scene.path("new"), scene.path("elsewhere/secret"));
    std::fs::create_dir(&new).unwrap();
    symlink(&target, new.join("ftp.crt")).unwrap();
    // Followed, it shows nothing of what belongs to nobody.
    if let Ok(Seen::File(seen)) = scene.look(&new.join("ftp.crt"), true) {
        assert!(seen.content.is_empty());
    }
    let before = Entry::at(&new.join("ftp.crt")).unwrap();
    scene.put(&new.join("ftp.crt"), &before, &file(&certificate, 0o644)).unwrap();
    assert_eq!(std::fs::read_to_string(&target).unwrap(), "nobody's business\n");
    assert!(!new.join("ftp.crt").is_symlink());
    // A directory that is a link to elsewhere is elsewhere.
    symlink(scene.path("elsewhere"), new.join("below")).unwrap();
    assert!(scene.put(&new.join("below/x.crt"), &Entry::Absent, &file(&certificate, 0o644)).unwrap_err().contains("belongs to no service"));
    // And back again it comes as the link that it was.
    scene.put(&new.join("ftp.crt"), &file(&certificate, 0o644), &before).unwrap();
    assert_eq!(std::fs::read_link(new.join("ftp.crt")).unwrap(), target);
}

#[test]
fn where_the_consoles_user_could_lead_it_elsewhere_nothing_is_done() {
    let scene = Scene::new();
    let (certificate, _, _) = pair();
    std::fs::create_dir(scene.path("new")).unwrap();
    give(&scene.path("new"), CALLER);
    let refused = scene.put(&scene.path("new/ftp.crt"), &Entry::Absent, &file(&certificate, 0o644)).unwrap_err();
    assert!(refused.contains("own user may write to"), "{refused}");
}

/// Somebody swaps a directory and a link to elsewhere as fast as possible, while files are written and taken away through it.
#[test]
fn a_link_that_is_swapped_in_meanwhile_leads_nowhere() {
    let scene = Scene::new();
    let (certificate, _, _) = pair();
    let (real, away, link) = (scene.path("new/sub"), scene.path("new/away"), scene.path("new/link"));
    std::fs::create_dir_all(&real).unwrap();
    let elsewhere = scene.path("elsewhere");
    std::fs::write(elsewhere.join("ftp.crt"), &certificate).unwrap();
    let over = AtomicBool::new(false);
    let swap = |from: &Path, to: &Path| std::fs::rename(from, to);
    let mut written = 0;
    std::thread::scope(|threads| {
        threads.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                let _ = swap(&real, &away);
                let _ = symlink(&elsewhere, &link);
                let _ = swap(&link, &real);
                std::thread::yield_now();
                let _ = std::fs::remove_file(&real);
                let _ = swap(&away, &real);
            }
        });
        for _ in 0..300 {
            let path = real.join("new.crt");
            written += usize::from(scene.put(&path, &Entry::Absent, &file(&certificate, 0o644)).is_ok());
            let _ = scene.put(&path, &file(&certificate, 0o644), &Entry::Absent);
            let _ = scene.put(&real.join("ftp.crt"), &file(&certificate, 0o644), &Entry::Absent);
        }
        over.store(true, Ordering::Relaxed);
    });
    let mut left: Vec<_> = std::fs::read_dir(&elsewhere).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    left.sort();
    assert_eq!(left, ["ftp.crt", "secret"], "after {written} writes");
    assert!(written > 0, "it never got through");
}
