"""What is true of calls and people, as pure functions and tables: no I/O, and the time is handed in."""
