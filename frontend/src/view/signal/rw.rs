//! A value that pages set and follow.

use std::marker::PhantomData;

use leptos::prelude::{Set, Track, Update, With, WithUntracked};

use super::{Held, handle, held, reading, seen, seen_mut};

/// As Leptos' signal of the same name.
pub struct RwSignal<T> {
    inner: leptos::prelude::RwSignal<Held>,
    kind: PhantomData<fn() -> T>,
}

handle!(RwSignal);
reading!(RwSignal);

impl<T: Send + Sync + 'static> RwSignal<T> {
    /// With its first value.
    pub fn new(value: T) -> Self {
        Self { inner: leptos::prelude::RwSignal::new(held(value)), kind: PhantomData }
    }

    /// Puts another value in its place.
    pub fn set(&self, value: T) {
        self.inner.set(held(value));
    }

    /// As `set`, where the owner may be gone: then the value comes back.
    pub fn try_set(&self, value: T) -> Option<()> {
        self.inner.try_set(held(value)).map(drop)
    }

    /// Changes the value.
    pub fn update(&self, change: impl FnOnce(&mut T)) {
        self.inner.update(|held| change(seen_mut(held)));
    }

    /// As `update`, where the owner may be gone: then nothing happens.
    pub fn try_update<R>(&self, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        self.inner.try_update(|held| change(seen_mut(held)))
    }
}

impl<T: Clone + Send + Sync + 'static> RwSignal<T> {
    /// A copy of the value, unless the owner is gone.
    pub fn try_get_untracked(&self) -> Option<T> {
        self.inner.try_with_untracked(|held| seen::<T>(held).clone())
    }
}
