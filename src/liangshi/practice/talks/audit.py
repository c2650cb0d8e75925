"""Entries of the log that tell of talks."""
