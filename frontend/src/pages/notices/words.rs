//! How notices, channels and deliveries are called: glyph, tone and word, always three.

use certdeck_shared::api::notice::{
    Channel, ChannelTarget, Delivery, DeliveryState, MailTls, Notice, NoticeKind, NoticeState, Stage, SyslogKind, Urgency,
};

/// Glyph, tone and word.
pub type Mark = (&'static str, &'static str, &'static str);

/// How much a notice hurries.
pub fn urgency_mark(urgency: Urgency) -> Mark {
    match urgency {
        Urgency::Urgent => ("due", "bad", "Urgent"),
        Urgency::Soon => ("soon", "warn", "Soon"),
        Urgency::Note => ("info", "off", "To know"),
    }
}

/// How near the end of a certificate is.
pub fn stage_mark(stage: Stage) -> Mark {
    match stage {
        Stage::FirstNotice => ("info", "off", "First notice"),
        Stage::Reminder => ("soon", "warn", "Reminder"),
        Stage::LastDays => ("due", "bad", "Last days"),
        Stage::Expired => ("expired", "bad", "Expired"),
    }
}

/// How a notice stands at this second.
pub fn notice_mark(notice: &Notice, now: i64) -> Mark {
    match (notice.state, rests(notice, now)) {
        (NoticeState::Over, _) => ("ok", "ok", "Over"),
        (NoticeState::Open, true) => ("none", "off", "Snoozed"),
        (NoticeState::Open, false) => urgency_mark(notice.urgency),
    }
}

/// Whether nobody is told of it now.
pub fn rests(notice: &Notice, now: i64) -> bool {
    notice.snoozed_until.is_some_and(|until| until.unix_timestamp() > now)
}

/// What a kind is about.
pub fn kind_words(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::CertificateDue => "Certificate that ends",
        NoticeKind::EndpointState => "Endpoint that fails",
        NoticeKind::TrustChanged => "Trust that somebody else changed",
        NoticeKind::CertificateAdded => "Certificate that somebody else added",
        NoticeKind::CertificateRemoved => "Certificate that somebody else removed",
        NoticeKind::PasswordFileOpen => "Password file that others can open",
        NoticeKind::DatabaseUnreadable => "Database that cannot be read",
    }
}

/// How far it has come; nothing where there is one stage alone.
pub fn stage_words(stage: &str) -> String {
    // A due endpoint adds the stage of its certificate.
    match stage.rsplit('/').next().unwrap_or(stage) {
        "first-notice" => "time to renew".to_owned(),
        "reminder" => "should have been renewed".to_owned(),
        "last-days" => "the last days".to_owned(),
        "everybody" => "open to everybody on the host".to_owned(),
        "group" => "open to its group".to_owned(),
        "seen" | "unreadable" => String::new(),
        other => other.to_owned(),
    }
}

/// How a channel works.
pub fn channel_mark(channel: &Channel) -> Mark {
    match (channel.enabled, &channel.trouble, channel.delivered_at) {
        (false, ..) => ("none", "off", "Off"),
        (true, Some(_), _) => ("expired", "bad", "Fails"),
        (true, None, Some(_)) => ("ok", "ok", "Works"),
        (true, None, None) => ("unknown", "off", "Untried"),
    }
}

/// What became of a delivery.
pub fn delivery_mark(delivery: &Delivery) -> Mark {
    match delivery.state {
        DeliveryState::Waiting if delivery.tries.is_empty() => ("running", "live", "Waiting"),
        DeliveryState::Waiting => ("soon", "warn", "Retried"),
        DeliveryState::Delivered => ("ok", "ok", "Taken"),
        // Who tries a channel wants to know now: that is not done again.
        DeliveryState::GivenUp if delivery.notices.is_empty() => ("expired", "bad", "Not taken"),
        DeliveryState::GivenUp => ("expired", "bad", "Given up"),
    }
}

/// The kinds of channels, by their names in JSON.
pub const CHANNEL_KINDS: [(&str, &str, &str); 4] = [
    ("mail", "Mail", "Through your mail server, always encrypted"),
    ("webhook", "Webhook", "JSON by HTTPS, signed by HMAC"),
    ("syslog", "System log", "Syslog or journal of this host"),
    ("command", "Command", "A program of this host"),
];

/// The kind of a channel in one word.
pub fn channel_kind(target: &ChannelTarget) -> &'static str {
    CHANNEL_KINDS.into_iter().find(|(name, ..)| *name == target.kind()).map_or("", |(_, words, _)| words)
}

/// Where a channel leads. Of the address of a webhook the host alone: many hold a secret.
pub fn leads_to(target: &ChannelTarget) -> String {
    match target {
        ChannelTarget::Mail { host, port, tls, to, .. } => {
            let begins = match tls {
                MailTls::Starttls => "STARTTLS",
                MailTls::Implicit => "TLS",
            };
            [&to.join(", "), " by ", host, ":", &port.to_string(), ", ", begins].concat()
        }
        ChannelTarget::Webhook { url, .. } => url.split('/').nth(2).unwrap_or(url).to_owned(),
        ChannelTarget::Syslog { way, socket } => {
            let words = match way {
                SyslogKind::Rfc5424 => "Syslog (RFC 5424)",
                SyslogKind::Journal => "Journal of systemd",
            };
            socket.as_ref().map_or_else(|| words.to_owned(), |socket| [words, " at ", socket].concat())
        }
        ChannelTarget::Command { arguments, .. } => arguments.join(" "),
    }
}

/// What goes to a channel.
pub fn wants(channel: &Channel) -> String {
    let kinds = if channel.kinds.is_empty() {
        "Everything".to_owned()
    } else {
        channel.kinds.iter().map(|kind| kind_words(*kind)).collect::<Vec<_>>().join("; ")
    };
    match channel.at_least {
        Urgency::Note => kinds,
        Urgency::Soon => kinds + ", what is soon or urgent",
        Urgency::Urgent => kinds + ", what is urgent",
    }
}
