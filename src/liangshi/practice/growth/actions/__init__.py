"""The verbs of growth."""
