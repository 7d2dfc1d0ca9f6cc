//! Certificates made in a database, and what their CAs revoke.

mod algorithms;
mod crl_create;
mod crl_show;
mod issue;
mod list_issued;
mod renewal_create;
mod renewal_show;
mod revocation_create;
mod revocations_list;
mod self_signed;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::console::Console;

/// Routes of issuing.
pub(super) fn router() -> OpenApiRouter<Arc<Console>> {
    OpenApiRouter::new()
        .routes(routes!(algorithms::list_algorithms))
        .routes(routes!(self_signed::create_self_signed))
        .routes(routes!(list_issued::list_issued, issue::issue_certificate))
        .routes(routes!(renewal_show::show_renewal, renewal_create::renew_certificate))
        .routes(routes!(crl_show::show_revocation_list, crl_create::create_revocation_list))
        .routes(routes!(revocations_list::list_revocations, revocation_create::revoke_certificate))
}
