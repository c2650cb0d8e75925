"""Words of a notice that are no role of the registry's."""

EVERY_HAT = "every"  # about the account itself: shown whatever hat is worn
