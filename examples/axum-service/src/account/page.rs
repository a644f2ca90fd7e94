//! The pages themselves. Forms of HTML; nothing is loaded, and no script runs.

use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use axum::response::{IntoResponse, Response};
use staffroom_core::Secret;

/// A page. It may hold a token: it is not kept by browsers, and its address is not told to other sites.
pub(super) struct Page(String);

impl Page {
    pub(super) fn sign_in(message: Option<&str>) -> Self {
        Self::form(
            "Sign in",
            message,
            "/sign-in",
            "<label>Email <input type=email name=email autocomplete=username required></label>\
             <label>Password <input type=password name=password autocomplete=current-password required></label>",
            "<p><a href=\"/forgot-password\">Forgot your password?</a> Take this, too, if you never had one.</p>",
        )
    }

    pub(super) fn forgot_password() -> Self {
        Self::form(
            "Forgot your password?",
            Some("You get a mail with a link to choose one."),
            "/forgot-password",
            "<label>Email <input type=email name=email autocomplete=username required></label>",
            "",
        )
    }

    pub(super) fn on_its_way() -> Self {
        Self::text(
            "A mail is on its way",
            "If somebody signs in with this address, they get a mail within a few minutes. If none comes: is it \
             the address of your work?",
        )
    }

    pub(super) fn set_password(token: &Secret, message: Option<&str>) -> Self {
        let inputs = format!(
            "<input type=hidden name=token value=\"{}\">\
             <label>New password <input type=password name=password autocomplete=new-password required></label>",
            escaped(token.expose())
        );
        Self::form("Choose a password", message, "/set-password", &inputs, "")
    }

    pub(super) fn password_set() -> Self {
        Self::text("Your password is set", "<a href=\"/sign-in\">Sign in</a> with it.")
    }

    pub(super) fn link_is_over() -> Self {
        Self::text(
            "This link does not work any more",
            "It works once, for an hour, and only the newest does. <a href=\"/forgot-password\">Get another.</a>",
        )
    }

    fn form(title: &str, message: Option<&str>, action: &str, inputs: &str, below: &str) -> Self {
        let message = message.map(|text| format!("<p>{}</p>", escaped(text))).unwrap_or_default();
        Self(document(
            title,
            &format!(
                "{message}<form method=post action=\"{action}\">{inputs}<button>{title}</button></form>{below}"
            ),
        ))
    }

    fn text(title: &str, html: &str) -> Self {
        Self(document(title, &format!("<p>{html}</p>")))
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let headers = [
            (CONTENT_TYPE, "text/html; charset=utf-8"),
            (CACHE_CONTROL, "no-store"),
            (REFERRER_POLICY, "no-referrer"),
            (
                CONTENT_SECURITY_POLICY,
                "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
            ),
        ];
        (headers, self.0).into_response()
    }
}

fn document(title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=en><meta charset=utf-8><title>{title}</title><h1>{title}</h1>{body}</html>\n"
    )
}

/// Text, for an element or a quoted attribute.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
