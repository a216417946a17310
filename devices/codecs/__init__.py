"""One wire format per file, sans-I/O: ``feed(bytes, now)`` says what was heard, ``reply(heard, now)`` says it back.

Rule: bytes in, values out. No socket, no file, no clock, and never an exception for bad bytes: those are ``Garbled``.
"""
