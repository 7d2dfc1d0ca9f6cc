//! A name for an element, to reach it later.

use std::marker::PhantomData;

use leptos::prelude::{Get, GetUntracked, LocalStorage, RwSignal, Set, Track};
use wasm_bindgen::JsCast;

/// Filled with `node_ref=`; a signal, so that an effect can wait for it.
pub struct NodeRef<E> {
    element: RwSignal<Option<web_sys::Element>, LocalStorage>,
    kind: PhantomData<fn() -> E>,
}

impl<E> Clone for NodeRef<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for NodeRef<E> {}

impl<E: JsCast + Clone> NodeRef<E> {
    /// Still empty.
    pub fn new() -> Self {
        Self { element: RwSignal::new_local(None), kind: PhantomData }
    }

    pub(super) fn fill(self, element: web_sys::Element) {
        self.element.set(Some(element));
    }

    /// The element, once it is made; followed.
    pub fn get(self) -> Option<E> {
        self.element.get().map(JsCast::unchecked_into)
    }

    /// The element, once it is made.
    pub fn get_untracked(self) -> Option<E> {
        self.element.get_untracked().map(JsCast::unchecked_into)
    }

    /// The same for who may come after the page was left.
    pub fn try_get_untracked(self) -> Option<E> {
        self.element.try_get_untracked().flatten().map(JsCast::unchecked_into)
    }

    /// Follows it.
    pub fn track(self) {
        self.element.track();
    }
}
