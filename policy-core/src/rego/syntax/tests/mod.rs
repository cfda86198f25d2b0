//! Tests of the whole room.

mod damage;
mod forms;
mod opa;
mod size;
