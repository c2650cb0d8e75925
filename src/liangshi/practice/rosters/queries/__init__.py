"""Reads: imports, what they would do, exports, the people a clerk edits."""
