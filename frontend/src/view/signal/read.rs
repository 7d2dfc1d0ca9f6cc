//! A value to follow, wherever it comes from.

use std::marker::PhantomData;
use std::sync::Arc;

use leptos::prelude::{WithValue as _, untrack};

use super::{Held, Memo, RwSignal, handle, held, seen};

type Ask<T> = Arc<dyn Fn() -> T + Send + Sync>;

/// As Leptos' signal of the same name: asked anew each time.
pub struct Signal<T> {
    inner: leptos::prelude::StoredValue<Held>,
    kind: PhantomData<fn() -> T>,
}

handle!(Signal);

impl<T: Send + Sync + 'static> Signal<T> {
    /// What a function answers, which may follow other signals.
    pub fn derive(ask: impl Fn() -> T + Send + Sync + 'static) -> Self {
        let ask: Ask<T> = Arc::new(ask);
        Self { inner: leptos::prelude::StoredValue::new(held(ask)), kind: PhantomData }
    }

    /// The value, which is followed.
    pub fn get(&self) -> T {
        let ask: Ask<T> = self.inner.with_value(|held| Arc::clone(seen(held)));
        ask()
    }

    /// The value.
    pub fn get_untracked(&self) -> T {
        untrack(|| self.get())
    }
}

impl<T: Clone + Send + Sync + 'static> Signal<T> {
    /// A value that stays.
    pub fn stored(value: T) -> Self {
        Self::derive(move || value.clone())
    }
}

impl<T: Clone + Send + Sync + 'static> From<Memo<T>> for Signal<T> {
    fn from(memo: Memo<T>) -> Self {
        Self::derive(move || memo.get())
    }
}

impl<T: Clone + Send + Sync + 'static> From<RwSignal<T>> for Signal<T> {
    fn from(signal: RwSignal<T>) -> Self {
        Self::derive(move || signal.get())
    }
}

impl From<String> for Signal<String> {
    fn from(text: String) -> Self {
        Self::stored(text)
    }
}

impl From<&'static str> for Signal<String> {
    fn from(text: &'static str) -> Self {
        Self::derive(move || text.to_owned())
    }
}
