//! A value that follows from others and tells of itself only when it differs.

use std::marker::PhantomData;

use leptos::prelude::{Track, With, WithUntracked};

use super::{Held, handle, held, reading, seen};

/// As Leptos' memo of the same name.
pub struct Memo<T> {
    inner: leptos::prelude::Memo<Held>,
    kind: PhantomData<fn() -> T>,
}

handle!(Memo);
reading!(Memo);

impl<T: PartialEq + Send + Sync + 'static> Memo<T> {
    /// Computes the value; `before` is the one there was.
    pub fn new(compute: impl Fn(Option<&T>) -> T + Send + Sync + 'static) -> Self {
        Self { inner: erased(Box::new(move |before| held(compute(before.map(seen)))), differs::<T>), kind: PhantomData }
    }
}

impl<T: Send + Sync + 'static> Memo<T> {
    /// Computes a value that cannot be compared, or not with profit: every computation counts as a change.
    pub fn of_unequal(compute: impl Fn() -> T + Send + Sync + 'static) -> Self {
        Self { inner: erased(Box::new(move |_| held(compute())), |_, _| true), kind: PhantomData }
    }
}

type Compute = Box<dyn Fn(Option<&Held>) -> Held + Send + Sync>;

#[inline(never)]
fn erased(compute: Compute, differs: fn(Option<&Held>, Option<&Held>) -> bool) -> leptos::prelude::Memo<Held> {
    leptos::prelude::Memo::new_with_compare(compute, differs)
}

fn differs<T: PartialEq + 'static>(before: Option<&Held>, now: Option<&Held>) -> bool {
    match (before, now) {
        (Some(before), Some(now)) => seen::<T>(before) != seen::<T>(now),
        _ => true,
    }
}
