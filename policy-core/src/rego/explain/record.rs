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
        if let Some(frame) = self.open.last_mut()
            && !frame.reached.contains(&step)
        {
            frame.reached.push(step);
        }
    }

    fn holds(&mut self, rule: Loc) {
        if let Some(frame) = self.open.iter_mut().rev().find(|frame| frame.rule == rule) {
            frame.held = true;
        }
    }

    fn leaves(&mut self, _: Loc) {
        if let Some(frame) = self.open.pop() {
            self.close(frame);
        }
    }
}
