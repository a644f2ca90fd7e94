//! The main job, end to end, over the memory store.

use std::sync::Arc;

use futures_lite::future::block_on;
use staffroom_core::{BulkCreate, ListQuery, Repeat, Selection};
use staffroom_store_memory::MemoryStore;
use staffroom_testkit::fixture::{self, NETWORK, TEACHERS, admin, staff_member};

#[test]
fn staff_become_users_once_and_undo_takes_them_back() {
    block_on(async {
        let store = Arc::new(MemoryStore::new());
        fixture::set_up(&*store).await.unwrap();
        fixture::add_staff(&*store, NETWORK, &[staff_member(1), staff_member(2)]).await.unwrap();
        let staffroom = fixture::staffroom(store, 1);

        let plan = staffroom
            .preview(&admin(), &BulkCreate::of(Selection::AllCandidates).in_group(TEACHERS))
            .await
            .unwrap();
        assert_eq!(plan.counts().created, 2);
        let first = staffroom.commit(&admin(), &plan).await.unwrap();
        let again = staffroom.commit(&admin(), &plan).await.unwrap();
        assert_eq!((first.repeat, again.repeat), (Repeat::First, Repeat::Again));
        assert_eq!(first.report, again.report);
        assert!(staffroom.list(&admin(), &ListQuery::default(), None, 10).await.unwrap().rows.is_empty());

        let undone = staffroom.undo(&admin(), plan.batch()).await.unwrap();
        assert_eq!((undone.removed(), undone.kept()), (2, 0));
        assert_eq!(staffroom.list(&admin(), &ListQuery::default(), None, 10).await.unwrap().rows.len(), 2);
    });
}
