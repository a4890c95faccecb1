"""Pushes over OTLP: what a scrape would show, from one process of a directory, off the request path."""
