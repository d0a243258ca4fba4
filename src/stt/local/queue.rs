//! A bounded queue between async askers and worker threads, whose cancelled entries make room.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, PoisonError};

/// An entry that may have lost its asker.
pub trait Cancelled {
    /// Does nobody wait for it any more?
    fn cancelled(&self) -> bool;
}

/// There was no room.
#[derive(Debug, PartialEq, Eq)]
pub struct Full;

struct Inner<T> {
    waiting: VecDeque<T>,
    closed: bool,
}

/// First in, first out.
pub struct Queue<T> {
    inner: Mutex<Inner<T>>,
    ready: Condvar,
    max: usize,
}

impl<T: Cancelled> Queue<T> {
    /// A queue for at most `max` entries.
    pub fn new(max: usize) -> Self {
        let inner = Mutex::new(Inner { waiting: VecDeque::new(), closed: false });
        Self { inner, ready: Condvar::new(), max }
    }

    /// Adds an entry; the cancelled ones leave if there is no room.
    pub fn push(&self, entry: T) -> Result<(), Full> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.waiting.len() >= self.max {
            inner.waiting.retain(|waiting| !waiting.cancelled());
        }
        if inner.closed || inner.waiting.len() >= self.max {
            return Err(Full);
        }
        inner.waiting.push_back(entry);
        drop(inner);
        self.ready.notify_one();
        Ok(())
    }

    /// Waits for the next entry that somebody still waits for; `None` after the queue was closed.
    pub fn pop(&self) -> Option<T> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if inner.closed {
                return None;
            }
            match inner.waiting.pop_front() {
                Some(entry) if entry.cancelled() => {}
                Some(entry) => return Some(entry),
                None => {
                    inner = self.ready.wait(inner).unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }

    /// Sends the workers home; what waits is dropped, so that its askers learn of it.
    pub fn close(&self) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.closed = true;
        inner.waiting.clear();
        drop(inner);
        self.ready.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::oneshot;

    struct Entry(u8, oneshot::Sender<()>);

    impl Cancelled for Entry {
        fn cancelled(&self) -> bool {
            self.1.is_closed()
        }
    }

    fn entry(number: u8) -> (Entry, oneshot::Receiver<()>) {
        let (reply, asker) = oneshot::channel();
        (Entry(number, reply), asker)
    }

    #[test]
    fn a_cancelled_entry_is_never_worked_on() {
        let queue = Queue::new(4);
        let (first, asker) = entry(1);
        let (second, _asker) = entry(2);
        queue.push(first).unwrap();
        queue.push(second).unwrap();
        drop(asker);
        assert_eq!(queue.pop().map(|entry| entry.0), Some(2));
    }

    #[test]
    fn a_full_queue_refuses_until_somebody_gives_up() {
        let queue = Queue::new(1);
        let (first, asker) = entry(1);
        queue.push(first).unwrap();
        let (second, _asker) = entry(2);
        assert_eq!(queue.push(second).err(), Some(Full));
        drop(asker);
        let (third, _asker) = entry(3);
        assert_eq!(queue.push(third), Ok(()));
        assert_eq!(queue.pop().map(|entry| entry.0), Some(3));
    }

    #[test]
    fn closing_sends_the_workers_home_and_tells_the_askers() {
        let queue = Queue::new(1);
        let (first, mut asker) = entry(1);
        queue.push(first).unwrap();
        std::thread::scope(|scope| {
            queue.close();
            assert!(scope.spawn(|| queue.pop().is_none()).join().unwrap());
        });
        assert!(asker.try_recv().is_err());
        let (late, _asker) = entry(2);
        assert_eq!(queue.push(late).err(), Some(Full));
    }
}
