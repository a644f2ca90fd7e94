//! Who is signed in. **This is the host's matter**: Staffroom believes what it is told here, and nothing else about the
//! request.
//!
//! This host signs people in itself (`account`): then a cookie has the token of their session, which the library knows. Or it
//! stands behind a gateway that signs people in. The gateway removes these headers from what comes in, and
//! sets them itself:
//!
//! | header | what |
//! | --- | --- |
//! | `authorization` | `Bearer` and the secret that the gateway shares with the service |
//! | `x-network` | the id of the network |
//! | `x-user` | the id of the user who is signed in |
//! | `x-school` | the id of the school they are logged into |
//!
//! What that user may do is read from the store at every step; the operator can never come out of a request.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use staffroom_core::{Actor, NetworkId, SchoolId, Secret, Session, UserId};
use subtle::ConstantTimeEq;

use crate::Host;
use crate::account;
use crate::problem::Problem;

/// What the gateway proves itself with.
#[derive(Debug, Clone)]
pub struct Gateway(Arc<Secret>);

impl Gateway {
    /// Whoever knows `secret` is the gateway.
    pub fn knowing(secret: Secret) -> Self {
        Self(Arc::new(secret))
    }

    fn is(&self, claimed: &[u8]) -> bool {
        self.0.expose().as_bytes().ct_eq(claimed).into()
    }
}

/// The session of whoever is signed in.
#[derive(Debug, Clone, Copy)]
pub struct SignedIn(pub Session);

impl FromRequestParts<Host> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, host: &Host) -> Result<Self, Problem> {
        if let (Some(network), Some(token)) = (host.network, account::token(&parts.headers)) {
            account::check_from_here(&parts.method, &parts.headers)?;
            let known = host.staffroom.authenticate(network, &token).await?;
            return known.map(|known| Self(known.session)).ok_or_else(|| {
                Problem::new(StatusCode::UNAUTHORIZED, "signed-out", "the session is over; sign in again")
            });
        }
        let claimed = parts.headers.get(AUTHORIZATION).map(HeaderValue::as_bytes);
        if !claimed
            .and_then(|value| value.strip_prefix(b"Bearer "))
            .is_some_and(|claimed| host.gateway.is(claimed))
        {
            return Err(Problem::new(
                StatusCode::UNAUTHORIZED,
                "not-the-gateway",
                "requests come through the gateway, which signs people in",
            ));
        }
        let network: NetworkId = id(parts, "x-network")?;
        let user: UserId = id(parts, "x-user")?;
        let school: SchoolId = id(parts, "x-school")?;
        Ok(Self(Session::new(network, Actor::User(user), school)))
    }
}

fn id<T: std::str::FromStr>(parts: &Parts, header: &str) -> Result<T, Problem> {
    let value = parts.headers.get(header).and_then(|value| value.to_str().ok());
    value.and_then(|value| value.parse().ok()).ok_or_else(|| {
        Problem::new(StatusCode::BAD_REQUEST, "no-session", format!("the gateway sets `{header}` to an id"))
    })
}
