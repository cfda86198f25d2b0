//! Tests of the whole room; what concerns one file only stands in that file.

mod forms;
