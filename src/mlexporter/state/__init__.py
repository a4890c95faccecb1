"""REMEMBER: fixed int64 cells, what moves rows into them, and windows over them.

Locks live here and nowhere else. State knows no framework of users and no word of Prometheus, and
computes no statistic: it adds integers.
"""
