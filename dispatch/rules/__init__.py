"""Who is nearest, who may go, by when: pure functions and tables, the time is handed in."""
