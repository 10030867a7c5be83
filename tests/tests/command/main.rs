//! The command as its users meet it, on made-up drives.

mod bad_input;
mod basics;
mod chain;
mod eval;
mod eval_run;
mod example;
mod explain;
mod interrupted;
mod models;
mod scans;
mod simulate;
