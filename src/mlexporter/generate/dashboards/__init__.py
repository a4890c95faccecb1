"""Grafana dashboards as classic JSON, built from the catalogue: one module a dashboard, the rest are its parts."""
