//! What is told as text: a line, and a mail.

use certdeck_shared::api::notice::{Delivery, DeliveryState, Message, Notice, Occasion, Told, Urgency};
use time::OffsetDateTime;

use crate::host::clock::moment;
use crate::host::process::host_name;
use crate::host::randomness;
use crate::state::{ChannelRecord, DeliveryRecord};

/// Most notices of one message; the rest go into others.
const MOST: usize = 50;

/// The messages that tell each channel what it wants to know, ready to be tried.
pub(super) fn addressed(told: &[Told], channels: &[ChannelRecord], now: OffsetDateTime) -> Vec<DeliveryRecord> {
    let mut deliveries = Vec::new();
    for channel in channels {
        let setting = &channel.setting;
        let wants =
            |notice: &Notice| notice.urgency <= setting.at_least && (setting.kinds.is_empty() || setting.kinds.contains(&notice.kind));
        let wanted: Vec<Told> = told.iter().filter(|told| wants(&told.notice)).cloned().collect();
        deliveries.extend(wanted.chunks(MOST).map(|part| delivery(channel, part.to_vec(), now)));
    }
    deliveries
}

/// One message for a channel, ready to be tried.
pub(super) fn delivery(channel: &ChannelRecord, notices: Vec<Told>, now: OffsetDateTime) -> DeliveryRecord {
    let message = Message { id: randomness::identifier(), host: host_name(), at: now, notices };
    let delivery = Delivery {
        id: message.id.clone(),
        channel: channel.id.clone(),
        channel_label: channel.setting.label.clone(),
        subject: subject(&message),
        notices: message.notices.iter().map(|told| told.notice.id.clone()).collect(),
        state: DeliveryState::Waiting,
        created_at: now,
        next_try_at: Some(now),
        tries: Vec::new(),
    };
    DeliveryRecord { delivery, message }
}

/// One line for all of it: what hurries most, and how much more there is.
pub(super) fn subject(message: &Message) -> String {
    let first = message.notices.iter().min_by_key(|told| (told.occasion == Occasion::Over, told.notice.urgency));
    match (first, message.notices.len()) {
        (None, _) => "A test: notices of Certdeck come this way".to_owned(),
        (Some(first), 1) => line(first),
        (Some(first), count) => format!("{} (and {} more)", line(first), count - 1),
    }
}

/// One line for one notice.
pub(super) fn line(told: &Told) -> String {
    let notice = &told.notice;
    match told.occasion {
        Occasion::Over => format!("Over: {}", notice.title),
        Occasion::Reminder => format!("Still so: {}", notice.title),
        Occasion::New | Occasion::Stage => notice.title.clone(),
    }
}

/// The text of a mail.
pub(super) fn text(message: &Message) -> String {
    let mut text = String::new();
    if message.notices.is_empty() {
        text.push_str("Somebody tries this channel. Nothing is to be done.\n\n");
    }
    for told in &message.notices {
        let notice = &told.notice;
        let urgency = match (told.occasion, notice.urgency) {
            (Occasion::Over, _) => "over",
            (_, Urgency::Urgent) => "urgent",
            (_, Urgency::Soon) => "soon",
            (_, Urgency::Note) => "to know",
        };
        text.push_str(&format!("{}\n{}\n({urgency}, since {}, {})\n\n", line(told), notice.words, moment(notice.began_at), notice.id));
    }
    text.push_str(&format!("-- \nCertdeck on {}, {}\n", message.host, moment(message.at)));
    text
}
