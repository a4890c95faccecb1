"""docker/exporter/trim.py, on an environment of a few files."""

import subprocess
import sys


def test_it_takes_out_what_nothing_needs_and_keeps_the_record_true(root, tmp_path):
    """A module whose name only begins like a test stays."""
    packages = tmp_path / "lib/python3.12/site-packages"
    kept, gone = (
        ["pack/testing.py", "pack/tests_of_time.py"],
        ["pack/tests/test_a.py", "pack/lib/liba.a", "pack/conftest.py"],
    )
    for name in [*kept, *gone, "../../../bin/mlexporter", "../../../bin/other"]:
        path = packages / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/made/here\nimport sys\n", encoding="utf-8")
    record = packages / "pack-1.dist-info/RECORD"
    record.parent.mkdir()
    rows = [*kept, *gone, "../../../bin/mlexporter", "../../../bin/other"]
    record.write_text(
        "".join(f"{name},sha256=x,1\n" for name in rows) + "pack-1.dist-info/RECORD,,\n", encoding="utf-8"
    )
    subprocess.run([sys.executable, root / "docker/exporter/trim.py", tmp_path, "/opt/there"], check=True)
    assert sorted(
        str(path.relative_to(packages)) for path in packages.rglob("*.*") if path.is_file()
    ) == sorted(kept)
    command = tmp_path / "bin/mlexporter"
    assert command.read_text(encoding="utf-8").splitlines()[0] == "#!/opt/there/bin/python"
    assert not (tmp_path / "bin/other").exists()
    noted = dict(line.split(",", 1) for line in record.read_text(encoding="utf-8").splitlines())
    assert set(noted) == {*kept, "../../../bin/mlexporter", "pack-1.dist-info/RECORD"}
    assert noted["../../../bin/mlexporter"].endswith(f",{command.stat().st_size}")
