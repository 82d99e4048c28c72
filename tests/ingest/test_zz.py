import copy, traceback, pytest
from ingest.services import load_seeds, SeedRefused
from tests.ingest import seed_folder as sf

pytestmark = pytest.mark.django_db
ODD = ["", [], {}, ["x"], [["x"]], {"x": "y"}, [{"x": "y"}], "x", None, "a\x00b"]


def nodes(c, path=()):
    yield path
    for k in c if isinstance(c, dict) else range(len(c)) if isinstance(c, list) else ():
        yield from nodes(c[k], (*path, k))


def put(c, path, v):
    if not path:
        return v
    c = copy.deepcopy(c)
    x = c
    for k in path[:-1]:
        x = x[k]
    x[path[-1]] = v
    return c


def test_x(tmp_path):
    sf.write_folder(tmp_path)
    seen = {}
    n = 0
    for name, make in sf.FILES.items():
        for path in nodes(make()):
            for odd in ODD:
                sf.write_yaml(tmp_path, name, put(make(), path, odd))
                n += 1
                from django.db import transaction

                try:
                    with transaction.atomic():
                        load_seeds(tmp_path)
                        transaction.set_rollback(True)
                except SeedRefused:
                    pass
                except Exception as e:
                    tb = traceback.extract_tb(e.__traceback__)[-1]
                    key = (
                        type(e).__name__,
                        str(e)[:60],
                        [
                            f"{t.filename.split('/')[-1]}:{t.lineno}"
                            for t in traceback.extract_tb(e.__traceback__)
                            if "/work/main/" in t.filename and ".venv" not in t.filename
                        ][-1],
                    )
                    seen.setdefault(key[0] + key[2], []).append((name, path, odd, key[1]))
        sf.write_yaml(tmp_path, name, make())
    print(n)
    for k, v in seen.items():
        print(k, len(v), v[0])
