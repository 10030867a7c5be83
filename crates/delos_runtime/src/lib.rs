//! The runtime: components, ports, launch files, scheduling, digests and latency
