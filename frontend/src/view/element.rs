//! One element: its attributes, what it listens to, its children.

use leptos::prelude::document;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

use super::content::{IntoView, View};
use super::reference::NodeRef;
use super::region::follow;
use super::value::{IntoValue, Value};

/// An element under construction.
///
/// The functions without type parameters are never inlined: a view is then little more than calls with constants.
pub struct Element(web_sys::Element);

impl Element {
    /// An element of HTML. The outline is its name and, each on a line, the attributes that do not change: `name=text`.
    #[inline(never)]
    pub fn html(outline: &str) -> Self {
        let (name, attributes) = outline.split_once('\n').unwrap_or((outline, ""));
        Self::made(document().create_element(name), attributes)
    }

    /// An element of SVG.
    #[inline(never)]
    pub fn svg(outline: &str) -> Self {
        let (name, attributes) = outline.split_once('\n').unwrap_or((outline, ""));
        Self::made(document().create_element_ns(Some("http://www.w3.org/2000/svg"), name), attributes)
    }

    /// Only a name that is no name can fail, and the names are literals.
    fn made(element: Result<web_sys::Element, JsValue>, attributes: &str) -> Self {
        let element = element.unwrap_or_else(|never| never.unchecked_into());
        for (name, text) in attributes.lines().filter_map(|line| line.split_once('=')) {
            let _ = element.set_attribute(name, text);
        }
        Self(element)
    }

    /// `name=value`, `class:name=condition`, `style:property=value` or `prop:name=value`.
    #[inline]
    pub fn attribute(self, name: &'static str, value: impl IntoValue) -> Self {
        value.write(self, name)
    }

    /// Writes a value that stays.
    #[inline(never)]
    pub fn fixed(self, name: &'static str, value: Value) -> Self {
        put(&self.0, name, &value);
        self
    }

    /// Writes a text that stays.
    #[inline(never)]
    pub fn literal(self, name: &'static str, text: &'static str) -> Self {
        self.fixed(name, Value::from(text))
    }

    /// Writes a value, and again when a signal that it reads changes, for as long as the present owner lives.
    #[inline(never)]
    pub fn followed(self, name: &'static str, read: Box<dyn Fn() -> Value>) -> Self {
        let element = self.0.clone();
        follow(Box::new(move |before| {
            let now = read();
            // What a user typed is not in `before`, so a property is written each time.
            if before.as_ref() != Some(&now) || name.starts_with("prop:") {
                put(&element, name, &now);
            }
            now
        }));
        self
    }

    /// `on:event=handler`. The handler goes when the browser collects the element.
    #[inline]
    pub fn on<E: JsCast + 'static>(self, event: &str, mut handler: impl FnMut(E) + 'static) -> Self {
        self.listen(event, Box::new(move |event| handler(event.unchecked_into())))
    }

    #[inline(never)]
    fn listen(self, event: &str, handler: Box<dyn FnMut(web_sys::Event)>) -> Self {
        let function = Closure::wrap(handler).into_js_value();
        let _ = self.0.add_event_listener_with_callback(event, function.unchecked_ref());
        self
    }

    /// `node_ref=reference`.
    pub fn known_as<E: JsCast + Clone + 'static>(self, reference: NodeRef<E>) -> Self {
        reference.fill(self.0.clone());
        self
    }

    /// One more child.
    #[inline]
    pub fn child(self, child: impl IntoView) -> Self {
        self.append(child.into_view())
    }

    #[inline(never)]
    fn append(self, child: View) -> Self {
        let _ = self.0.append_child(&child.0);
        self
    }
}

impl IntoView for Element {
    fn into_view(self) -> View {
        View(self.0.into())
    }
}

fn put(element: &web_sys::Element, name: &'static str, value: &Value) {
    let done = match (name.split_once(':'), value) {
        (None, Value::Absent) => element.remove_attribute(name),
        (None, Value::Present) => element.set_attribute(name, ""),
        (None, Value::Text(text)) => element.set_attribute(name, text),
        (Some(("class", class)), value) => element.class_list().toggle_with_force(class, *value != Value::Absent).map(|_| ()),
        // HTMLElement and SVGElement both have `style` (CSSOM, ElementCSSInlineStyle).
        (Some(("style", property)), Value::Text(text)) => {
            element.unchecked_ref::<web_sys::HtmlElement>().style().set_property(property, text)
        }
        (Some(("style", property)), _) => element.unchecked_ref::<web_sys::HtmlElement>().style().remove_property(property).map(|_| ()),
        (Some((_, property)), value) => js_sys::Reflect::set(element, &property.into(), &value.to_property()).map(|_| ()),
    };
    // These throw for names that are no names; ours are literals.
    debug_assert!(done.is_ok(), "{name}");
}
