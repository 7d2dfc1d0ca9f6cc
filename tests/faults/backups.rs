//! Backups that are broken, hostile, cut off or killed on the way: what is restored is whole, or is not there.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use support::certificates::Template;
use support::console::program;
use support::deck::{Deck, item};
use support::mounts::Mount;
use support::older_state;
use support::run::{self, Said};

use crate::kills::Instants;

const KILLS: u32 = 40;

fn certdeck(arguments: &[&str]) -> Said {
    run::ask(program().to_str().unwrap(), arguments)
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A backup of a console that has a database with snapshots, and the room that it is in.
async fn made() -> (Deck, PathBuf) {
    let mut deck = Deck::new().await;
    for number in 0..4 {
        deck.import(vec![item(Template::new().numbered(number), &Template::nickname(number), "P,,")]).await;
    }
    deck.console.stop();
    let file = deck.room.path().join("console.backup");
    let said = certdeck(&["backup", text(&file), "--data-dir", text(deck.console.data_dir())]);
    assert!(said.success, "{}", said.err);
    (deck, file)
}

fn restore(file: &Path, target: &Path) -> Said {
    certdeck(&["restore", text(file), "--data-dir", text(target)])
}

/// All that makes it a console is there and as it was.
fn is_whole(target: &Path) -> bool {
    let verified = certdeck(&["audit", "verify", "--data-dir", text(target)]);
    let state = rusqlite::Connection::open(target.join("state.sqlite")).unwrap();
    let restored: i64 = state.query_row("SELECT count(*) FROM audit WHERE action = 'console.restore'", [], |row| row.get(0)).unwrap();
    verified.success
        && restored == 1
        && ["cert9.db", "key4.db", "password.txt"].iter().all(|name| target.join("embedded").join(name).exists())
}

fn scratches(room: &Path) -> usize {
    let names = std::fs::read_dir(room).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with("certdeck-scratch-")).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restoration_that_is_killed_leaves_nothing_or_a_whole_console() {
    let (deck, file) = made().await;
    let room = deck.room.path().join("restored");
    std::fs::create_dir(&room).unwrap();
    let target = room.join("data");
    let begun = Instant::now();
    assert!(restore(&file, &target).success);
    let takes = u64::try_from(begun.elapsed().as_micros()).unwrap();
    let (mut instants, mut whole) = (Instants::new(), 0);
    for run in 0..KILLS {
        let _ = std::fs::remove_dir_all(&target);
        let mut child = run::command(program())
            .args(["restore", text(&file), "--data-dir", text(&target)])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_micros(instants.next(takes + takes / 8)));
        child.kill().unwrap();
        child.wait().unwrap();
        if target.exists() {
            assert!(is_whole(&target), "run {run}");
            whole += 1;
        }
        assert!(scratches(&room) <= 1, "what a kill leaves goes with the next");
    }
    assert!(whole < KILLS, "no kill came in time");
    let _ = std::fs::remove_dir_all(&target);
    assert!(restore(&file, &target).success && is_whole(&target) && scratches(&room) == 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_byte_is_found_wherever_it_matters_and_a_cut_everywhere() {
    let (deck, file) = made().await;
    let sound = std::fs::read(&file).unwrap();
    let (target, broken) = (deck.room.path().join("restored"), deck.room.path().join("broken.backup"));
    // Where the content of each part stands in the archive, as another reader of tar sees it.
    let mut archive = tar::Archive::new(sound.as_slice());
    let contents: Vec<(u64, u64)> =
        archive.entries().unwrap().map(|entry| entry.unwrap()).map(|entry| (entry.raw_file_position(), entry.size())).collect();
    let (mut places, mut instants) = (Vec::new(), Instants::new());
    for (start, bytes) in &contents {
        // Name, mode, size, type and check sum of the header, then the content: its ends and somewhere in it.
        places.extend([0, 100, 130, 148, 156].map(|offset| start - 512 + offset));
        places.extend(if *bytes > 0 { vec![*start, start + bytes - 1, start + instants.next(*bytes)] } else { Vec::new() });
    }
    // All of a few parts, and some of the many.
    let every = places.len().div_ceil(150);
    for place in places.into_iter().step_by(every) {
        let mut changed = sound.clone();
        changed[usize::try_from(place).unwrap()] ^= 1 << instants.next(8);
        std::fs::write(&broken, changed).unwrap();
        let said = restore(&broken, &target);
        assert!(!said.success && !target.exists(), "byte {place} was changed, and it was restored");
    }
    let whole = u64::try_from(sound.len()).unwrap();
    for length in [0, 1, 511, 512, 1024, whole / 3, whole / 2, whole - 1536, contents.last().unwrap().0] {
        std::fs::write(&broken, &sound[..usize::try_from(length).unwrap()]).unwrap();
        let said = restore(&broken, &target);
        assert!(!said.success && !target.exists(), "cut to {length} bytes, and restored");
    }
    std::fs::write(&broken, [sound.as_slice(), b"more"].concat()).unwrap();
    assert!(restore(&broken, &target).err.contains("something follows its end"));
    assert!(restore(&file, &target).success && is_whole(&target));
}

/// An archive with the right beginning and then this entry.
fn hostile(path: &Path, head: &str, kind: tar::EntryType, name: &[u8], size: u64) {
    let mut archive = tar::Builder::new(std::fs::File::create(path).unwrap());
    let mut header = tar::Header::new_ustar();
    header.set_size(head.len() as u64);
    header.set_path("certdeck-backup").unwrap();
    header.set_cksum();
    archive.append(&header, head.as_bytes()).unwrap();
    let mut header = tar::Header::new_ustar();
    header.set_entry_type(kind);
    header.as_mut_bytes()[..name.len()].copy_from_slice(name);
    if !kind.is_file() {
        header.set_link_name("/etc/passwd").unwrap();
    }
    header.set_size(size);
    header.set_cksum();
    archive.append(&header, std::io::empty()).unwrap();
    archive.finish().unwrap();
}

#[test]
fn an_archive_that_wants_out_of_its_directory_or_too_much_is_refused() {
    use tar::EntryType as Kind;
    let room = tempfile::tempdir().unwrap();
    let (file, target, outside) = (room.path().join("hostile"), room.path().join("restored"), room.path().join("outside"));
    let absolute = format!("{}/absolute", outside.display());
    let head = "certdeck backup 1\n";
    let cases: [(&str, Kind, &[u8], u64, &str); 12] = [
        (head, Kind::Regular, b"data/../../outside", 0, "no name of a part"),
        (head, Kind::Regular, b"../outside", 0, "no name of a part"),
        (head, Kind::Regular, absolute.as_bytes(), 0, "no name of a part"),
        (head, Kind::Regular, b"data//outside", 0, "no name of a part"),
        (head, Kind::Regular, b"elsewhere/file", 0, "no name of a part"),
        (head, Kind::Symlink, b"data/link", 0, "no plain file"),
        (head, Kind::Link, b"data/link", 0, "no plain file"),
        (head, Kind::Char, b"data/device", 0, "no plain file"),
        (head, Kind::GNULongName, b"data/long", 1 << 40, "no plain file"),
        (head, Kind::XHeader, b"data/extended", 1 << 40, "no plain file"),
        (head, Kind::Regular, b"data/absurd", 1 << 50, "has room for"),
        ("certdeck backup 2\n", Kind::Regular, b"data/file", 0, "has format 2, and this Certdeck knows formats up to 1"),
    ];
    for (head, kind, name, size, why) in cases {
        hostile(&file, head, kind, name, size);
        let said = restore(&file, &target);
        assert!(!said.success && said.err.contains(why), "{}: {}", String::from_utf8_lossy(name), said.err);
        assert!(!target.exists() && !outside.exists() && scratches(room.path()) == 0);
    }
    run::must("tar", &["cf", text(&file), "-C", "/etc", "passwd"]);
    for other in [std::fs::read(&file).unwrap(), b"no archive at all".to_vec(), Vec::new()] {
        std::fs::write(&file, other).unwrap();
        let said = restore(&file, &target);
        assert!(said.err.contains("not a backup of Certdeck") && !target.exists(), "{}", said.err);
    }
}

/// The same archive with another list of parts, sealed as it should be.
fn with_manifest(sound: &[u8], change: impl FnOnce(&mut serde_json::Value)) -> Vec<u8> {
    let mut manifest = serde_json::Value::Null;
    let (mut changed, mut change) = (tar::Builder::new(Vec::new()), Some(change));
    for entry in tar::Archive::new(sound).entries().unwrap() {
        let mut entry = entry.unwrap();
        let (mut header, mut content) = (entry.header().clone(), Vec::new());
        entry.read_to_end(&mut content).unwrap();
        match entry.path().unwrap().to_str().unwrap() {
            "manifest.json" => {
                manifest = serde_json::from_slice(&content).unwrap();
                (change.take().unwrap())(&mut manifest);
                content = manifest.to_string().into_bytes();
            }
            "manifest.json.sha256" => {
                let sum = String::from_utf8(run::openssl(&["dgst", "-sha256", "-r"], manifest.to_string().as_bytes())).unwrap();
                content = format!("{}  manifest.json\n", sum.split_whitespace().next().unwrap()).into_bytes();
            }
            _ => {}
        }
        header.set_size(content.len() as u64);
        header.set_cksum();
        changed.append(&header, content.as_slice()).unwrap();
    }
    changed.into_inner().unwrap()
}

/// Ultimate CA Manager wrote files by the names that stood in an update or a backup, wherever those led.
#[tokio::test(flavor = "multi_thread")]
async fn ucm_a_list_of_parts_of_a_backup_that_leads_elsewhere_is_refused() {
    let (deck, file) = made().await;
    let sound = std::fs::read(&file).unwrap();
    let (target, broken) = (deck.room.path().join("restored"), deck.room.path().join("broken.backup"));
    for (field, value) in [
        ("id", "../../outside"),
        ("id", ".."),
        ("id", "/outside"),
        ("id", ""),
        ("prefix", "../"),
        ("path", "relative"),
        ("path", "/tmp/../outside"),
    ] {
        std::fs::write(&broken, with_manifest(&sound, |manifest| manifest["databases"][0][field] = value.into())).unwrap();
        let said = restore(&broken, &target);
        assert!(said.err.contains("is no database") && !target.exists(), "{field} {value}: {}", said.err);
    }
    std::fs::write(&broken, with_manifest(&sound, |manifest| manifest["parts"][0]["sha256"] = "00".repeat(32).into())).unwrap();
    assert!(restore(&broken, &target).err.contains("is not what it was"));
    std::fs::write(&broken, with_manifest(&sound, |_| {})).unwrap();
    assert!(restore(&broken, &target).success, "sealed as it should be");
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_full_disk_nothing_is_left_of_a_backup_nor_of_a_restoration() {
    let (deck, file) = made().await;
    let mut bytes = Vec::new();
    std::fs::File::open(&file).unwrap().read_to_end(&mut bytes).unwrap();
    let mount = Mount::tmpfs(bytes.len() as u64 / 2);
    let said = certdeck(&["backup", text(&mount.path().join("console.backup")), "--data-dir", text(deck.console.data_dir())]);
    assert!(!said.success && said.err.contains("No space left"), "{}", said.err);
    let said = restore(&file, &mount.path().join("data"));
    assert!(!said.success && said.err.contains("has room for"), "{}", said.err);
    assert_eq!(std::fs::read_dir(mount.path()).unwrap().count(), 0);
}

#[test]
fn an_upgrade_that_cannot_keep_what_it_finds_changes_nothing() {
    let room = tempfile::tempdir().unwrap();
    let made = room.path().join("data");
    older_state::make(&made);
    let bytes = std::fs::read(made.join("state.sqlite")).unwrap();
    // Room for the state and what SQLite has beside it, and not for a second one.
    let mount = Mount::tmpfs(bytes.len() as u64 + 64 * 1024);
    let data = mount.path().join("data");
    run::must("cp", &["-a", text(&made), text(&data)]);
    let said = certdeck(&["user", "list", "--data-dir", text(&data)]);
    assert!(!said.success && said.err.contains("could not be kept") && said.err.contains("make room"), "{}", said.err);
    assert_eq!(older_state::schema(&data.join("state.sqlite")), older_state::SCHEMA);
    let left: Vec<_> = std::fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(left.iter().all(|name| name.starts_with("state.sqlite")), "{left:?}");
    let said = certdeck(&["user", "list", "--data-dir", text(&made)]);
    assert!(said.success && said.out.contains("ada"), "where there is room it goes on: {}", said.err);
}
