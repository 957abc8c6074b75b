"""Painters: pure functions from values and a width to `Content`; no widget, no engine."""
