//! A host's web service that links Staffroom over its own pool: the routes. What a host would write for itself is in the
//! modules beside it: the pages of sign-in (`account`), who is signed in ([`session`]), and how an error is told ([`problem`]).

mod account;
pub mod problem;
pub mod session;
pub mod settings;

use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use staffroom_core::store::{Count, Cursor};
use staffroom_core::{
    Assessed, BatchId, BulkCreate, GroupId, ListQuery, NetworkId, Partial, Plan, ReasonSet, Repeat, Report,
    Search, Selection, SisId, StaffId, StaffKey, Staffroom, UndoReport, WarningSet, Where, Who,
};

use crate::problem::Problem;
use crate::session::{Gateway, SignedIn};

/// How many people are on a page unless said, and at most.
const PAGE: usize = 50;
const LONGEST_PAGE: usize = 200;
/// Counted up to here: a page says "more than 10,000" rather than wait.
const COUNTED: u64 = 10_000;
/// A plan has about half a kilobyte for each person.
const LARGEST_PLAN: usize = 64 << 20;

/// What the routes work with.
#[derive(Debug, Clone)]
pub struct Host {
    /// Every operation of the library.
    pub staffroom: Staffroom,
    /// Whom the service believes about who is signed in.
    pub gateway: Gateway,
    /// The network whose people sign in here. `None` if only the gateway signs people in.
    pub network: Option<NetworkId>,
}

/// The routes. They are served with the addresses of the clients
/// ([`into_make_service_with_connect_info`](Router::into_make_service_with_connect_info)), by which failures of signing in are counted.
pub fn routes(host: Host) -> Router {
    let pages = host.network.map_or_else(Router::new, account::routes);
    Router::new()
        .merge(pages)
        .route("/candidates", get(candidates))
        .route("/previews", post(preview))
        .route("/batches", post(commit).layer(DefaultBodyLimit::max(LARGEST_PLAN)))
        .route("/batches/{batch}/undo", post(undo))
        .fallback(async || Problem::new(StatusCode::NOT_FOUND, "no-such-route", "there is nothing here"))
        .method_not_allowed_fallback(async || {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "no-such-method", "the route has another method")
        })
        .with_state(host)
}

/// Which candidates are asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CandidatesQuery {
    search: Option<String>,
    #[serde(default)]
    here: bool,
    after: Option<String>,
    limit: Option<usize>,
}

#[derive(Debug, Serialize)]
struct Page {
    candidates: Vec<Candidate>,
    /// How many there are on all pages: on the first one only.
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<Counted>,
    /// To be handed in as `after`.
    next: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Counted {
    Exactly(u64),
    MoreThan(u64),
}

/// The keys are those of `docs/json.md`.
#[derive(Debug, Serialize)]
struct Candidate {
    staff_id: StaffId,
    sis_id: SisId,
    name: String,
    email: Option<String>,
    reasons: ReasonSet,
    warnings: WarningSet,
}

impl From<Assessed> for Candidate {
    fn from(Assessed { facts, assessment }: Assessed) -> Self {
        let member = facts.staff_member;
        Self {
            staff_id: member.id(),
            sis_id: member.sis_id().clone(),
            name: member.name().to_string(),
            email: member.email().as_given().map(str::to_owned),
            reasons: assessment.reasons,
            warnings: assessment.warnings,
        }
    }
}

async fn candidates(
    State(host): State<Host>,
    SignedIn(session): SignedIn,
    query: Result<Query<CandidatesQuery>, QueryRejection>,
) -> Result<Json<Page>, Problem> {
    let Query(asked) = query?;
    let query = ListQuery {
        who: Who::Candidates,
        place: if asked.here { Where::Here } else { Where::Anywhere },
        search: asked.search.as_deref().and_then(Search::new),
    };
    let after = asked.after.as_deref().map(place_of).transpose()?;
    let limit = asked.limit.unwrap_or(PAGE).clamp(1, LONGEST_PAGE);
    let page = host.staffroom.list(&session, &query, after.as_ref(), limit).await?;
    let count = match after {
        Some(_) => None,
        None => Some(match host.staffroom.count(&session, &query, COUNTED).await? {
            Count::Exactly(number) => Counted::Exactly(number),
            Count::MoreThan(number) => Counted::MoreThan(number),
        }),
    };
    let next = page.next.as_ref().map(token_of).transpose()?;
    Ok(Json(Page { candidates: page.rows.into_iter().map(Candidate::from).collect(), count, next }))
}

/// A place in the list, as one word of a URL. It is no secret and proves nothing: any place may be asked for.
fn token_of(place: &Cursor) -> Result<String, Problem> {
    Ok(BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(place).map_err(|error| Problem::ours(&error))?))
}

fn place_of(token: &str) -> Result<Cursor, Problem> {
    let json = BASE64_URL_SAFE_NO_PAD.decode(token).ok();
    json.and_then(|json| serde_json::from_slice(&json).ok()).ok_or_else(|| {
        Problem::new(StatusCode::BAD_REQUEST, "bad-place", "`after` takes the `next` of a page before")
    })
}

/// What an administrator asks for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PreviewRequest {
    select: Select,
    group: Option<GroupId>,
    #[serde(default)]
    partial: Partial,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Select {
    AllCandidates,
    CandidatesHere,
    These(Vec<StaffKey>),
}

async fn preview(
    State(host): State<Host>,
    SignedIn(session): SignedIn,
    request: Result<Json<PreviewRequest>, JsonRejection>,
) -> Result<Json<Plan>, Problem> {
    let Json(PreviewRequest { select, group, partial }) = request?;
    let request = BulkCreate::of(match select {
        Select::AllCandidates => Selection::AllCandidates,
        Select::CandidatesHere => Selection::CandidatesHere,
        Select::These(keys) => Selection::These(keys),
    });
    let request = group.map_or(request.clone(), |group| request.in_group(group)).with_partial(partial);
    Ok(Json(host.staffroom.preview(&session, &request).await?))
}

/// 201 if this request carried the plan out, 200 if one before did.
async fn commit(
    State(host): State<Host>,
    SignedIn(session): SignedIn,
    plan: Result<Json<Plan>, JsonRejection>,
) -> Result<(StatusCode, Json<Report>), Problem> {
    let Json(plan) = plan?;
    // In a task of its own: a client that hangs up does not stop it half-way.
    let work = tokio::spawn(async move { host.staffroom.commit(&session, &plan).await });
    let done = work.await.map_err(|error| Problem::ours(&error))??;
    let status = match done.repeat {
        Repeat::First => StatusCode::CREATED,
        Repeat::Again => StatusCode::OK,
    };
    Ok((status, Json(done.report)))
}

async fn undo(
    State(host): State<Host>,
    SignedIn(session): SignedIn,
    batch: Result<Path<BatchId>, PathRejection>,
) -> Result<Json<UndoReport>, Problem> {
    let Path(batch) = batch?;
    let work = tokio::spawn(async move { host.staffroom.undo(&session, batch).await });
    Ok(Json(work.await.map_err(|error| Problem::ours(&error))??))
}
