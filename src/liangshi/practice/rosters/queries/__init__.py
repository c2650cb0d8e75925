"""Reads: imports, what they would do, exports, slips, the people a clerk edits."""
