//! Installed, started, upgraded, removed, purged: what is there after each, and what is not.

use std::collections::BTreeSet;
use std::time::Duration;

use ::support::console::{PASSWORD, USER_NAME};
use ::support::run;
use ::support::transport::Native;
use certdeck_shared::api::account::{Setup, SignIn};
use certdeck_shared::api::client::Client;

use crate::built::{NEXT_VERSION, built};
use crate::debian::Debian;
use crate::unit::Service;

const SETTINGS: &str = "/etc/certdeck/certdeck.toml";

fn install(debian: &Debian, version: &str) {
    debian.shell(&format!("dpkg -i /tmp/packages/certdeck_{version}_*.deb"));
}

/// All files but those in which Debian keeps book.
fn files(debian: &Debian) -> BTreeSet<String> {
    let found = debian.shell("find / -xdev \\( -path /var/lib/dpkg -o -path /var/cache/debconf -o -path /var/log \\) -prune -o -print");
    found.lines().map(str::to_owned).collect()
}

fn curl(url: &str) -> String {
    run::must("curl", &["--silent", "--show-error", "--fail", "--insecure", url])
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_installed_started_upgraded_removed_and_purged() {
    let debian = Debian::new(&built().folder);
    let before = files(&debian);
    install(&debian, "0.1.0-1");
    assert_eq!(debian.must(&["stat", "-c", "%a %U %G", "/var/lib/certdeck"]), "700 certdeck certdeck\n");
    assert_eq!(debian.must(&["getent", "passwd", "certdeck"]).trim().rsplit(':').next(), Some("/usr/sbin/nologin"));
    assert!(debian.has("/etc/systemd/system/multi-user.target.wants/certdeck.service"), "it starts with the host");
    assert_eq!(debian.must(&["dpkg", "--verify", "certdeck"]), "");

    // The administrator takes another port, and says so in the file.
    debian.shell(&format!("sed -i 's/^#listen = .*/listen = \"127.0.0.1:0\"/' {SETTINGS} && grep -q '^listen' {SETTINGS}"));
    let settings = debian.must(&["cat", SETTINGS]);
    let service = Service::start(&debian).await;
    assert_eq!(curl(&format!("{}/healthz", service.origin)).lines().next(), Some("ok"));
    let token = service.setup_token.clone().expect("a first start has a setup link");
    let client = Client::new(Native::new(&service.origin));
    client.setup(&Setup { token, user_name: USER_NAME.to_owned(), password: PASSWORD.to_owned() }).await.unwrap();
    let fingerprint = service.fingerprint.clone();
    service.stop().await;

    install(&debian, NEXT_VERSION);
    assert_eq!(debian.must(&["dpkg-query", "-W", "-f", "${Version}", "certdeck"]), NEXT_VERSION);
    assert_eq!(debian.must(&["cat", SETTINGS]), settings, "an upgrade leaves settings alone");
    let service = Service::start(&debian).await;
    assert_eq!((&service.setup_token, &service.fingerprint), (&None, &fingerprint), "state and keys are as they were");
    let client = Client::new(Native::new(&service.origin));
    client.sign_in(&SignIn { user_name: USER_NAME.to_owned(), password: PASSWORD.to_owned(), ..SignIn::default() }).await.unwrap();
    service.stop().await;

    debian.must(&["dpkg", "--remove", "certdeck"]);
    assert!(!debian.has("/usr/bin/certdeck"));
    assert_eq!(debian.must(&["cat", SETTINGS]), settings, "a removal leaves settings and data");
    assert!(debian.has("/var/lib/certdeck/state.sqlite"));

    debian.must(&["dpkg", "--purge", "certdeck"]);
    let left: Vec<_> = files(&debian).difference(&before).cloned().collect();
    // Made beside the originals whenever a user is made, and by dpkg's triggers.
    let of_debian = ["/etc/passwd-", "/etc/group-", "/etc/shadow-", "/etc/gshadow-", "/etc/.pwd.lock"];
    let ours: Vec<_> = left.iter().filter(|path| !of_debian.contains(&path.as_str())).collect();
    assert!(ours.is_empty(), "{ours:?}");
    assert!(debian.ask(&["getent", "passwd", "certdeck"]).success, "the user stays, so that its number does not go to another");
}

#[test]
fn a_purge_keeps_the_data_of_who_answered_so() {
    let debian = Debian::new(&built().folder);
    install(&debian, "0.1.0-1");
    debian.shell("touch /var/lib/certdeck/kept; echo certdeck certdeck/remove-data boolean false | debconf-set-selections");
    debian.must(&["dpkg", "--purge", "certdeck"]);
    assert!(debian.has("/var/lib/certdeck/kept") && !debian.has("/etc/certdeck"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_setting_is_named_and_nothing_starts() {
    let debian = Debian::new(&built().folder);
    install(&debian, "0.1.0-1");
    debian.shell(&format!("echo 'listn = 1' >>{SETTINGS}"));
    let mut command = debian.command(
        &[],
        &["setpriv", "--reuid", "certdeck", "--regid", "certdeck", "--init-groups", "certdeck", "serve", "--config", SETTINGS],
    );
    let ended = tokio::time::timeout(Duration::from_secs(30), async { command.output().unwrap() }).await.unwrap();
    assert!(!ended.status.success() && String::from_utf8_lossy(&ended.stderr).contains("listn"));
}
