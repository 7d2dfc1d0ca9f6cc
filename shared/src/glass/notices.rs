//! Lines about notices. No other tool tells what the console tells, so that there are curl's lines alone.

use super::Action;
use super::rest::Call;
use super::writer::Writer;
use crate::api::notice::ChannelTarget;
use crate::api::paths;

pub(super) fn write(writer: &mut Writer<'_>, action: &Action) {
    match action {
        Action::ListNotices { over } => writer.call(&Call::get([paths::NOTICES, if *over { "?over=true" } else { "" }].concat())),
        Action::ChangeNotice { notice, body } => writer.call(&Call::new("PATCH", paths::notice(notice)).json(body)),
        Action::ShowExpiryPolicy => writer.call(&Call::get(paths::EXPIRY_POLICY)),
        Action::SetExpiryPolicy { body } => writer.call(&Call::new("PUT", paths::EXPIRY_POLICY).json(body)),
        Action::ListChannels => writer.call(&Call::get(paths::CHANNELS)),
        Action::CreateChannel { body } => {
            let call = Call::post(paths::CHANNELS).json(body);
            writer.call(&without_secrets(call, body.secret.as_deref(), Some(&body.target)));
        }
        Action::ChangeChannel { channel, body } => {
            let call = Call::new("PATCH", paths::channel(channel)).json(body);
            writer.call(&without_secrets(call, body.secret.as_deref(), body.target.as_ref()));
        }
        Action::RemoveChannel { channel } => writer.call(&Call::new("DELETE", paths::channel(channel))),
        Action::TestChannel { channel } => {
            writer.note("The console sends as it always does; a message by hand would prove something else.");
            writer.call(&Call::post(paths::channel_test(channel)));
        }
        Action::ListDeliveries { channel } => {
            let query = channel.as_deref().map(|channel| ["?channel=", channel].concat()).unwrap_or_default();
            writer.call(&Call::get([paths::DELIVERIES, &query].concat()));
        }
        Action::ShowBoard => writer.call(&Call::get(paths::BOARD)),
        Action::ShowCalendar => writer.call(&Call::get(paths::CALENDAR)),
        Action::MakeCalendar => writer.call(&Call::post(paths::CALENDAR)),
        Action::EndCalendar => writer.call(&Call::new("DELETE", paths::CALENDAR)),
        _ => {}
    }
}

/// Password and secret come from files; so does the address of a webhook, which lets in whoever knows it.
fn without_secrets(call: Call, secret: Option<&str>, target: Option<&ChannelTarget>) -> Call {
    let call = match secret {
        // An empty one takes away the one that is there.
        None | Some("") => call,
        Some(_) => call.secret("secret", "CHANNEL_SECRET_FILE"),
    };
    match target {
        Some(ChannelTarget::Webhook { .. }) => call.secret_within("target", "url", "WEBHOOK_URL_FILE"),
        _ => call,
    }
}
