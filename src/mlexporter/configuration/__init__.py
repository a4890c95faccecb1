"""The configuration file: one TOML document for settings, options of alerts, and what models shall do.

``settings/`` has the settings; ``objective_table.py`` the objectives of models; ``documents.py`` reads
a document, ``files.py`` a file. Nothing here is loaded by a program that names no file, until it is read.
"""
