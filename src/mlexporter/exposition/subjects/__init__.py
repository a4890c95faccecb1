"""What is said about each subject: service, profile, drift, and the exporter itself.

Each file yields (metric, block) pairs; ``families.collect`` sorts them into the catalogue's order.
"""
