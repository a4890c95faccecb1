"""The table of the chart's values, a file for each topic."""
