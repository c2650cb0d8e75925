"""Entries of the log that tell of a relation after it has begun."""
