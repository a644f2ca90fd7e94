//! The service as it is started in production, over a throwaway database, by HTTP.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "what helps tests fails like them")]

mod support;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use support::{Service, run};

/// The codes of the errors, with their statuses.
async fn refused(answer: reqwest::Response) -> (StatusCode, String) {
    let status = answer.status();
    let body: Value = answer.json().await.unwrap();
    assert!(body["error"]["message"].as_str().is_some_and(|message| !message.is_empty()), "{body}");
    (status, body["error"]["code"].as_str().unwrap().to_owned())
}

#[test]
fn candidates_come_by_page_and_by_search() {
    run(async {
        let service = Service::start().await;
        let first: Value = service.get("/candidates?limit=2").await.json().await.unwrap();
        assert_eq!(first["count"], json!({"exactly": 3}));
        let names = |page: &Value| -> Vec<String> {
            let rows = page["candidates"].as_array().unwrap();
            rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(names(&first), ["Ben Baker", "Åsa Lind"]);
        assert_eq!(first["candidates"][1]["warnings"], json!(["works-elsewhere"]));
        let next = first["next"].as_str().unwrap();
        let second: Value =
            service.get(&format!("/candidates?limit=2&after={next}")).await.json().await.unwrap();
        assert_eq!(
            (names(&second), &second["next"], &second["count"]),
            (vec!["Anna Müller".to_owned()], &Value::Null, &Value::Null)
        );
        let found: Value = service.get("/candidates?search=muller&here=true").await.json().await.unwrap();
        assert_eq!(names(&found), ["Anna Müller"]);
    });
}

#[test]
fn a_plan_is_committed_once_and_undone() {
    run(async {
        let service = Service::start().await;
        let asked = json!({"select": "all-candidates", "group": service.group});
        let plan: Value = service.post("/previews", &asked).await.json().await.unwrap();
        let first = service.post("/batches", &plan).await;
        assert_eq!(first.status(), StatusCode::CREATED);
        let report: Value = first.json().await.unwrap();
        assert_eq!(report["counts"], json!({"requested": 3, "created": 3, "refused": 0}));

        let again = service.post("/batches", &plan).await;
        assert_eq!(again.status(), StatusCode::OK);
        assert_eq!(again.json::<Value>().await.unwrap(), report);
        let left: Value = service.get("/candidates").await.json().await.unwrap();
        assert_eq!(left["candidates"], json!([]));

        let batch = report["batch"].as_str().unwrap();
        let undone: Value =
            service.post(&format!("/batches/{batch}/undo"), &json!(null)).await.json().await.unwrap();
        assert_eq!(undone["rows"].as_array().unwrap().len(), 3);
        let back: Value = service.get("/candidates").await.json().await.unwrap();
        assert_eq!(back["candidates"].as_array().unwrap().len(), 3);
    });
}

#[test]
fn whoever_is_not_asked_for_by_name_comes_back_with_a_reason() {
    run(async {
        let service = Service::start().await;
        let asked =
            json!({"select": {"these": [{"sis-id": "T-4"}, {"sis-id": "T-1"}]}, "partial": "forbidden"});
        let plan: Value = service.post("/previews", &asked).await.json().await.unwrap();
        assert_eq!(plan["rows"][0]["decision"], json!({"refuse": ["inactive"]}));
        assert_eq!(plan["rows"][1]["decision"], json!({"refuse": ["all-or-nothing"]}));
    });
}

#[test]
fn only_the_gateway_says_who_is_signed_in() {
    run(async {
        let service = Service::start().await;
        let stranger = service.ask(Method::GET, "/candidates", "somebody else").send().await.unwrap();
        assert_eq!(refused(stranger).await, (StatusCode::UNAUTHORIZED, "not-the-gateway".to_owned()));
        let shorter = service.ask(Method::GET, "/candidates", "").send().await.unwrap();
        assert_eq!(refused(shorter).await, (StatusCode::UNAUTHORIZED, "not-the-gateway".to_owned()));
        let nobody = service.client.get(service.url("/candidates")).bearer_auth(support::GATEWAY_SECRET);
        assert_eq!(
            refused(nobody.send().await.unwrap()).await,
            (StatusCode::BAD_REQUEST, "no-session".to_owned())
        );
    });
}

#[test]
fn a_refusal_has_a_status_and_a_code() {
    run(async {
        let service = Service::start().await;
        let nowhere = "01950000-0000-7000-8000-00000000ffff";
        let all = json!({"select": "all-candidates"});
        let plan: Value = service.post("/previews", &all).await.json().await.unwrap();

        // Another user of the network, who may nothing; and somebody whom the network does not have.
        let teacher = service.ask_as(&service.teacher, Method::GET, "/candidates").send().await.unwrap();
        assert_eq!(refused(teacher).await, (StatusCode::FORBIDDEN, "missing-permission".to_owned()));
        let unknown = service.ask_as(nowhere, Method::GET, "/candidates").send().await.unwrap();
        assert_eq!(refused(unknown).await, (StatusCode::FORBIDDEN, "unknown-actor".to_owned()));
        let not_theirs =
            service.ask_as(&service.teacher, Method::POST, "/batches").json(&plan).send().await.unwrap();
        assert_eq!(refused(not_theirs).await, (StatusCode::CONFLICT, "not-your-plan".to_owned()));

        let in_no_group = json!({"select": "all-candidates", "group": nowhere});
        for (answer, status, code) in [
            (
                service.post("/previews", &in_no_group).await,
                StatusCode::UNPROCESSABLE_ENTITY,
                "unknown-group",
            ),
            (
                service.post("/previews", &json!({"choose": "all"})).await,
                StatusCode::UNPROCESSABLE_ENTITY,
                "bad-request",
            ),
            (service.get("/candidates?limit=many").await, StatusCode::BAD_REQUEST, "bad-request"),
            (service.get("/candidates?after=nobody").await, StatusCode::BAD_REQUEST, "bad-place"),
            (
                service.post(&format!("/batches/{nowhere}/undo"), &all).await,
                StatusCode::NOT_FOUND,
                "unknown-batch",
            ),
            (service.get("/nothing").await, StatusCode::NOT_FOUND, "no-such-route"),
            (service.get("/batches").await, StatusCode::METHOD_NOT_ALLOWED, "no-such-method"),
        ] {
            assert_eq!(refused(answer).await, (status, code.to_owned()));
        }
    });
}

/// What is under way when the service is told to end is finished, and answered.
#[test]
fn the_service_ends_in_an_orderly_way() {
    run(async {
        let mut service = Service::start().await;
        let plan: Value =
            service.post("/previews", &json!({"select": "all-candidates"})).await.json().await.unwrap();
        // The actor's row is held: the commit has to wait, and the service is told to end meanwhile.
        let held = service.hold_the_actor().await;
        let request = service.ask(Method::POST, "/batches", support::GATEWAY_SECRET).json(&plan);
        let committing = tokio::spawn(request.send());
        service.until_somebody_waits().await;
        service.tell_to_end();
        service.until_it_says("finishing what is under way");
        assert!(!service.has_ended(), "it went away with work under way");
        held.rollback().await.unwrap();
        assert_eq!(committing.await.unwrap().unwrap().status(), StatusCode::CREATED);
        assert!(service.ended().success());
    });
}

/// An outage is told as one, and over when it is over.
#[test]
fn a_database_that_is_away_is_told_as_such() {
    run(async {
        let service = Service::start().await;
        service.take_the_database_away().await;
        let answer = service.get("/candidates").await;
        assert!(answer.headers().contains_key("retry-after"));
        assert_eq!(refused(answer).await, (StatusCode::SERVICE_UNAVAILABLE, "no-database".to_owned()));
        service.give_the_database_back().await;
        assert_eq!(service.get("/candidates").await.status(), StatusCode::OK);
    });
}
