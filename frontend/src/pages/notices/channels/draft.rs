//! A channel while it is written: texts, as they stand in the fields.

use certdeck_shared::api::notice::{Channel, ChannelChange, ChannelTarget, MailTls, NewChannel, NoticeKind, SyslogKind, Urgency};

use crate::view::*;

/// What is typed, for all kinds of channels; those of the chosen kind count.
#[derive(Clone, Copy)]
pub struct Draft {
    pub kind: RwSignal<String>,
    pub label: RwSignal<String>,
    pub host: RwSignal<String>,
    pub port: RwSignal<String>,
    pub tls: RwSignal<String>,
    pub from: RwSignal<String>,
    /// A mail address on each line.
    pub to: RwSignal<String>,
    pub user_name: RwSignal<String>,
    pub secret: RwSignal<String>,
    pub url: RwSignal<String>,
    pub private: RwSignal<bool>,
    /// PEM of the CAs that count for the server.
    pub ca: RwSignal<String>,
    pub way: RwSignal<String>,
    pub socket: RwSignal<String>,
    /// An argument on each line.
    pub arguments: RwSignal<String>,
    pub seconds: RwSignal<String>,
    /// Names of the kinds of notices; everything when empty.
    pub kinds: RwSignal<Vec<String>>,
    pub at_least: RwSignal<String>,
}

impl Draft {
    /// An empty one.
    pub fn new() -> Self {
        let text = |text: &str| RwSignal::new(text.to_owned());
        Self {
            kind: text("mail"),
            label: text(""),
            host: text(""),
            port: text("587"),
            tls: text("starttls"),
            from: text(""),
            to: text(""),
            user_name: text(""),
            secret: text(""),
            url: text(""),
            private: RwSignal::new(false),
            ca: text(""),
            way: text("rfc5424"),
            socket: text(""),
            arguments: text(""),
            seconds: text("30"),
            kinds: RwSignal::new(Vec::new()),
            at_least: text("note"),
        }
    }

    /// As a channel is. Its secret nobody gets to see.
    pub fn of(channel: &Channel) -> Self {
        let draft = Self::new();
        draft.label.set(channel.label.clone());
        draft.kind.set(channel.target.kind().to_owned());
        draft.kinds.set(channel.kinds.iter().map(|kind| kind.name().to_owned()).collect());
        draft.at_least.set(URGENCIES.iter().find(|(_, urgency)| *urgency == channel.at_least).map_or("note", |(name, _)| name).to_owned());
        match channel.target.clone() {
            ChannelTarget::Mail { host, port, tls, from, to, user_name, ca } => {
                draft.host.set(host);
                draft.port.set(port.to_string());
                draft.tls.set(if tls == MailTls::Implicit { "implicit" } else { "starttls" }.to_owned());
                draft.from.set(from);
                draft.to.set(to.join("\n"));
                draft.user_name.set(user_name.unwrap_or_default());
                draft.ca.set(ca.unwrap_or_default());
            }
            ChannelTarget::Webhook { url, allow_private, ca } => {
                draft.url.set(url);
                draft.private.set(allow_private);
                draft.ca.set(ca.unwrap_or_default());
            }
            ChannelTarget::Syslog { way, socket } => {
                draft.way.set(if way == SyslogKind::Journal { "journal" } else { "rfc5424" }.to_owned());
                draft.socket.set(socket.unwrap_or_default());
            }
            ChannelTarget::Command { arguments, seconds } => {
                draft.arguments.set(arguments.join("\n"));
                draft.seconds.set(seconds.to_string());
            }
        }
        draft
    }

    /// The channel that it says.
    pub fn channel(self) -> NewChannel {
        let target = self.target();
        // One that was typed before another kind was chosen is none of it.
        let takes_one = matches!(target, ChannelTarget::Mail { .. } | ChannelTarget::Webhook { .. });
        let secret = Some(self.secret.get()).filter(|secret| takes_one && !secret.is_empty());
        NewChannel { label: said(self.label), target, secret, kinds: self.kinds(), at_least: self.at_least() }
    }

    /// What it says of a channel that is there. No secret is the one that is kept, unless the account is gone that it was for.
    pub fn change(self, of: &Channel) -> ChannelChange {
        let NewChannel { label, target, secret, kinds, at_least } = self.channel();
        let no_account = matches!(target, ChannelTarget::Mail { user_name: None, .. }) && of.has_secret;
        let secret = secret.or_else(|| no_account.then(String::new));
        ChannelChange { label: Some(label), target: Some(target), secret, kinds: Some(kinds), at_least: Some(at_least), enabled: None }
    }

    fn target(self) -> ChannelTarget {
        let filled = |field: RwSignal<String>| Some(said(field)).filter(|text| !text.is_empty());
        // What is no number is 0, which the server refuses at the field.
        let number = |field: RwSignal<String>| said(field).parse().unwrap_or_default();
        match self.kind.get().as_str() {
            "webhook" => ChannelTarget::Webhook { url: said(self.url), allow_private: self.private.get(), ca: filled(self.ca) },
            "syslog" => ChannelTarget::Syslog {
                way: if self.way.with(|way| way == "journal") { SyslogKind::Journal } else { SyslogKind::Rfc5424 },
                socket: filled(self.socket),
            },
            "command" => ChannelTarget::Command { arguments: lines(self.arguments), seconds: number(self.seconds) },
            _ => ChannelTarget::Mail {
                host: said(self.host),
                port: number(self.port),
                tls: if self.tls.with(|tls| tls == "implicit") { MailTls::Implicit } else { MailTls::Starttls },
                from: said(self.from),
                to: lines(self.to),
                user_name: filled(self.user_name),
                ca: filled(self.ca),
            },
        }
    }

    fn kinds(self) -> Vec<NoticeKind> {
        self.kinds.with(|names| NoticeKind::ALL.into_iter().filter(|kind| names.iter().any(|name| name == kind.name())).collect())
    }

    fn at_least(self) -> Urgency {
        self.at_least.with(|at_least| URGENCIES.iter().find(|(name, _)| name == at_least).map_or(Urgency::Note, |(_, urgency)| *urgency))
    }
}

const URGENCIES: [(&str, Urgency); 3] = [("note", Urgency::Note), ("soon", Urgency::Soon), ("urgent", Urgency::Urgent)];

fn said(field: RwSignal<String>) -> String {
    field.with(|text| text.trim().to_owned())
}

/// Lines with something on them.
fn lines(field: RwSignal<String>) -> Vec<String> {
    field.with(|text| text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect())
}
