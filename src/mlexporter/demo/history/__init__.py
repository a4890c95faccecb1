"""A demo with a past: months of the flights as blocks of a Prometheus, in minutes.

Pods serve on clocks that are moved by hand, what they say is written as samples of the past, and a real Prometheus
computes what its rules would have recorded and which alerts would have fired.
"""
