"""Evaluation without a server: rows of a file or a frame against a profile, once, for jobs and CI."""

from mlexporter.app.offline.evaluation import Evaluation, Period, evaluate_rows
from mlexporter.app.offline.options import OfflineOptions

__all__ = ["Evaluation", "OfflineOptions", "Period", "evaluate_rows"]
