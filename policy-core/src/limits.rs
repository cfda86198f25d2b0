//! Every limit of the core: a named number with its unit and its source.
