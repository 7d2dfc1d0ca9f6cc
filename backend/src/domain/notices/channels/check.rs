//! Which channels are taken.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use certdeck_shared::api::notice::ChannelTarget;
use certdeck_shared::api::problem::FieldError;

use crate::host::authorities::client_configuration;
use crate::host::post::PostError;
use crate::host::{mail, post};
use crate::state::ChannelRecord;

/// Most octets of a path (PATH_MAX) and of an argument.
const LONGEST: usize = 4_096;
/// Most arguments of a program.
const MOST_ARGUMENTS: usize = 100;
/// Most addresses of a mail.
const MOST_ADDRESSES: usize = 50;
/// Shortest secret of a webhook.
const SHORTEST_SECRET: usize = 16;

/// What is wrong with a channel; nothing when it can be taken. Blocks.
pub(in crate::domain::notices) fn faults(channel: &ChannelRecord) -> Vec<FieldError> {
    let mut faults = Faults::default();
    let label = &channel.setting.label;
    if label.is_empty() || label.trim() != label || label.chars().count() > 100 || label.chars().any(char::is_control) {
        faults.add("/label", "A label has 1 to 100 characters, no control characters and no space at an end.");
    }
    let secret = channel.secret.as_ref().map(|secret| secret.as_str());
    if secret.is_some_and(|secret| secret.is_empty() || secret.len() > 1_024 || secret.chars().any(char::is_control)) {
        faults.add("/secret", "A secret has 1 to 1,024 octets and no control characters.");
    }
    match &channel.setting.target {
        ChannelTarget::Mail { host, port, from, to, user_name, ca, .. } => {
            if host.is_empty() || host.len() > 253 || !host.chars().all(|one| one.is_ascii_alphanumeric() || "-._:".contains(one)) {
                faults.add("/target/host", "A mail server is a host name or an address.");
            }
            if *port == 0 {
                faults.add("/target/port", "A port is 1 to 65535.");
            }
            if !mail::is_address(from) {
                faults.add("/target/from", "It is no mail address: write ada@example.org or Ada <ada@example.org>.");
            }
            if to.is_empty() || to.len() > MOST_ADDRESSES || !to.iter().all(|to| mail::is_address(to)) {
                faults.add("/target/to", "There are 1 to 50 mail addresses.");
            }
            if user_name.is_some() != secret.is_some() {
                faults.add("/secret", "An account has a name and a password: give both, or neither.");
            }
            faults.authorities(ca.as_deref());
        }
        ChannelTarget::Webhook { url, allow_private, ca } => {
            match post::check(url, *allow_private) {
                Err(PostError::Private) => faults.add(
                    "/target/url",
                    "The address leads to this host or into a private network. Allow that in `allow_private` if it is meant.",
                ),
                Err(_) => faults.add("/target/url", "It is no https:// address with a host and without name and password."),
                Ok(()) if url.len() > LONGEST => faults.add("/target/url", "An address has at most 4,096 octets."),
                Ok(()) => {}
            }
            if secret.is_none_or(|secret| secret.len() < SHORTEST_SECRET) {
                faults.add("/secret", "A secret that messages are signed with has at least 16 characters.");
            }
            faults.authorities(ca.as_deref());
        }
        ChannelTarget::Syslog { socket, .. } => {
            // The socket itself may come later, with the daemon.
            if socket.as_deref().is_some_and(|socket| !Path::new(socket).is_absolute() || socket.len() > 107 || socket.contains('\0')) {
                faults.add("/target/socket", "A socket is an absolute path of at most 107 octets (unix(7)).");
            }
            faults.no_secret(secret);
        }
        ChannelTarget::Command { arguments, seconds } => {
            let program = arguments.first().map(Path::new);
            let executable = |path: &Path| std::fs::metadata(path).is_ok_and(|found| found.is_file() && found.mode() & 0o111 != 0);
            if !program.is_some_and(|program| program.is_absolute() && executable(program)) {
                let words =
                    "The first argument is the absolute path of a program of this host. There is no shell: each argument is one element.";
                faults.add("/target/arguments", words);
            }
            if arguments.len() > MOST_ARGUMENTS || arguments.iter().any(|argument| argument.len() > LONGEST || argument.contains('\0')) {
                faults.add("/target/arguments", "There are at most 100 arguments, each of at most 4,096 octets and without NUL.");
            }
            if !(1..=300).contains(seconds) {
                faults.add("/target/seconds", "A program may take 1 to 300 seconds.");
            }
            faults.no_secret(secret);
        }
    }
    faults.0
}

#[derive(Default)]
struct Faults(Vec<FieldError>);

impl Faults {
    fn add(&mut self, pointer: &str, message: &str) {
        self.0.push(FieldError { pointer: pointer.to_owned(), message: message.to_owned() });
    }

    fn authorities(&mut self, ca: Option<&str>) {
        if let Some(Err(error)) = ca.map(|ca| client_configuration(Some(ca))) {
            self.add("/target/ca", &format!("It is no PEM of CA certificates: {error}."));
        }
    }

    fn no_secret(&mut self, secret: Option<&str>) {
        if secret.is_some() {
            self.add("/secret", "A channel of this kind has no secret.");
        }
    }
}
