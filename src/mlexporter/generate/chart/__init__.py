"""What is generated of the Helm chart: values, their schema, its README, rules and dashboards.

``values/`` is the one table of values: ``values.yaml``, ``values.schema.json`` and the table of the README are
written from it.
"""
