//! Keeps what an evaluation tells.

use crate::rego::evaluate::Tracer;
use crate::rego::syntax::Loc;

/// Attempts that are kept of one evaluation. A policy that calls a function for every element of a large collection has
/// more than anybody reads.
const ATTEMPTS: usize = 200_000;

/// A definition that was tried.
#[derive(Debug, Default)]
pub(in crate::rego) struct Frame {
    pub(in crate::rego) rule: Loc,
    pub(in crate::rego) held: bool,
    /// The steps, each when it was first reached.
    pub(in crate::rego) reached: Vec<Loc>,
    /// The steps from which it had to go back and look for another way, or for which it ended.
    pub(in crate::rego) failed: Vec<Loc>,
    last: Option<Loc>,
    pub(in crate::rego) inner: Vec<Frame>,
}

/// Listens, and keeps everything as a tree.
#[derive(Debug, Default)]
pub(in crate::rego) struct Recorder {
    open: Vec<Frame>,
    done: Vec<Frame>,
    count: usize,
    dropped: u64,
}

impl Recorder {
    /// The attempts, and how many more there were. One that an error interrupted counts as one that did not hold.
    pub(in crate::rego) fn finish(mut self) -> (Vec<Frame>, u64) {
        while let Some(frame) = self.open.pop() {
            self.close(frame);
        }
        (self.done, self.dropped)
    }

    fn close(&mut self, frame: Frame) {
        if self.count >= ATTEMPTS {
            self.dropped = self.dropped.saturating_add(1);
            return;
        }
        self.count = self.count.saturating_add(1);
        match self.open.last_mut() {
            Some(outer) => outer.inner.push(frame),
            None => self.done.push(frame),
        }
    }
}

impl Tracer for Recorder {
    fn considers(&mut self, rule: Loc) {
        self.open.push(Frame { rule, ..Frame::default() });
    }

    fn reaches(&mut self, step: Loc) {
        let Some(frame) = self.open.last_mut() else { return };
        if frame.last == Some(step) {
            return;
        }
        if frame.reached.contains(&step) {
            frame.goes_back();
        } else {
            frame.reached.push(step);
        }
        frame.last = Some(step);
    }

    fn holds(&mut self, rule: Loc) {
        if let Some(frame) = self.open.iter_mut().rev().find(|frame| frame.rule == rule) {
            frame.held = true;
            frame.last = None;
        }
    }

    fn leaves(&mut self, _: Loc) {
        if let Some(mut frame) = self.open.pop() {
            frame.goes_back();
            self.close(frame);
        }
    }
}

impl Frame {
    /// The last step did not hold.
    fn goes_back(&mut self) {
        if let Some(last) = self.last.take()
            && !self.failed.contains(&last)
        {
            self.failed.push(last);
        }
    }
}
