//! `GET /databases/{database}/certificates`

use std::convert::Infallible;
use std::sync::Arc;

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::response::Response;
use certdeck_shared::api::certificate::{CertificateList, ParsedCertificateList};
use certdeck_shared::api::problem::{Problem, ProblemCode};
use futures::{StreamExt as _, stream};
use http::HeaderMap;
use serde::Deserialize;

use crate::domain::inventory::{self, Revoked};
use crate::http::conditions;
use crate::http::context::Caller;
use crate::http::kept::{self, KeptAnswers};
use crate::http::problem::{HttpProblem, ProblemPath, ProblemQuery};
use crate::nss::listing::Listing;

/// Certificates a piece of the answer: some hundred kilobytes.
const PIECE: usize = 100;
/// Answers with more certificates are streamed each time.
const MOST_KEPT: usize = 2 * PIECE;

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    representation: Option<String>,
}

/// The answer, by representation.
#[derive(serde::Serialize, utoipa::ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes the streamed answer; it is never built as a whole")]
pub enum CertificateOrParsedList {
    /// `representation=der`.
    Der(CertificateList),
    /// `representation=parsed`.
    Parsed(ParsedCertificateList),
}

/// All certificates of a database, streamed. The ETag is the database's revision: ask again with If-None-Match.
#[utoipa::path(get, path = "/databases/{database}/certificates", tag = "certificates", params(
        ("database" = String, Path, description = "Identifier"),
        ("representation" = Option<String>, Query, description = "`der` (default): bytes; `parsed`: with views"),
        ("If-None-Match" = Option<String>, Header, description = "ETag of what the caller has"),
    ), responses(
        (status = 200, description = "The certificates", content(
            (CertificateOrParsedList = "application/json"),
        )),
        (status = 304, description = "Not changed"),
        (status = 409, body = Problem, description = "database-unusable"),
    ))]
pub async fn list_certificates(
    caller: Caller,
    Extension(answers): Extension<Arc<KeptAnswers>>,
    ProblemPath(id): ProblemPath<String>,
    ProblemQuery(asked): ProblemQuery<Asked>,
    headers: HeaderMap,
) -> Result<Response, HttpProblem> {
    let parsed = match asked.representation.as_deref() {
        None | Some("" | "der") => false,
        Some("parsed") => true,
        Some(other) => {
            let detail = "The representation is `der` or `parsed`.";
            let problem = Problem::new(ProblemCode::InvalidInput, detail).with_field("?representation", format!("{other:?} is neither."));
            return Err(problem.into());
        }
    };
    let listing = caller.console.databases.by_id(&id)?.listing().await?;
    let tag = if parsed { format!("{}.parsed", listing.revision) } else { listing.revision.clone() };
    if conditions::is_known(&headers, &tag) {
        return Ok(conditions::not_modified(&tag));
    }
    // What is revoked depends on the time as well.
    let of_the_revision_alone = listing.revocation_lists.is_empty() && listing.certificates.len() <= MOST_KEPT;
    if !of_the_revision_alone {
        let revoked = caller.console.databases.operation(&id, &caller.actor)?.revoked(&listing).await?;
        let answer = Body::from_stream(pieces(listing, revoked, parsed).map(Ok::<_, Infallible>));
        return Ok(conditions::tagged(kept::json(answer), &tag));
    }
    let asked = format!("certificates of {id}, {}", if parsed { "parsed" } else { "der" });
    let answer = match answers.find(&asked, &tag) {
        Some(answer) => answer,
        None => {
            let answer: Vec<Bytes> = pieces(listing, Revoked::new(), parsed).collect().await;
            let answer = Bytes::from(answer.concat());
            answers.keep(asked, tag.clone(), &answer);
            answer
        }
    };
    Ok(conditions::tagged(kept::json(answer), &tag))
}

/// The JSON of [`CertificateList`] or [`ParsedCertificateList`] piece by piece: the first byte need not wait for the last certificate.
fn pieces(listing: Arc<Listing>, revoked: Revoked, parsed: bool) -> impl futures::Stream<Item = Bytes> {
    let head = Bytes::from(format!("{{\"revision\":\"{}\",\"certificates\":[", listing.revision));
    let starts = (0..listing.certificates.len()).step_by(PIECE);
    let body = stream::iter(starts).map(move |start| piece(&listing, &revoked, start, parsed));
    stream::once(async { head }).chain(body).chain(stream::once(async { Bytes::from_static(b"]}") }))
}

fn piece(listing: &Listing, revoked: &Revoked, start: usize, parsed: bool) -> Bytes {
    let mut text = Vec::with_capacity(256 * 1024);
    for (offset, certificate) in listing.certificates.iter().skip(start).take(PIECE).enumerate() {
        if start + offset > 0 {
            text.push(b',');
        }
        // Writing to memory, and our own types always serialise.
        let written = if parsed {
            serde_json::to_writer(&mut text, &inventory::parsed(certificate, None, revoked))
        } else {
            serde_json::to_writer(&mut text, &inventory::entry(certificate, revoked))
        };
        if let Err(error) = written {
            tracing::error!(%error, certificate.fingerprint = certificate.fingerprint_sha256, "a certificate could not be written as JSON");
        }
    }
    Bytes::from(text)
}
