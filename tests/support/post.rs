//! A Postfix that takes mail for anybody at `notices.test`, and the mailbox where all of it lies.

use std::path::PathBuf;
use std::time::Duration;

use crate::daemons::{Instance, postfix};
use crate::pki::Pair;
use crate::{poll, run};

const PATIENCE: Duration = Duration::from_secs(120);

/// The server with its mailbox.
pub struct Post {
    /// The server.
    pub instance: Instance,
    inbox: PathBuf,
}

impl Post {
    /// Starts one with this pair.
    pub fn start(pair: &Pair) -> Self {
        let instance = postfix::start(pair);
        let mail = instance.directory().join("mail");
        std::fs::create_dir(&mail).unwrap();
        run::must("chown", &["nobody:nogroup", mail.to_str().unwrap()]);
        let post = Self { inbox: mail.join("inbox/new"), instance };
        post.set(&[
            "virtual_mailbox_domains=notices.test",
            &format!("virtual_mailbox_base={}", mail.display()),
            "virtual_mailbox_maps=static:inbox/",
            "virtual_uid_maps=static:65534",
            "virtual_gid_maps=static:65534",
            "smtpd_tls_received_header=yes",
        ]);
        post
    }

    /// Changes parameters of it.
    pub fn set(&self, settings: &[&str]) {
        run::must("postconf", &[&["-c", self.instance.config().to_str().unwrap(), "-e"], settings].concat());
        self.instance.read_again();
    }

    /// The port of a service of it, such as `smtp`.
    pub fn port(&self, name: &str) -> u16 {
        self.instance.endpoints().iter().find(|endpoint| endpoint.name == name).unwrap().port
    }

    fn mails(&self) -> Vec<String> {
        let files = std::fs::read_dir(&self.inbox).into_iter().flatten().flatten();
        files.map(|file| std::fs::read_to_string(file.path()).unwrap()).collect()
    }

    /// The mails, once there are so many.
    pub async fn until_there_are(&self, count: usize) -> Vec<String> {
        poll::until(&format!("{count} mails\n{}", self.instance.log()), PATIENCE, async || {
            let mails = self.mails();
            (mails.len() >= count).then_some(mails)
        })
        .await
    }
}
