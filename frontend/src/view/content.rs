//! What can stand between the tags of an element.

use std::borrow::Cow;
use std::sync::Arc;

use leptos::prelude::{Owner, document};

use super::region::region;
use super::signal::{Memo, RwSignal, Signal};

/// Nodes of the document: an element, a text, or a fragment of several that go into their parent together.
pub struct View(pub(super) web_sys::Node);

impl View {
    /// No node at all.
    pub fn nothing() -> Self {
        Group::new().into_view()
    }
}

/// What becomes a view.
pub trait IntoView {
    /// The view.
    fn into_view(self) -> View;
}

/// Several nodes side by side.
pub struct Group(web_sys::DocumentFragment);

impl Group {
    /// Nothing yet.
    pub fn new() -> Self {
        Self(document().create_document_fragment())
    }

    /// One more.
    #[inline]
    pub fn child(self, child: impl IntoView) -> Self {
        self.append(child.into_view())
    }

    #[inline(never)]
    fn append(self, child: View) -> Self {
        let _ = self.0.append_child(&child.0);
        self
    }

    /// All of them.
    pub fn into_view(self) -> View {
        View(self.0.into())
    }
}

/// Draws the page at the end of the body; it stays until the page is left.
pub fn mount(root: impl FnOnce() -> View) {
    // Fails only where another has set it up before.
    let _ = any_spawner::Executor::init_wasm_bindgen();
    let owner = Owner::new();
    let view = owner.with(root);
    if let Some(body) = document().body() {
        let _ = body.append_child(&view.0);
    }
    std::mem::forget(owner);
}

/// `content` while `condition` holds; not drawn anew while it goes on holding.
pub fn when(condition: impl Fn() -> bool + Send + Sync + 'static, content: impl Fn() -> View + 'static) -> View {
    let holds = Memo::new(move |_| condition());
    region(Box::new(move || if holds.get() { content() } else { View::nothing() }))
}

impl IntoView for View {
    fn into_view(self) -> View {
        self
    }
}

impl IntoView for &str {
    #[inline(never)]
    fn into_view(self) -> View {
        View(document().create_text_node(self).into())
    }
}

macro_rules! texts {
    ($($text:ty),*) => { $(impl IntoView for $text {
        fn into_view(self) -> View {
            (&*self).into_view()
        }
    })* };
}

texts!(String, Cow<'static, str>, Arc<str>);

macro_rules! numbers {
    ($($number:ty),*) => { $(impl IntoView for $number {
        fn into_view(self) -> View {
            self.to_string().into_view()
        }
    })* };
}

numbers!(i32, i64, u16, u32, u64, usize);

impl<T: IntoView> IntoView for Option<T> {
    fn into_view(self) -> View {
        self.map_or_else(View::nothing, T::into_view)
    }
}

impl<T: IntoView> IntoView for Vec<T> {
    fn into_view(self) -> View {
        self.into_iter().fold(Group::new(), |group, item| group.append(item.into_view())).into_view()
    }
}

impl<A: IntoView, B: IntoView> IntoView for (A, B) {
    fn into_view(self) -> View {
        Group::new().child(self.0).child(self.1).into_view()
    }
}

impl<F, T> IntoView for F
where
    F: Fn() -> T + 'static,
    T: IntoView,
{
    fn into_view(self) -> View {
        region(Box::new(move || self().into_view()))
    }
}

macro_rules! signals {
    ($($signal:ident),*) => { $(impl<T> IntoView for $signal<T>
    where
        T: IntoView + Clone + Send + Sync + 'static,
    {
        fn into_view(self) -> View {
            region(Box::new(move || self.get().into_view()))
        }
    })* };
}

signals!(RwSignal, Memo, Signal);
