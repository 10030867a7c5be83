//! Sensor ingest: readers of public driving data sets and of a user's own recordings
