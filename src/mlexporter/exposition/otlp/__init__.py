"""The same families as a scrape, as data points of OpenTelemetry; loaded by who pushes, for it loads the SDK."""
