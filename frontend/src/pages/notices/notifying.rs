//! What the parts share: what was read of the server, read again when it says that something changed.

use std::time::Duration;

use certdeck_shared::api::event::Event;
use certdeck_shared::api::notice::{Channel, Delivery, Notice};
use certdeck_shared::api::role::Right;

use crate::components::feedback::{failure, skeleton};
use crate::components::form::submission::{Load, Submission, load};
use crate::place::Place;
use crate::state::App;
use crate::transport::client;
use crate::view::*;

/// Tries come one after the other: the page waits so long and reads once for all of them.
const GATHER: Duration = Duration::from_millis(200);

/// A part of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What is to be told.
    Notices,
    /// When certificates are due.
    Policy,
    /// Whom notices go to.
    Channels,
    /// What became of messages.
    Deliveries,
    /// The feed for calendar programs.
    Calendar,
    /// What breaks at 200, 100 and 47 days.
    Board,
}

impl Part {
    /// All, with their names in addresses and their words.
    pub const ALL: [(Self, &'static str, &'static str); 6] = [
        (Self::Notices, "", "To be told"),
        (Self::Policy, "policy", "Expiry policy"),
        (Self::Channels, "channels", "Channels"),
        (Self::Deliveries, "deliveries", "Deliveries"),
        (Self::Calendar, "calendar", "Calendar"),
        (Self::Board, "board", "Board"),
    ];

    /// The part of an address; what names none is the identifier of a notice.
    fn of(name: &str) -> Self {
        Self::ALL.into_iter().find(|(_, known, _)| *known == name).map_or(Self::Notices, |(part, ..)| part)
    }
}

/// What was read: nothing yet, the refusal, or the value.
pub type Read<T> = Option<Result<T, String>>;

/// The state of the page. Cheap to copy: signals only.
#[derive(Clone, Copy)]
pub struct Notifying {
    pub app: App,
    pub part: Memo<Part>,
    /// Who may decide; the others look.
    pub admin: Memo<bool>,
    /// Open ones, and those that are over.
    notices: RwSignal<Load<Vec<Notice>>>,
    channels: RwSignal<Load<Vec<Channel>>>,
    deliveries: RwSignal<Load<Vec<Delivery>>>,
    /// Grows with each event, for what one part reads alone.
    pub changes: RwSignal<u32>,
    /// What is done with what is chosen.
    pub acting: Submission,
    gathering: StoredValue<bool>,
}

impl Notifying {
    /// Nothing read yet.
    pub fn new(app: App) -> Self {
        let part = Memo::new(move |_| {
            app.place.with(|place| match place {
                Place::Notices(name) => Part::of(name),
                _ => Part::Notices,
            })
        });
        Self {
            app,
            part,
            admin: Memo::new(move |_| app.may(Right::Administrate)),
            notices: RwSignal::new(Load::Waiting),
            channels: RwSignal::new(Load::Waiting),
            deliveries: RwSignal::new(Load::Waiting),
            changes: RwSignal::new(0),
            acting: Submission::new(),
            gathering: StoredValue::new(false),
        }
    }

    /// Reads everything that the caller may see.
    pub fn read(self) {
        load(self.app, self.notices, async move { client().notices(true).await });
        if self.admin.get_untracked() {
            load(self.app, self.channels, async move { client().channels().await });
            load(self.app, self.deliveries, async move { client().deliveries(None).await });
        }
    }

    /// Reads now, when it turns out who the caller is, and whenever the server says that something changed.
    pub fn follow(self) {
        effect(move || {
            self.admin.get();
            self.read();
        });
        effect(move || {
            if self.app.event.with(|event| matches!(event, Some(Event::NoticesChanged))) && !self.gathering.get_value() {
                self.gathering.set_value(true);
                set_timeout(move || self.gathered(), GATHER);
            }
        });
    }

    /// The page may have been left since.
    fn gathered(self) {
        if self.gathering.try_update_value(|gathering| *gathering = false).is_some() {
            self.read();
            self.changes.update(|changes| *changes += 1);
        }
    }

    /// The notices, as something to follow: it tells of itself when they differ.
    pub fn told(self) -> Memo<Read<Vec<Notice>>> {
        read(self.notices)
    }

    /// The channels.
    pub fn ways(self) -> Memo<Read<Vec<Channel>>> {
        read(self.channels)
    }

    /// The deliveries.
    pub fn sent(self) -> Memo<Read<Vec<Delivery>>> {
        read(self.deliveries)
    }
}

/// A slot as something that tells of itself only when what was read differs.
pub fn read<T: Clone + PartialEq + Send + Sync + 'static>(slot: RwSignal<Load<T>>) -> Memo<Read<T>> {
    Memo::new(move |_| {
        slot.with(|slot| match slot {
            Load::Waiting => None,
            Load::Failed(words) => Some(Err(words.clone())),
            Load::Ready(value) => Some(Ok(value.clone())),
        })
    })
}

/// Where a read stands.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Stage {
    Waiting,
    Failed(String),
    Here,
}

/// `ready` once something was read, drawn once; until then what stands for it, or why it failed.
pub fn once_read<T: Send + Sync + 'static>(read: Memo<Read<T>>, retry: Callback<()>, ready: impl Fn() -> View + 'static) -> View {
    let stage = Memo::new(move |_| {
        read.with(|read| match read {
            None => Stage::Waiting,
            Some(Err(words)) => Stage::Failed(words.clone()),
            Some(Ok(_)) => Stage::Here,
        })
    });
    let content = move || match stage.get() {
        Stage::Waiting => skeleton(6),
        Stage::Failed(words) => failure("Could not be read", words, Some(retry)),
        Stage::Here => untrack(&ready),
    };
    view! { {content} }
}
