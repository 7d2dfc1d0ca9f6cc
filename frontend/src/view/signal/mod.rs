//! The signals of Leptos with their type taken off inside: the machinery is compiled once for `Held` and not for each of some eighty types.
//!
//! Every handle keeps its type as a mark, only values of that type are put in, so what comes out is of that type.

mod memo;
mod read;
mod rw;
mod stored;

use std::any::Any;

pub use memo::Memo;
pub use read::Signal;
pub use rw::RwSignal;
pub use stored::StoredValue;

/// A value whose type its handle knows.
type Held = Box<dyn Any + Send + Sync>;

fn held<T: Send + Sync + 'static>(value: T) -> Held {
    Box::new(value)
}

/// What a handle of this type put in. Another type is impossible, so there is nothing to say to anyone about it.
fn seen<T: 'static>(held: &Held) -> &T {
    match held.downcast_ref() {
        Some(value) => value,
        None => std::process::abort(),
    }
}

/// As [`seen`], to change it.
fn seen_mut<T: 'static>(held: &mut Held) -> &mut T {
    match held.downcast_mut() {
        Some(value) => value,
        None => std::process::abort(),
    }
}

/// Copies of a handle are the same handle, whatever it is of.
macro_rules! handle {
    ($name:ident) => {
        impl<T> Clone for $name<T> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<T> Copy for $name<T> {}

        impl<T> std::fmt::Debug for $name<T> {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(stringify!($name))
            }
        }
    };
}

/// The ways to read that signals and memos share.
macro_rules! reading {
    ($name:ident) => {
        impl<T: Send + Sync + 'static> $name<T> {
            /// Looks at the value and follows it.
            pub fn with<R>(&self, look: impl FnOnce(&T) -> R) -> R {
                self.inner.with(|held| look(seen(held)))
            }

            /// Looks at the value.
            pub fn with_untracked<R>(&self, look: impl FnOnce(&T) -> R) -> R {
                self.inner.with_untracked(|held| look(seen(held)))
            }

            /// Follows the value.
            pub fn track(&self) {
                self.inner.track();
            }
        }

        impl<T: Clone + Send + Sync + 'static> $name<T> {
            /// A copy of the value, which is followed.
            pub fn get(&self) -> T {
                self.with(T::clone)
            }

            /// A copy of the value.
            pub fn get_untracked(&self) -> T {
                self.with_untracked(T::clone)
            }
        }
    };
}

use {handle, reading};
