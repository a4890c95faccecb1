"""The shapes of answers, a vendor a file: each reader takes what it recognises into an ``Outcome``.

A reader returns whether there is content in what it was given: text, a call of a tool, or reasoning.
"""
