"""ACCEPT: the decorator, explicit recording, and what users hand over, read into scalars.

Nothing here may raise into, alter or block a call of a monitored function; errors of our own are
counted and swallowed, and raised again only under ``strict``. There are no locks here, and no
reference to a user's mutable or huge value outlives the call.
"""
