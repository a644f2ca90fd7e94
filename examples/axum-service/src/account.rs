//! The pages of sign-in: for browsers, without a script. Signing in, "Forgot your password?", and setting a password with the
//! link of a mail.

mod page;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Form, Query, Request, State};
use axum::http::header::{COOKIE, LOCATION, RETRY_AFTER, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use staffroom_core::{
    Confirmation, NetworkId, ResetError, Secret, SetPasswordError, SignIn, SignInError, SignedIn, Source,
};

use self::page::Page;
use crate::Host;
use crate::problem::Problem;

/// The cookie with the token of the session. By its prefix, browsers take it over https only, and from this host alone.
const COOKIE_NAME: &str = "__Host-session";
/// Nothing that a person types here is longer.
const LARGEST_FORM: usize = 8 << 10;

/// The routes, for the people of `network`.
pub(crate) fn routes(network: NetworkId) -> Router<Host> {
    let network = Arc::new(network);
    Router::new()
        .route("/sign-in", get(async || Page::sign_in(None)).post(sign_in))
        .route("/sign-out", post(sign_out))
        .route("/forgot-password", get(async || Page::forgot_password()).post(forgot_password))
        .route("/set-password", get(set_password_form).post(set_password))
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
        .layer(from_fn(from_here))
        .layer(axum::Extension(network))
}

/// The network whose people sign in here.
type Here = axum::Extension<Arc<NetworkId>>;

/// The token of the session that a request shows. A cookie that is there twice is none: which one would count?
pub(crate) fn token(headers: &HeaderMap) -> Option<Secret> {
    let lines = headers.get_all(COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let cookies = lines.flat_map(|line| line.split(';')).filter_map(|cookie| cookie.trim().split_once('='));
    let mut tokens = cookies.filter(|(name, _)| *name == COOKIE_NAME).map(|(_, value)| value);
    match (tokens.next(), tokens.next()) {
        (Some(token), None) => Some(Secret::new(token.to_owned())),
        _ => None,
    }
}

/// Fails for what another site made a browser send: it is not what the person meant to send. A neighbour under the same domain is
/// another site, and gets the cookie sent along.
pub(crate) fn check_from_here(method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    if method.is_safe() || matches!(site, None | Some(b"same-origin")) {
        return Ok(());
    }
    Err(Problem::new(StatusCode::FORBIDDEN, "not-from-here", "the request comes from another site"))
}

async fn from_here(request: Request, next: Next) -> Result<Response, Problem> {
    check_from_here(request.method(), request.headers())?;
    Ok(next.run(request).await)
}

/// Where a request comes from. Behind a proxy this is the proxy: take the address from it then, never from a header that the client can write.
/// Whoever has an IPv6 address has all that begin with the same 64 bits: they are one source.
fn source(peer: SocketAddr) -> Source {
    Source::new(match peer.ip().to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    })
}

#[derive(Deserialize)]
struct Credentials {
    email: String,
    password: String,
}

async fn sign_in(
    State(host): State<Host>,
    Here { 0: network }: Here,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Form(typed): Form<Credentials>,
) -> Result<Response, Problem> {
    let attempt = SignIn::new(typed.email, Secret::new(typed.password), source(peer));
    match host.staffroom.sign_in(*network, &attempt).await {
        Ok(SignedIn::Session(session)) => Ok(away("/candidates", Some(&cookie(session.token.expose(), "")?))),
        // Their password was an initial one: it lets them set their own, and nothing else.
        Ok(SignedIn::MustSetPassword { token, .. }) => Ok(Page::set_password(&token, None).into_response()),
        Err(error @ (SignInError::Refused | SignInError::InitialExpired)) => {
            Ok((StatusCode::UNAUTHORIZED, Page::sign_in(Some(&error.to_string()))).into_response())
        }
        Err(error @ SignInError::TooMany { .. }) => Ok(too_many(Page::sign_in(Some(&error.to_string())))),
        Err(SignInError::Store(error)) => Err(error.into()),
        Err(error) => Err(Problem::ours(&error)),
    }
}

async fn sign_out(
    State(host): State<Host>,
    Here { 0: network }: Here,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if let Some(token) = token(&headers) {
        host.staffroom.sign_out(*network, &token).await?;
    }
    Ok(away("/sign-in", Some(&cookie("", "; Max-Age=0")?)))
}

#[derive(Deserialize)]
struct Address {
    email: String,
}

/// The answer is the same, and takes the same time, whether or not anybody has the address: the work comes after it.
async fn forgot_password(
    State(host): State<Host>,
    Here { 0: network }: Here,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Form(typed): Form<Address>,
) -> Result<Response, Problem> {
    let errand = match host.staffroom.ask_for_reset(*network, &typed.email, &source(peer)).await {
        Ok(errand) => errand,
        Err(ResetError::TooMany { .. }) => return Ok(too_many(Page::forgot_password())),
        Err(ResetError::Store(error)) => return Err(error.into()),
        Err(error) => return Err(Problem::ours(&error)),
    };
    // If the process ends before it is done, the person gets no mail, and asks again.
    tokio::spawn(async move {
        if let Err(error) = errand.run().await {
            // The answer went out already; this writes the log.
            drop(Problem::ours(&error));
        }
    });
    Ok(Page::on_its_way().into_response())
}

#[derive(Deserialize)]
struct Link {
    token: String,
}

/// Opening the link shows a form and changes nothing: mail programs open links to look at them.
async fn set_password_form(Query(link): Query<Link>) -> Page {
    Page::set_password(&Secret::new(link.token), None)
}

#[derive(Deserialize)]
struct NewPassword {
    token: String,
    password: String,
}

async fn set_password(
    State(host): State<Host>,
    Here { 0: network }: Here,
    Form(typed): Form<NewPassword>,
) -> Result<Response, Problem> {
    let token = Secret::new(typed.token);
    let new = Secret::new(typed.password);
    // In a task of its own: a client that hangs up does not stop it half-way.
    let work = {
        let token = token.clone();
        tokio::spawn(async move { host.staffroom.set_password(*network, &token, new).await })
    };
    match work.await.map_err(|error| Problem::ours(&error))? {
        Ok(set) => {
            if let Confirmation::Failed(error) = set.confirmation {
                drop(Problem::ours(&error));
            }
            Ok(Page::password_set().into_response())
        }
        Err(error @ SetPasswordError::WeakPassword(_)) => {
            let page = Page::set_password(&token, Some(&error.to_string()));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(SetPasswordError::UnknownToken) => {
            Ok((StatusCode::NOT_FOUND, Page::link_is_over()).into_response())
        }
        Err(SetPasswordError::Store(error)) => Err(error.into()),
        Err(error) => Err(Problem::ours(&error)),
    }
}

/// Not readable by scripts, sent over https only, and not with a form of another site.
fn cookie(token: &str, more: &str) -> Result<HeaderValue, Problem> {
    let text = format!("{COOKIE_NAME}={token}; Path=/; HttpOnly; Secure; SameSite=Lax{more}");
    let mut value = HeaderValue::from_str(&text).map_err(|error| Problem::ours(&error))?;
    value.set_sensitive(true);
    Ok(value)
}

fn away(to: &'static str, cookie: Option<&HeaderValue>) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    response.headers_mut().insert(LOCATION, HeaderValue::from_static(to));
    if let Some(cookie) = cookie {
        response.headers_mut().insert(SET_COOKIE, cookie.clone());
    }
    response
}

fn too_many(page: Page) -> Response {
    let mut response = (StatusCode::TOO_MANY_REQUESTS, page).into_response();
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("60"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_line_are_one_source() {
        let of = |address: &str| source(SocketAddr::new(address.parse().unwrap(), 50_000));
        for (one, other, same) in [
            ("192.0.2.1", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false),
            ("::ffff:192.0.2.1", "192.0.2.1", true),
            ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", true),
            ("2001:db8:0:1::1", "2001:db8:0:2::1", false),
        ] {
            assert_eq!(of(one) == of(other), same, "{one} and {other}");
        }
    }
}
