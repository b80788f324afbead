"""What happened in a session, in words and as plain facts, from the events that were kept."""
