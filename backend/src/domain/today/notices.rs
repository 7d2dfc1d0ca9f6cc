//! What people were told and is still so; and whom nothing reaches.

use certdeck_shared::api::notice::{Channel, Notice, Urgency};
use certdeck_shared::api::today::{Concern, Concerned};

/// An open notice as a concern. One about nothing that the console has a place for is none.
pub(super) fn concern(notice: &Notice) -> Option<Concern> {
    let told = &notice.about;
    let about = match (&told.endpoint, &told.database, &told.certificate) {
        (Some(endpoint), ..) => Concerned::Endpoint { endpoint: endpoint.clone() },
        (None, Some(database), Some(certificate)) => {
            Concerned::Certificate { database: database.clone(), fingerprint_sha256: certificate.clone() }
        }
        (None, Some(database), None) => Concerned::Database { database: database.clone() },
        (None, None, _) => return None,
    };
    Some(Concern {
        urgency: notice.urgency,
        about,
        title: notice.title.clone(),
        words: notice.words.clone(),
        since: Some(notice.began_at),
        looked_after_by: notice.acknowledged_by.clone(),
    })
}

/// A channel whose last message was not taken.
pub(super) fn of_channel(channel: &Channel) -> Option<Concern> {
    let trouble = channel.trouble.as_ref().filter(|_| channel.enabled)?;
    let waiting = match channel.waiting {
        0 => "What it should have told is given up".to_owned(),
        1 => "1 message waits".to_owned(),
        count => format!("{count} messages wait"),
    };
    Some(Concern {
        urgency: Urgency::Soon,
        about: Concerned::Channel { channel: channel.id.clone() },
        title: format!("Notices do not reach {}", channel.label),
        words: format!("{waiting}. The last answer: {trouble}"),
        since: channel.delivered_at,
        looked_after_by: None,
    })
}
