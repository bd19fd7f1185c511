//! Storage that hangs holds neither the runtime nor other mounts.

use super::support::World;
use crate::{Files, FilesError, FilesLimits, Right};
use std::sync::mpsc::channel;

#[tokio::test]
async fn a_mount_that_hangs_is_busy_and_its_neighbour_answers() {
    let world = World::new();
    let both = vec![world.config("m", &Right::ALL), world.config("outside", &[Right::Read])];
    world.mounts.replace(both).unwrap();
    let files = Files::new(world.mounts.clone(), FilesLimits { call_ms: 300 });
    let mut releases = Vec::new();
    let mut hanging = Vec::new();
    for _ in 0..20 {
        let (release, wait) = channel::<()>();
        releases.push(release);
        let files = files.clone();
        hanging.push(tokio::spawn(async move {
            files
                .run("m", move |_| {
                    let _ = wait.recv();
                    Ok(())
                })
                .await
        }));
    }
    for call in hanging {
        assert!(matches!(call.await.unwrap(), Err(FilesError::Busy { waited_ms: 300, .. })));
    }
    let answer = files.run("m", |mounts| mounts.stat("m", "")).await;
    assert!(matches!(answer, Err(FilesError::Busy { .. })), "16 calls still hang: {answer:?}");
    assert!(files.run("outside", |mounts| mounts.stat("outside", "")).await.is_ok());
    drop(releases);
    let patient = Files::new(world.mounts.clone(), FilesLimits::default());
    assert!(patient.run("m", |mounts| mounts.stat("m", "")).await.is_ok(), "released calls give their places back");
    assert!(matches!(files.run("none", |_| Ok(())).await, Err(FilesError::UnknownMount(_))));
}
