"""Compute: counts and a reference become a report; pure functions of integers.

One statistic per file, one public function of the same name, which takes a ``Comparison`` and
returns one float64 per compared subject. ``evaluate`` finds it through the catalogue. Nothing here
knows time, chance, locks, logs, files or the network, and nothing imports scipy before it is used.
"""
