"""The promise to users: the names in ``mlexporter.__all__`` and nothing beside them."""

import re
import types

import mlexporter

PROMISED = {
    "Exporter", "MLExporterError", "Monitor", "Profile", "__version__", "asgi_app", "collector", "describe",
    "exporter_with_models", "monitor", "push", "record_feedback", "record_generation", "serve", "wsgi_app",
}  # fmt: skip


def unexpected(module):
    """Return the public names of ``module`` that are neither promised nor modules of the package."""
    return {
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and name not in PROMISED and not isinstance(value, types.ModuleType)
    }


def test_all_is_what_is_promised():
    """A name is added here on purpose, and taken away never."""
    assert set(mlexporter.__all__) == PROMISED
    assert len(mlexporter.__all__) == len(PROMISED)


def test_nothing_else_is_exposed():
    """What is imported on the way does not become part of the interface by accident."""
    assert unexpected(mlexporter) == set()


def test_every_promised_name_is_there_and_says_what_it_is():
    """Each name resolves, and each function and class has a docstring that is a sentence."""
    for name in PROMISED - {"__version__"}:
        assert callable(getattr(mlexporter, name)), name
        text = getattr(mlexporter, name).__doc__
        assert text is not None
        assert re.match(r"[A-Z`].+[.:]", text)
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", mlexporter.__version__)


def test_a_planted_name_is_found():
    """A stray public function shows."""
    module = types.ModuleType("planted")
    module.monitor = module.helper = lambda: None
    assert unexpected(module) == {"helper"}
