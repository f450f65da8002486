use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    future::poll_fn,
    pin::Pin,
    sync::Arc,
    task::Poll,
    time::Duration,
};

use futures_util::{FutureExt, future::BoxFuture};
use proptest::{prelude::*, test_runner::Config};

use super::{Account, FairPermit, FairQueue, NoPermit, Share};
use crate::domain::viewer::AccountId;

const LONG: Duration = Duration::from_secs(3600);

type Acquiring = BoxFuture<'static, Result<FairPermit, NoPermit>>;

fn account(id: i64) -> Account {
    Some(AccountId(id))
}

/// A caller of an account that has taken its place in the queue, and the permit if it got one.
fn ask(queue: &Arc<FairQueue>, of: Account) -> Result<FairPermit, Acquiring> {
    let queue = queue.clone();
    let mut acquiring: Acquiring = Box::pin(async move { queue.acquire(of, LONG).await });
    match (&mut acquiring).now_or_never() {
        Some(permit) => Ok(permit.unwrap()),
        None => Err(acquiring),
    }
}

/// The permit of a caller that does not wait.
fn take(queue: &Arc<FairQueue>, of: Account) -> FairPermit {
    ask(queue, of).ok().expect("a permit")
}

fn wait(queue: &Arc<FairQueue>, of: Account) -> Acquiring {
    ask(queue, of).expect_err("no permit")
}

/// The permit of a caller that waited.
fn granted(acquiring: &mut Acquiring) -> Option<FairPermit> {
    acquiring.now_or_never().map(Result::unwrap)
}

#[tokio::test]
async fn a_lone_account_leaves_some_permits_for_others() {
    for (share, size, alone) in [
        (Share::TwoThirds, 1, 1),
        (Share::TwoThirds, 2, 2),
        (Share::TwoThirds, 4, 3),
        (Share::TwoThirds, 8, 6),
        (Share::TwoThirds, 16, 11),
        (Share::Half, 1, 1),
        (Share::Half, 2, 1),
        (Share::Half, 4, 2),
        (Share::Half, 5, 3),
    ] {
        let queue = FairQueue::new(size, share);
        let permits: Vec<_> = (0..size).map_while(|_| ask(&queue, account(1)).ok()).collect();
        assert_eq!(permits.len(), alone, "{share:?} of {size}");
        assert_eq!(ask(&queue, account(2)).is_ok(), alone < size as usize, "{share:?} of {size}");
    }
}

#[tokio::test]
async fn a_small_read_is_served_before_all_that_wait_of_another_account() {
    let queue = FairQueue::new(2, Share::TwoThirds);
    let mut running: VecDeque<_> = [(); 2].map(|()| take(&queue, account(1))).into();
    let mut waiting: VecDeque<_> = (0..62).map(|_| wait(&queue, account(1))).collect();
    for _ in 0..10 {
        let mut small = wait(&queue, account(2));
        // The next statement that ends makes room for it, and not for one of the 62.
        running.pop_front();
        assert!(waiting.iter_mut().all(|it| granted(it).is_none()));
        drop(granted(&mut small).expect("served"));
        running.push_back(granted(&mut waiting.pop_front().unwrap()).expect("served"));
    }
}

#[tokio::test]
async fn accounts_take_turns_and_callers_of_one_account_keep_their_order() {
    let queue = FairQueue::new(1, Share::TwoThirds);
    let mut running = take(&queue, None);
    let accounts = [1, 1, 1, 1, 2, 2, 3].map(account);
    let mut callers: Vec<_> = accounts.iter().map(|of| wait(&queue, *of)).collect();
    let mut order = Vec::new();
    for _ in 0..accounts.len() {
        drop(running);
        let mut served = callers.iter_mut().enumerate().filter_map(|(nth, caller)| {
            (!order.contains(&nth)).then(|| Some((nth, granted(caller)?))).flatten()
        });
        let (nth, permit) = served.next().expect("one is served");
        assert!(served.next().is_none());
        order.push(nth);
        running = permit;
    }
    assert_eq!(order, [0, 4, 6, 1, 5, 2, 3]);
}

#[tokio::test]
async fn an_account_is_before_those_that_have_had_their_turn() {
    let queue = FairQueue::new(1, Share::Half);
    let running = take(&queue, account(1));
    let mut busy: Vec<_> = [(); 18].map(|()| wait(&queue, account(1))).into();
    let (mut other, mut third) = (wait(&queue, account(2)), wait(&queue, account(3)));
    drop(running);
    assert!(busy.iter_mut().all(|it| granted(it).is_none()));
    let running = granted(&mut other).expect("the other account is next");
    let mut other = wait(&queue, account(2));
    drop(running);
    let running = granted(&mut third).expect("then the third");
    drop(running);
    drop(granted(&mut busy[0]).expect("and then the first one"));
    assert!(granted(&mut other).is_some());
}

