//! Which interface an event has (UI Events, Pointer Events, HTML).

use proc_macro2::{Ident, Span};

/// The interface of `web_sys` for an event, if the page knows it.
pub fn interface(event: &str) -> Option<Ident> {
    let name = match event {
        "blur" | "focus" | "focusin" | "focusout" => "FocusEvent",
        "cancel" | "change" | "close" | "input" | "scroll" | "toggle" => "Event",
        "click" | "dblclick" | "contextmenu" | "mouseenter" | "mouseleave" => "MouseEvent",
        "dragenter" | "dragleave" | "dragover" | "drop" => "DragEvent",
        "keydown" | "keyup" => "KeyboardEvent",
        "paste" => "ClipboardEvent",
        "pointercancel" | "pointerdown" | "pointerenter" | "pointerleave" | "pointermove" | "pointerup" => "PointerEvent",
        "submit" => "SubmitEvent",
        _ => return None,
    };
    Some(Ident::new(name, Span::call_site()))
}
