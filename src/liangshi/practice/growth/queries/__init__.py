"""What growth knows, for an actor: rows of other people come through `seen_by`."""
