"""Reads of rounds, wishes and results. What an actor may not see is not found."""
