"""python manage.py seed, run as people run it: on a database of its own, whichever is tested."""

import subprocess
import sys

from django.conf import settings

from tests.ingest import seed_folder


def test_the_command_says_what_it_does_and_leaves_with_status_1_when_it_refuses(tmp_path):
    folder = seed_folder.write_folder(tmp_path / "seeds")
    database = {"DATABASE_URL": f"sqlite:///{tmp_path / 'seeded.sqlite3'}"}

    def manage(*arguments):
        return subprocess.run(
            [sys.executable, "manage.py", *map(str, arguments)],
            cwd=settings.BASE_DIR,
            env=database | {"PATH": "", "PYTHONWARNINGS": "error"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    refused = manage("seed", "--folder", folder)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "run `python manage.py migrate` first" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert manage("migrate", "--verbosity", "0").returncode == 0
    done = manage("seed", "--folder", folder)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "seed: 32 new, 0 changed, 0 unchanged, 0 left to editors"
    assert "report.en.txt: 5 passages, 0 warnings" in done.stderr
    case = seed_folder.FILES["cases/guinea-2009.yaml"]()
    case["quotations"]["q1"]["words"] = "Conakry in 2010"
    seed_folder.write_yaml(folder, "cases/guinea-2009.yaml", case)
    done = manage("seed", "--folder", folder)
    assert (done.returncode, done.stdout) == (1, "")
    assert (
        "quotation q1 (of t1): not verbatim in S-2011-552/en/p1: «Conakry in 2010»." in done.stderr
    )
    assert "Traceback" not in done.stderr
