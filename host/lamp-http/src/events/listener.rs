//! One listener: replay, then live frames, filtered by topic, as long as its session is good.

use crate::app::{App, AppState};
use crate::events::PAGE;
use crate::events::frame::{Frame, is_for_people};
use crate::guard::Credential;
use crate::metrics::Counted;
use crate::problem::{ApiError, ApiResult};
use lamp_core::pattern;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::time::Instant;

/// Most topics and their longest, as patterns.
const MAX_TOPICS: usize = 64;
const MAX_TOPIC_BYTES: usize = 128;

/// What happens next on a stream.
pub(crate) enum Next {
    Frame(Arc<Frame>),
    /// Nothing new for a while; something is sent so that dead connections are noticed.
    Heartbeat,
    /// The stream is over; why.
    End(&'static str),
}

/// A stream of frames.
pub(crate) struct Listener {
    app: AppState,
    credential: Credential,
    frames: broadcast::Receiver<Arc<Frame>>,
    queue: VecDeque<Arc<Frame>>,
    /// Replay has to read the log after this; none when it is done.
    replay_after: Option<i64>,
    /// Frames up to this sequence were sent or are in the queue.
    reached: i64,
    topics: Vec<String>,
    heartbeat_at: Instant,
    check_at: Instant,
    _counted: Counted,
}

impl Listener {
    /// A stream that goes on after event `resume_after`, or begins now with what is retained.
    pub(crate) async fn new(
        app: AppState,
        credential: Credential,
        topics: Vec<String>,
        resume_after: Option<i64>,
    ) -> ApiResult<Self> {
        // Listening begins before the log is read: an event comes twice at the most, and then `reached` drops it.
        let frames = app.hub.frames.subscribe();
        let newest = app.hub.newest.load(Ordering::SeqCst).max(app.store.newest_event().await?);
        let resume_after = resume_after.filter(|after| (0..=newest).contains(after));
        let missed = match resume_after {
            Some(after) => app.store.oldest_event().await?.is_some_and(|oldest| oldest > after.saturating_add(1)),
            None => false,
        };
        let mut queue =
            VecDeque::from([Arc::new(Frame::hello(app.clock.now(), newest, resume_after.is_some(), missed))]);
        if resume_after.is_none() {
            queue.extend(snapshots(&app, &topics).await?);
        }
        let (heartbeat, check) = (app.heartbeat(), app.session_check());
        Ok(Self {
            credential,
            frames,
            queue,
            replay_after: resume_after,
            reached: resume_after.unwrap_or(newest),
            topics,
            heartbeat_at: Instant::now() + heartbeat,
            check_at: Instant::now() + check,
            _counted: Counted::new(&app.metrics.streams),
            app,
        })
    }

    /// Listens to these topics from now on.
    pub(crate) fn subscribe(&mut self, topics: Vec<String>) {
        self.topics = topics;
    }

    /// Waits for what happens next. Dropping the wait loses nothing.
    pub(crate) async fn next(&mut self) -> Next {
        loop {
            if Instant::now() >= self.check_at {
                if !self.is_still_allowed().await {
                    return Next::End("the session has ended");
                }
                self.check_at = Instant::now() + self.app.session_check();
            }
            if let Some(frame) = self.queue.pop_front() {
                self.heartbeat_at = Instant::now() + self.app.heartbeat();
                return Next::Frame(frame);
            }
            if let Some(after) = self.replay_after {
                if self.replay(after).await.is_err() {
                    return Next::End("the event log cannot be read");
                }
                continue;
            }
            tokio::select! {
                () = self.app.shutdown.cancelled() => return Next::End("the server is stopping"),
                received = self.frames.recv() => match received {
                    Ok(frame) => self.take(frame),
                    Err(_) => return Next::End("too slow; go on from the last event"),
                },
                () = tokio::time::sleep_until(self.heartbeat_at) => {
                    self.heartbeat_at = Instant::now() + self.app.heartbeat();
                    return Next::Heartbeat;
                }
                () = tokio::time::sleep_until(self.check_at) => {}
            }
        }
    }

    fn take(&mut self, frame: Arc<Frame>) {
        if let Some(sequence) = frame.sequence {
            if sequence <= self.reached {
                return;
            }
            self.reached = sequence;
        }
        if wants(&self.topics, &frame.topic) {
            self.queue.push_back(frame);
        }
    }

    /// Reads one page of the log into the queue.
    async fn replay(&mut self, after: i64) -> ApiResult<()> {
        let events = self.app.store.events_after(after, PAGE).await?;
        self.replay_after = events.last().map(|last| last.sequence);
        for event in &events {
            self.reached = self.reached.max(event.sequence);
            if is_for_people(event) && wants(&self.topics, &event.topic) {
                self.queue.push_back(Arc::new(Frame::stored(event)));
            }
        }
        Ok(())
    }

    /// A failing database is no reason to end a stream: the next check decides.
    async fn is_still_allowed(&self) -> bool {
        match self.credential.check(&self.app).await {
            Ok(who) => who.is_some_and(|who| who.caller.may("events:read")),
            Err(_) => true,
        }
    }
}

impl App {
    fn heartbeat(&self) -> Duration {
        Duration::from_millis(self.settings.heartbeat_ms)
    }

    fn session_check(&self) -> Duration {
        Duration::from_millis(self.settings.session_check_ms)
    }
}

fn wants(topics: &[String], topic: &str) -> bool {
    topics.is_empty() || topics.iter().any(|wanted| pattern::matches(wanted, topic))
}

async fn snapshots(app: &App, topics: &[String]) -> ApiResult<Vec<Arc<Frame>>> {
    let retained = app.store.retained_events("*").await?;
    let wanted =
        retained.iter().map(|one| &one.event).filter(|event| is_for_people(event) && wants(topics, &event.topic));
    Ok(wanted.map(|event| Arc::new(Frame::snapshot(event))).collect())
}

/// Topics from `a,b*`; none and empty mean all. Errors: 400 for too many or too long.
pub(crate) fn parse_topics(text: Option<&str>) -> ApiResult<Vec<String>> {
    let topics = text.unwrap_or_default().split(',').map(str::trim).filter(|topic| !topic.is_empty());
    check_topics(topics.map(str::to_owned).collect())
        .ok_or_else(|| ApiError::bad_request("invalid_query", "use at most 64 topics of at most 128 bytes"))
}

/// The topics, if they are few and short enough.
pub(crate) fn check_topics(topics: Vec<String>) -> Option<Vec<String>> {
    let fits = topics.len() <= MAX_TOPICS && topics.iter().all(|topic| topic.len() <= MAX_TOPIC_BYTES);
    fits.then_some(topics)
}
