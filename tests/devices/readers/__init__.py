"""How the vector test reads each protocol: one module a vector file, found by its name (see ``dc09.py``)."""
