//! `view!` with the notation of Leptos and without its types.
//!
//! Leptos gives every element of every view a type of its own, and with it a copy of the code that draws it: that alone was twice the budget of
//! the page. Here the same notation becomes calls of `Element` of the page's `view` room, compiled once.

mod element;
mod event;

use proc_macro2::TokenStream;
use quote::quote;
use rstml::node::Node;

/// Elements, text in quotes and blocks, as in Leptos: `<p class=x on:click=move |_| …>"text"{block}</p>`.
///
/// Attributes: `name=value`, `class:name=condition`, `style:property=value`, `prop:name=value`, `on:event=handler`, `node_ref=reference`; a value may
/// be a closure or a signal, which is then followed. The result is a `View`.
#[proc_macro]
pub fn view(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let nodes = match rstml::parse2(input.into()) {
        Ok(nodes) => nodes,
        Err(error) => return error.to_compile_error().into(),
    };
    match one(&nodes) {
        Ok(tokens) => tokens.into(),
        Err(error) => compile_error(&error).into(),
    }
}

/// What the notation cannot say.
struct Unsupported(String);

fn compile_error(error: &Unsupported) -> TokenStream {
    let words = &error.0;
    quote! { ::core::compile_error!(#words) }
}

/// One node, or a group of several.
fn one(nodes: &[Node]) -> Result<TokenStream, Unsupported> {
    match nodes {
        [node] => {
            let value = content(node)?;
            Ok(quote! { crate::view::IntoView::into_view(#value) })
        }
        nodes => {
            let children = nodes.iter().map(content).collect::<Result<Vec<_>, _>>()?;
            Ok(quote! { crate::view::Group::new()#(.child(#children))*.into_view() })
        }
    }
}

/// What becomes a child: anything that `IntoView` takes.
fn content(node: &Node) -> Result<TokenStream, Unsupported> {
    match node {
        Node::Element(parsed) => element::element(parsed),
        Node::Text(text) => {
            let text = &text.value;
            Ok(quote! { #text })
        }
        // A block of one expression is written without its braces, for the lints about needless ones.
        Node::Block(block) => Ok(quote! { #[allow(unused_braces)] #block }),
        Node::Fragment(fragment) => one(&fragment.children),
        other => Err(Unsupported(format!("{} is not part of the page's markup", other.r#type()))),
    }
}
