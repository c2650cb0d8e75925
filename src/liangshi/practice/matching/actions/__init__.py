"""The deeds of a programme and its rounds: one transaction each, with its entry in the log."""
