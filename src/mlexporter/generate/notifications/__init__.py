"""Alertmanager's files: who is told of what and when, what silences what, and how a notification reads."""
