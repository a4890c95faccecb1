"""One table of settings: name, type, default and meaning; read once, by ``app`` and ``cli`` only.

Each setting is also the environment variable ``MLEXPORTER_<NAME>``, and a key of ``[settings]`` in the
configuration file. Everybody else is handed a ``Settings`` and never looks at the environment.
"""

from mlexporter.settings.parsers import DURATION_UNITS, parse_duration
from mlexporter.settings.reading import is_given, misspelt_variables, read_settings, renamed_variables
from mlexporter.settings.table import ENVIRONMENT_PREFIX, NO_DIRECTORY, SETTINGS, Setting, Settings

__all__ = [
    "DURATION_UNITS",
    "ENVIRONMENT_PREFIX",
    "NO_DIRECTORY",
    "SETTINGS",
    "Setting",
    "Settings",
    "is_given",
    "misspelt_variables",
    "parse_duration",
    "read_settings",
    "renamed_variables",
]
