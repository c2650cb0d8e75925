"""What may be read of talks, moments, events, notes and activities. The actor comes first."""
