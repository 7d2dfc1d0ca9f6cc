//! What a page is made of: elements, text, regions that follow signals. The signals are those of Leptos; the drawing is ours and has no type
//! parameters, because the code that Leptos compiles for every view alone was twice the budget of the page (measured: 508 kB Brotli against 406).
//!
//! A view is made at once, as nodes of the document. What follows a signal is an effect of the present owner and ends with it.

mod content;
mod effect;
mod element;
mod keyed;
mod reference;
mod region;
mod signal;
mod value;

pub use certdeck_markup::view;
pub use content::{Group, IntoView, View, mount, when};
pub use effect::effect;
pub use element::Element;
pub use keyed::keyed;
pub use reference::NodeRef;
pub use signal::{Memo, RwSignal, Signal, StoredValue};

pub use leptos::callback::Callback;
pub use leptos::prelude::{
    Callable, document, event_target, event_target_checked, event_target_value, expect_context, on_cleanup, provide_context,
    request_animation_frame, set_interval_with_handle, set_timeout, untrack, window, window_event_listener,
};
