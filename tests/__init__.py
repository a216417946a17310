"""The tests: sentences and stories over real lines, real database files and real browsers; only the clock is moved."""
