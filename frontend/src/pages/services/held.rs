//! What a service can serve: the certificates of a chosen database that have a nickname and whose key is there.

use certdeck_shared::api::certificate::CertificateEntry;

use crate::components::form::submission::{Load, load};
use crate::state::App;
use crate::transport::client;
use crate::view::*;

/// Those of the database that is chosen, waiting as long as they are read: an answer that comes late, of a database chosen before, is not taken
/// for its own. With another database nothing is `chosen` any more.
pub fn held(app: App, database: RwSignal<String>, chosen: RwSignal<String>) -> Signal<Load<Vec<CertificateEntry>>> {
    let read = RwSignal::new(Load::<(String, Vec<CertificateEntry>)>::Waiting);
    effect(move || {
        let id = database.get();
        chosen.set(String::new());
        read.set(Load::Waiting);
        if !id.is_empty() {
            load(app, read, async move {
                let mut entries = client().certificates(&id).await?.certificates;
                entries.retain(|entry| entry.nickname.is_some() && entry.trust.contains('u'));
                Ok((id, entries))
            });
        }
    });
    Signal::derive(move || match read.get() {
        Load::Ready((of, entries)) if database.with(|id| *id == of) => Load::Ready(entries),
        Load::Failed(words) => Load::Failed(words),
        _ => Load::Waiting,
    })
}
