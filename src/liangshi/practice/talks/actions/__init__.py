"""What people do with talks, follow-ups, life events, notes and activities."""
