"""``python -m mlexporter`` is the command ``mlexporter``."""

from mlexporter.cli import main

main()
