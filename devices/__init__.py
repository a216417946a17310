"""The storey of the Signal: what did the wire say?

Codecs turn bytes into what was heard, lines carry the bytes, the simulator pretends to be 900 homes.
Rule: nothing here imports the storeys above, and codecs touch no socket, file, thread or clock.
"""
