//! The part of a long list that is in sight: only those lines are in the document, whatever their number.

use std::ops::Range;

use leptos::ev;
use leptos::leptos_dom::helpers::window_event_listener_untyped;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use crate::view::*;

/// Lines kept beyond what is in sight, on either side.
const SPARE: usize = 10;

/// Which lines of a list are in sight.
#[derive(Clone, Copy)]
pub struct Sight {
    /// An empty element where the lines begin, before the room for those above that are not drawn: that room must not move it.
    pub anchor: NodeRef<web_sys::HtmlElement>,
    range: RwSignal<(usize, usize)>,
    /// On paper everything is in sight.
    printing: StoredValue<bool>,
    total: Signal<usize>,
    line_height: fn() -> f64,
}

impl Sight {
    /// Follows scrolling and the size of the window. All lines have one height, in pixels; `scrolled` is called with each scrolling.
    pub fn new(total: Signal<usize>, line_height: fn() -> f64, scrolled: impl Fn() + 'static) -> Self {
        let sight = Self { anchor: NodeRef::new(), range: RwSignal::new((0, 40)), printing: StoredValue::new(false), total, line_height };
        follow_scrolling(move || {
            sight.look();
            scrolled();
        });
        let resized = window_event_listener(ev::resize, move |_| sight.look());
        on_cleanup(move || resized.remove());
        let printing = window_event_listener_untyped("beforeprint", move |_| {
            sight.printing.set_value(true);
            sight.range.set((0, usize::MAX));
        });
        let printed = window_event_listener_untyped("afterprint", move |_| {
            sight.printing.set_value(false);
            sight.look();
        });
        on_cleanup(move || {
            printing.remove();
            printed.remove();
        });
        effect(move || {
            total.get();
            sight.anchor.track();
            request_animation_frame(move || sight.look());
        });
        sight
    }

    fn look(self) {
        if self.printing.try_get_value() == Some(true) {
            return;
        }
        // The frame that was asked for may come when the list is gone.
        let Some((anchor, range)) = self.anchor.try_get_untracked().zip(self.range.try_get_untracked()) else { return };
        let height = (self.line_height)();
        let sight = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(900.0);
        let above = (-anchor.get_bounding_client_rect().top() / height).max(0.0) as usize;
        let first = above.saturating_sub(SPARE);
        let last = above + (sight / height) as usize + SPARE;
        if range != (first, last) {
            self.range.set((first, last));
        }
    }

    /// The lines that are to be drawn.
    pub fn range(self) -> Range<usize> {
        let (first, last) = self.range.get();
        let last = last.min(self.total.get());
        first.min(last)..last
    }

    /// The height of the lines before them, for a style.
    pub fn above(self) -> String {
        self.height_of(self.range().start)
    }

    /// The height of the lines after them.
    pub fn below(self) -> String {
        self.height_of(self.total.get().saturating_sub(self.range().end))
    }

    fn height_of(self, lines: usize) -> String {
        format!("{:.0}px", lines as f64 * (self.line_height)())
    }
}

/// Scrolls the element of this id until a line is in sight.
pub fn reveal(scroller: &str, line: usize, line_height: f64) {
    let Some(Ok(scroller)) = document().get_element_by_id(scroller).map(JsCast::dyn_into::<web_sys::HtmlElement>) else { return };
    let height = line_height as i32;
    let top = i32::try_from(line).unwrap_or(i32::MAX / 64) * height;
    // The head of the table stays above the lines.
    let (from, sight) = (scroller.scroll_top(), scroller.client_height() - 28 - height);
    if top < from {
        scroller.set_scroll_top(top);
    } else if top > from + sight {
        scroller.set_scroll_top(top - sight);
    }
}

/// Listens for as long as the present owner lives. Scrolling does not bubble, so it is caught on its way down.
fn follow_scrolling(act: impl Fn() + 'static) {
    let listener = Listener(Closure::<dyn Fn()>::new(act).into_js_value().unchecked_into());
    let _ = window().add_event_listener_with_callback_and_bool("scroll", &listener.0, true);
    on_cleanup(move || listener.remove());
}

/// The page has one thread; clean-up wants `Send`.
struct Listener(js_sys::Function);

impl Listener {
    fn remove(&self) {
        let _ = window().remove_event_listener_with_callback_and_bool("scroll", &self.0, true);
    }
}
