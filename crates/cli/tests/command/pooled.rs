//! The command through `PgBouncer`, in transaction mode.

use crate::postgres::{Place, SERVICE, run_over};
use crate::support::{HIGH, LAKESIDE};

// The pooler of the store's own tests, for this role.
#[path = "../../../store-postgres/tests/support/pooler.rs"]
mod pooler;

#[test]
fn a_pooler_makes_no_difference() {
    let place = Place::migrated();
    let pooled = pooler::Pooler::shared().options(&place.database, SERVICE);
    let socket = pooled.get_socket().unwrap().to_str().unwrap().replace('/', "%2F");
    let url = format!("postgres://{SERVICE}@{socket}:{}/{}", pooled.get_port(), place.database.name());
    let import = ["--from", LAKESIDE, "--school", HIGH, "--format", "json"];
    // What one call leaves on a connection of the pooler, the next would meet.
    for created in [103, 0, 0] {
        let ran = run_over(&url, &[&["bulk-create", "--all"], &import[..]].concat()).ending(3);
        assert_eq!(ran.json()["created"], created);
        run_over(&url, &[&["candidates", "--why"], &import[..]].concat()).ending(0);
        run_over(&url, &["migrate", "--check"]).ending(0);
    }
}
