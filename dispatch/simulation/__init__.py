"""A made-up district in which ways of sending carers are compared, with the very rules that send real ones.

Nothing here touches the centre: no database, no log, no socket. What happens in the district (``world``) is drawn
before anybody is sent, so that every policy meets the same alarms; ``play`` lets a policy answer them.
"""
