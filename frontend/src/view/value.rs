//! What an attribute, a property, a class or a style can be, and how it follows a signal.

use std::borrow::Cow;
use std::sync::Arc;

use wasm_bindgen::JsValue;

use super::element::Element;
use super::signal::{Memo, RwSignal, Signal};

/// A value at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Not there; false.
    Absent,
    /// There without a text; true.
    Present,
    /// A text.
    Text(Cow<'static, str>),
}

impl Value {
    /// As a property of an element has it.
    pub fn to_property(&self) -> JsValue {
        match self {
            Self::Absent => JsValue::FALSE,
            Self::Present => JsValue::TRUE,
            Self::Text(text) => JsValue::from_str(text),
        }
    }
}

impl From<bool> for Value {
    fn from(there: bool) -> Self {
        if there { Self::Present } else { Self::Absent }
    }
}

impl From<&'static str> for Value {
    fn from(text: &'static str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<Cow<'static, str>> for Value {
    fn from(text: Cow<'static, str>) -> Self {
        Self::Text(text)
    }
}

impl From<Arc<str>> for Value {
    fn from(text: Arc<str>) -> Self {
        Self::Text(Cow::Owned(text.to_string()))
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Into::into)
    }
}

macro_rules! numbers {
    ($($number:ty),*) => { $(impl From<$number> for Value {
        fn from(number: $number) -> Self {
            Self::Text(Cow::Owned(number.to_string()))
        }
    })* };
}

numbers!(i32, u32, usize);

/// What can stand behind `name=`.
pub trait IntoValue {
    /// Writes it to the attribute of that name.
    fn write(self, element: Element, name: &'static str) -> Element;
}

impl IntoValue for &'static str {
    #[inline]
    fn write(self, element: Element, name: &'static str) -> Element {
        element.literal(name, self)
    }
}

macro_rules! fixed {
    ($($kind:ty),*) => { $(impl IntoValue for $kind {
        #[inline]
        fn write(self, element: Element, name: &'static str) -> Element {
            element.fixed(name, self.into())
        }
    })* };
}

fixed!(bool, String, Cow<'static, str>, Arc<str>, i32, u32, usize);

impl<T: Into<Value>> IntoValue for Option<T> {
    #[inline]
    fn write(self, element: Element, name: &'static str) -> Element {
        element.fixed(name, self.into())
    }
}

impl<F, T> IntoValue for F
where
    F: Fn() -> T + 'static,
    T: Into<Value>,
{
    #[inline]
    fn write(self, element: Element, name: &'static str) -> Element {
        element.followed(name, Box::new(move || self().into()))
    }
}

macro_rules! signals {
    ($($signal:ident),*) => { $(impl<T> IntoValue for $signal<T>
    where
        T: Into<Value> + Clone + Send + Sync + 'static,
    {
        #[inline]
        fn write(self, element: Element, name: &'static str) -> Element {
            element.followed(name, Box::new(move || self.get().into()))
        }
    })* };
}

signals!(RwSignal, Memo, Signal);
