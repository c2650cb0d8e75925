"""Entries of the log that tell of how a student is known."""
