"""What the Grafana plugin is generated from: metrics, levels and queries as TypeScript, and its own dashboard."""