#[tokio::test]
async fn a_caller_that_leaves_or_waits_too_long_loses_its_place() {
    let queue = FairQueue::new(1, Share::TwoThirds);
    let running = take(&queue, account(1));
    let (first, mut second) = (wait(&queue, account(2)), wait(&queue, account(2)));
    drop(first);
    let timed_out = queue.acquire(account(2), Duration::from_millis(10)).await;
    assert_eq!(timed_out.unwrap_err(), NoPermit::TimedOut);
    drop(running);
    let permit = granted(&mut second).expect("the next one is served");
    // A caller that leaves with a permit that it has not seen returns it.
    let (served, mut last) = (wait(&queue, account(3)), wait(&queue, account(4)));
    drop(permit);
    drop(served);
    assert!(granted(&mut last).is_some());
    drop(last);
    assert!(ask(&queue, account(1)).is_ok());
    assert!(queue.state().waiting.is_empty() && queue.state().held.is_empty());
}

#[tokio::test]
async fn a_closed_queue_refuses_callers() {
    let queue = FairQueue::new(1, Share::TwoThirds);
    let running = take(&queue, account(1));
    let waiting = wait(&queue, account(1));
    queue.close();
    assert!(queue.is_closed());
    assert_eq!(waiting.await.unwrap_err(), NoPermit::Closed);
    drop(running);
    assert_eq!(queue.acquire(account(2), LONG).await.unwrap_err(), NoPermit::Closed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_permit_is_lost_while_callers_come_and_leave() {
    let queue = FairQueue::new(3, Share::TwoThirds);
    let callers = (0..400_i64).map(|nth| {
        let queue = queue.clone();
        tokio::spawn(async move {
            // Every third leaves after it was asked a few times, with a permit or without.
            let mut acquiring = Box::pin(queue.acquire(account(nth % 5), LONG));
            for _ in 0..nth % 3 {
                let polled = poll_fn(|context| Poll::Ready(Pin::new(&mut acquiring).poll(context)));
                if polled.await.is_ready() {
                    return;
                }
                tokio::task::yield_now().await;
            }
            if nth % 3 != 2 {
                let permit = acquiring.await.unwrap();
                tokio::task::yield_now().await;
                drop(permit);
            }
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.unwrap();
    }
    let state = queue.state();
    assert_eq!((state.free, state.held.len(), state.waiting.len()), (3, 0, 0));
}

/// What happens to a queue.
#[derive(Clone, Debug)]
enum Step {
    Ask(i64),
    /// Releases one of the permits in use.
    Release(prop::sample::Index),
    /// One of those that wait leaves.
    Leave(prop::sample::Index),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..4_i64).prop_map(Step::Ask),
        3 => any::<prop::sample::Index>().prop_map(Step::Release),
        1 => any::<prop::sample::Index>().prop_map(Step::Leave),
    ]
}

proptest! {
    #![proptest_config(Config::with_cases(400))]

    #[test]
    fn no_account_gets_more_than_half_while_another_waits(
        size in 1_u32..=12,
        share in prop_oneof![Just(Share::TwoThirds), Just(Share::Half)],
        steps in prop::collection::vec(step(), 1..200),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let _in_runtime = runtime.enter();
        let queue = FairQueue::new(size, share);
        let mut running: Vec<(i64, FairPermit)> = Vec::new();
        let mut waiting: Vec<(i64, Acquiring)> = Vec::new();
        // How often an account was served while another one waited without a permit.
        let mut overtaken: BTreeMap<(i64, i64), usize> = BTreeMap::new();
        for step in steps {
            let mut served = Vec::new();
            match step {
                Step::Ask(of) => match ask(&queue, account(of)) {
                    Ok(permit) => served.push((of, permit)),
                    Err(caller) => waiting.push((of, caller)),
                },
                Step::Release(_) if running.is_empty() => {}
                Step::Release(which) => drop(running.swap_remove(which.index(running.len()))),
                Step::Leave(_) if waiting.is_empty() => {}
                Step::Leave(which) => drop(waiting.remove(which.index(waiting.len()))),
            }
            let mut still = Vec::new();
            for (of, mut caller) in waiting {
                match granted(&mut caller) {
                    // An earlier caller of the same account would have been served first.
                    Some(permit) => {
                        prop_assert!(still.iter().all(|(other, _)| *other != of));
                        served.push((of, permit));
                    }
                    None => still.push((of, caller)),
                }
            }
            waiting = still;
            let held = |running: &[(i64, FairPermit)], of| running.iter().filter(|it| it.0 == of).count();
            for (of, permit) in served {
                running.push((of, permit));
                overtaken.retain(|(waiting, _), _| *waiting != of);
                let others: BTreeSet<_> = waiting.iter().map(|it| it.0).collect();
                for other in others.into_iter().filter(|other| *other != of) {
                    prop_assert!(held(&running, of) <= (size as usize).div_ceil(2));
                    if held(&running, other) == 0 {
                        let turns = overtaken.entry((other, of)).or_default();
                        *turns += 1;
                        prop_assert_eq!(*turns, 1);
                    }
                }
            }
            let free = size as usize - running.len();
            prop_assert_eq!(queue.state().free, free);
            overtaken.retain(|(of, _), _| waiting.iter().any(|it| it.0 == *of));
            for (of, _) in &waiting {
                // It waits only for its turn.
                prop_assert!(held(&running, *of) >= free * share.per_free());
            }
        }
        drop((running, waiting));
        let state = queue.state();
        prop_assert!(state.free == size as usize && state.held.is_empty() && state.waiting.is_empty());
    }
}
