//! A value that lives as long as its owner and is not followed.

use std::marker::PhantomData;

use leptos::prelude::{SetValue as _, UpdateValue as _, WithValue as _};

use super::{Held, handle, held, seen, seen_mut};

/// As Leptos' stored value of the same name.
pub struct StoredValue<T> {
    inner: leptos::prelude::StoredValue<Held>,
    kind: PhantomData<fn() -> T>,
}

handle!(StoredValue);

impl<T: Send + Sync + 'static> StoredValue<T> {
    /// With its first value.
    pub fn new(value: T) -> Self {
        Self { inner: leptos::prelude::StoredValue::new(held(value)), kind: PhantomData }
    }

    /// Looks at the value.
    pub fn with_value<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        self.inner.with_value(|held| look(seen(held)))
    }

    /// Puts another value in its place.
    pub fn set_value(&self, value: T) {
        self.inner.set_value(held(value));
    }

    /// Changes the value.
    pub fn update_value(&self, change: impl FnOnce(&mut T)) {
        self.inner.update_value(|held| change(seen_mut(held)));
    }

    /// As `update_value`, where the owner may be gone: then nothing happens.
    pub fn try_update_value<R>(&self, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        self.inner.try_update_value(|held| change(seen_mut(held)))
    }
}

impl<T: Clone + Send + Sync + 'static> StoredValue<T> {
    /// A copy of the value.
    pub fn get_value(&self) -> T {
        self.with_value(T::clone)
    }

    /// A copy of the value, unless the owner is gone.
    pub fn try_get_value(&self) -> Option<T> {
        self.inner.try_with_value(|held| seen::<T>(held).clone())
    }
}
