//! The limits of the memory of answers.

use std::thread;

use super::{MemoryBudget, STEP};
use crate::{domain::viewer::AccountId, error::Code};

const ONE: AccountId = AccountId(1);
const OTHER: AccountId = AccountId(2);

#[test]
fn a_small_answer_takes_nothing_and_a_large_one_whole_steps() {
    let budget = MemoryBudget::new(100 * STEP, 50 * STEP);
    let answer = budget.reservation(ONE);
    answer.grow(STEP - 1).unwrap();
    assert_eq!(budget.taken(), 0);
    answer.grow(1).unwrap();
    assert_eq!(budget.taken(), STEP);
    answer.grow(3 * STEP + 5).unwrap();
    assert_eq!(budget.taken(), 4 * STEP);
}

#[test]
fn an_answer_releases_its_memory_with_its_last_clone() {
    let budget = MemoryBudget::new(100 * STEP, 50 * STEP);
    let answer = budget.reservation(ONE);
    let clone = answer.clone();
    answer.grow(2 * STEP).unwrap();
    clone.grow(2 * STEP).unwrap();
    assert_eq!(budget.taken(), 4 * STEP);
    drop(answer);
    assert_eq!(budget.taken(), 4 * STEP);
    drop(clone);
    assert_eq!(budget.taken(), 0);
    assert!(budget.0.accounts.lock().unwrap().values().all(|it| it.strong_count() == 0));
}

#[test]
fn an_answer_replaces_the_memory_of_its_rows_by_that_of_its_text() {
    let budget = MemoryBudget::new(100 * STEP, 50 * STEP);
    let answer = budget.reservation(ONE);
    answer.grow(30 * STEP).unwrap();
    answer.replace(2 * STEP + 1).unwrap();
    assert_eq!(budget.taken(), 2 * STEP);
    answer.replace(40 * STEP).unwrap();
    assert_eq!(budget.taken(), 40 * STEP);
    let held = answer.hold(vec![b'x'; 40 * STEP]);
    drop(answer);
    let (half, rest) = (held.slice(..STEP), held.slice(STEP..));
    drop(held);
    drop(half);
    assert_eq!((budget.taken(), rest.len()), (40 * STEP, 39 * STEP));
    drop(rest);
    assert_eq!(budget.taken(), 0);
}

#[test]
fn each_limit_has_its_own_error_and_a_refused_answer_takes_nothing_more() {
    let budget = MemoryBudget::new(100 * STEP, 30 * STEP);
    let code = |answer: &super::Reservation, steps: usize| {
        answer.grow(steps * STEP).map_err(|error| error.code())
    };
    let [first, second] = [(); 2].map(|()| budget.reservation(ONE));
    code(&first, 30).unwrap();
    assert_eq!(code(&first, 1), Err(Code::QueryTooComplex));
    assert_eq!(code(&second, 21), Err(Code::RateLimited));
    assert_eq!(budget.taken(), 30 * STEP);
    // Half of the process's memory is left for others.
    let others = [(); 3].map(|()| budget.reservation(OTHER));
    code(&others[0], 30).unwrap();
    code(&others[1], 20).unwrap();
    assert_eq!(code(&others[2], 1), Err(Code::RateLimited));
    let third = budget.reservation(super::AccountId(3));
    assert_eq!(code(&third, 21), Err(Code::ServiceUnavailable));
    assert_eq!(budget.taken(), 80 * STEP);
    // A refused answer stays refused.
    assert_eq!(code(&second, 0), Err(Code::RateLimited));
    assert_eq!(second.refusal().map(|error| error.code()), Some(Code::RateLimited));
    drop((first, second, others, third));
    assert_eq!(budget.taken(), 0);
}

#[test]
fn concurrent_readers_of_one_answer_take_what_they_need_together() {
    let budget = MemoryBudget::new(1 << 30, 1 << 29);
    let answer = budget.reservation(ONE);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..10_000).for_each(|_| answer.grow(1000).unwrap()));
        }
    });
    let needed = 8 * 10_000 * 1000;
    assert_eq!(budget.taken(), needed - needed % STEP);
    drop(answer);
    assert_eq!(budget.taken(), 0);
}

#[test]
fn a_page_of_a_long_answer_has_a_limit_of_its_own_and_takes_nothing_more() {
    let budget = MemoryBudget::new(2 * super::PAGED_ANSWER, super::PAGED_ANSWER);
    let answer = budget.paged_answer(ONE).unwrap();
    assert_eq!(budget.taken(), super::PAGED_ANSWER);
    let page = answer.page_of_answer();
    assert!(page.is_page() && !answer.is_page());
    page.grow(super::PAGE).unwrap();
    assert_eq!(page.grow(1).unwrap_err().code(), Code::QueryTooComplex);
    assert_eq!(budget.taken(), super::PAGED_ANSWER);
    // The account has no room for another one.
    assert_eq!(budget.paged_answer(ONE).unwrap_err().code(), Code::RateLimited);
    drop((page, answer));
    assert_eq!(budget.taken(), 0);
}
