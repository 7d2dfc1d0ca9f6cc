//! An element with its attributes and children.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use rstml::Infallible;
use rstml::node::{KeyedAttribute, NodeAttribute, NodeElement};

use crate::{Unsupported, content, event};

/// The names that exist in SVG only, or that the page uses within it. `a`, `style` and `title` are HTML here.
const SVG: &[&str] = &["circle", "ellipse", "g", "line", "path", "polygon", "polyline", "rect", "svg", "text", "tspan", "use"];

/// `<name attributes>children</name>`.
pub fn element(parsed: &NodeElement<Infallible>) -> Result<TokenStream, Unsupported> {
    let name = parsed.open_tag.name.to_string();
    if name.starts_with(char::is_uppercase) || name.contains("::") {
        return Err(Unsupported(format!("<{name}>: components are functions here, call {name} in a block")));
    }
    let start = if SVG.contains(&name.as_str()) { quote!(svg) } else { quote!(html) };
    // What never changes goes into one string with the name: data, where each attribute would be a call.
    let mut outline = name.clone();
    let mut rest = TokenStream::new();
    for attribute in &parsed.open_tag.attributes {
        match attribute {
            NodeAttribute::Attribute(attribute) => match fixed(attribute) {
                Some(text) => outline.extend(["\n", &text]),
                None => rest.extend(keyed(attribute)?),
            },
            NodeAttribute::Block(_) => return Err(Unsupported(format!("<{name}>: attributes are written name=value"))),
        }
    }
    let mut tokens = quote! { crate::view::Element::#start(#outline)#rest };
    for child in &parsed.children {
        let child = content(child)?;
        tokens.extend(quote! { .child(#child) });
    }
    Ok(tokens)
}

/// `name=text` of an attribute that is written out in the markup.
fn fixed(attribute: &KeyedAttribute) -> Option<String> {
    let name = attribute.key.to_string();
    if name.contains(':') || name == "node_ref" {
        return None;
    }
    let text = match attribute.value() {
        None => String::new(),
        Some(_) => attribute.value_literal_string().filter(|_| !is_true_or_false(attribute))?,
    };
    (!text.contains('\n')).then(|| [&name, "=", &text].concat())
}

/// `true` and `false` say whether an attribute is there, they are not its text.
fn is_true_or_false(attribute: &KeyedAttribute) -> bool {
    attribute.value().is_some_and(|value| matches!(value.to_token_stream().to_string().as_str(), "true" | "false"))
}

/// What is written by a call: the name goes along as it stands in the markup.
fn keyed(attribute: &KeyedAttribute) -> Result<TokenStream, Unsupported> {
    let name = attribute.key.to_string();
    let value = attribute.value().map_or_else(|| quote!(true), |value| value.to_token_stream());
    if name == "node_ref" {
        return Ok(quote! { .known_as(#value) });
    }
    if name.contains('_') {
        return Err(Unsupported(format!("{name}: no attribute is called so; Leptos' inner_html is prop:innerHTML")));
    }
    match name.split_once(':') {
        Some(("on", event)) => {
            let interface =
                event::interface(event).ok_or_else(|| Unsupported(format!("{name}: its interface is not listed in event.rs")))?;
            Ok(quote! { .on::<::web_sys::#interface>(#event, #value) })
        }
        None | Some(("class" | "style" | "prop", _)) => Ok(quote! { .attribute(#name, #value) }),
        Some(_) => Err(Unsupported(format!("{name}: there are class:, style:, prop: and on:"))),
    }
}
