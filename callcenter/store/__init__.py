"""The only room that speaks SQL: the log, the journal of frames, the pictures, the people."""
