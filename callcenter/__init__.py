"""The storey of the Call: what happened, and who must see it?

Rule: a call is the fold of its events, the log is the bus, and only ``store/`` speaks to the database.
"""
