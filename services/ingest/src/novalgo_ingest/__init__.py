"""Ingest: the public HTTP edge.  Authenticates alerts, stores them and publishes signals."""
