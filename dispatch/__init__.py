"""The storey of the Visit: who goes, and by when?

Rule: it follows the log and adds to it; nothing below knows it exists.
"""
