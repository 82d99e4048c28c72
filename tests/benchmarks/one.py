"""python -m tests.benchmarks.one KIND CASES URL PART…: the rows of one database, as JSON lines."""

import gc
import json
import sys
import traceback

import django

from tests.benchmarks.databases import Database

PARTS = ("files", "pages", "reading", "desk")


def main() -> int:
    kind, cases, url, *parts = sys.argv[1:]
    database, failed = Database(kind, int(cases), url), 0
    django.setup()
    from django.conf import settings

    from tests.benchmarks import desk, files, pages, reading

    settings.ALLOWED_HOSTS.append("testserver")
    modules = {"files": files, "pages": pages, "reading": reading, "desk": desk}
    gc.freeze()
    for part in parts or PARTS:
        try:
            for row in modules[part].rows(database):
                print(json.dumps(row.as_json()), flush=True)
        except Exception:
            # What could not be measured is told, and the rest is measured all the same.
            traceback.print_exc()
            failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main())
