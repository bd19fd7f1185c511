//! Operations as rows: claims, fences, ends.

use crate::world::{World, plugin, worlds};
use lamp_core::id::OperationId;
use lamp_core::operation::{OperationProgress, OperationState};
use lamp_store::jobs::{Fenced, ReapScope};
use lamp_store::operations::{
    ClaimOperations, LeasedOperation, NewOperation, OperationBeat, OperationEnd, OperationFilter, OperationLease,
    OperationReap, Room, Stopping,
};
use lamp_store::{Store, StoreError};

async fn create(store: &Store, kind: &str) -> OperationId {
    let new = NewOperation { plugin: plugin(), kind: kind.to_owned(), arguments: "[1]".to_owned() };
    store.create_operation(&new).await.unwrap()
}

async fn claim(store: &Store, rooms: &[(&str, u32)]) -> Vec<LeasedOperation> {
    let rooms: Vec<Room> = rooms.iter().map(|(kind, free)| Room { kind: (*kind).to_owned(), free: *free }).collect();
    store.claim_operations(&ClaimOperations { owner: "host/one", lease_ms: 30_000, rooms: &rooms }).await.unwrap()
}

fn lease(claimed: &LeasedOperation) -> OperationLease {
    OperationLease { operation: claimed.operation.id.clone(), fence: claimed.fence }
}

#[tokio::test]
async fn claims_oldest_first_as_there_is_room() {
    for World { store, .. } in worlds().await {
        let first = create(&store, "a").await;
        let _second = create(&store, "a").await;
        let other = create(&store, "b").await;
        create(&store, "unknown").await;
        let claimed = claim(&store, &[("a", 1), ("b", 4), ("c", 2)]).await;
        let ids: Vec<OperationId> = claimed.iter().map(|claimed| claimed.operation.id.clone()).collect();
        assert_eq!(ids, [first, other]);
        assert_eq!(claimed[0].operation.arguments, "[1]");
        assert!(claim(&store, &[("a", 0)]).await.is_empty());
    }
}

#[tokio::test]
async fn a_lost_run_writes_nothing_and_the_checkpoint_stays() {
    for World { store, clock, .. } in worlds().await {
        let id = create(&store, "a").await;
        let old = lease(&claim(&store, &[("a", 1)]).await[0]);
        let half = OperationProgress { done_bytes: 5, total_bytes: 9, current: Some("file".to_owned()) };
        assert_eq!(store.save_operation(&old, &half, Some("{\"at\":5}")).await.unwrap(), Fenced::Written);
        clock.advance_ms(60_000);
        let reaped = store.reap_operations(ReapScope::Expired, 10).await.unwrap();
        assert_eq!(reaped, OperationReap { queued: 1, ended: 0 });
        let again = claim(&store, &[("a", 1)]).await.remove(0);
        assert_eq!(again.operation.checkpoint.as_deref(), Some("{\"at\":5}"));
        assert_eq!(again.operation.progress, half);
        let end = OperationEnd::Succeeded("1".to_owned());
        assert_eq!(store.finish_operation(&old, &half, &end).await.unwrap(), Fenced::FencedOut);
        assert_eq!(store.save_operation(&old, &half, None).await.unwrap(), Fenced::FencedOut);
        assert_eq!(store.release_operation(&old).await.unwrap(), Fenced::FencedOut);
        let beats = store.beat_operations(&[old, lease(&again)], store.now()).await.unwrap();
        assert_eq!(beats, [OperationBeat::FencedOut, OperationBeat::Held { cancelling: false }]);
        assert_eq!(store.finish_operation(&lease(&again), &half, &end).await.unwrap(), Fenced::Written);
        let row = store.find_operation(&id).await.unwrap().unwrap();
        assert_eq!(
            (row.state, row.result.as_deref(), row.progress.current),
            (OperationState::Succeeded, Some("1"), None)
        );
        assert_eq!(store.events_after(0, 10).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn an_operation_that_kills_its_host_is_given_up() {
    for World { store, .. } in worlds().await {
        let id = create(&store, "a").await;
        for life in 0..10 {
            assert_eq!(claim(&store, &[("a", 1)]).await.len(), 1, "life {life}");
            let scope = ReapScope::EarlierLives { prefix: "host/", owner: "host/next" };
            store.reap_operations(scope, 10).await.unwrap();
        }
        let row = store.find_operation(&id).await.unwrap().unwrap();
        assert_eq!(row.state, OperationState::Failed);
        assert!(row.error.unwrap().contains("10 times"));
    }
}

#[tokio::test]
async fn a_wish_to_stop_outlives_the_host() {
    for World { store, clock, .. } in worlds().await {
        let id = create(&store, "a").await;
        claim(&store, &[("a", 1)]).await;
        assert_eq!(store.cancel_operation(&plugin(), &id).await.unwrap(), Stopping::Asked);
        assert_eq!(store.operation_cancel_wishes("host/one").await.unwrap(), std::slice::from_ref(&id));
        clock.advance_ms(60_000);
        assert_eq!(store.reap_operations(ReapScope::Expired, 10).await.unwrap(), OperationReap { queued: 0, ended: 1 });
        assert_eq!(
            store.cancel_operation(&plugin(), &id).await.unwrap(),
            Stopping::EndedBefore(OperationState::Cancelled)
        );
    }
}

#[tokio::test]
async fn lists_and_prunes() {
    for World { store, clock, .. } in worlds().await {
        let (first, second) = (create(&store, "a").await, create(&store, "a").await);
        store.cancel_operation(&plugin(), &first).await.unwrap();
        let ids = |filter: OperationFilter| {
            let store = store.clone();
            async move {
                let rows = store.list_operations(&filter, 10).await.unwrap();
                rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
            }
        };
        assert_eq!(ids(OperationFilter::default()).await, [second.clone(), first.clone()]);
        let older = OperationFilter { before: Some(second.clone()), plugin: Some(plugin()), ..Default::default() };
        assert_eq!(ids(older).await, std::slice::from_ref(&first));
        let queued = OperationFilter { states: vec![OperationState::Queued], ..Default::default() };
        assert_eq!(ids(queued).await, std::slice::from_ref(&second));
        clock.advance_ms(10);
        assert_eq!(store.prune_operations(store.now(), 10).await.unwrap(), 1);
        assert_eq!(ids(OperationFilter::default()).await, [second]);
        let bad = NewOperation { plugin: plugin(), kind: "a".to_owned(), arguments: "[".to_owned() };
        assert!(matches!(store.create_operation(&bad).await, Err(StoreError::Invalid(_))));
    }
}
