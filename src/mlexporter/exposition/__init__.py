"""Renders a View for readers: text, OpenMetrics, a collector, ASGI, WSGI, a server and a page.

Nothing here counts or computes: what is shown was handed over in a ``View``.
"""
