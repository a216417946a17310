"""Steps that bring any older database to today's tables; each is one file in ``versions/``."""
