"""What is written to disk for users: rules for Prometheus and the reference pages.

Everything here is made from the catalogue and the table of settings; it never sees a row, a count
or a running exporter.
"""
