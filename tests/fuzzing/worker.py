"""One process of a run: asks its share of the questions and prints what came of them as JSON."""

import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

import django

MOST_FINDS = 100


@dataclass
class Row:
    """What came of the questions to one form of address."""

    statuses: Counter = field(default_factory=Counter)
    slowest: float = 0.0

    @property
    def count(self) -> int:
        return self.statuses.total()


@dataclass
class Result:
    """What came of all of them: by form of address, and what should not have been."""

    rows: dict[str, Row] = field(default_factory=dict)
    finds: list[str] = field(default_factory=list)
    surveyed: int = 0

    def add(self, form: str, status: int, seconds: float) -> None:
        row = self.rows.setdefault(form, Row())
        row.statuses[str(status)] += 1
        row.slowest = max(row.slowest, seconds)

    def join(self, other: "Result") -> None:
        self.finds += other.finds
        self.surveyed += other.surveyed
        for form, row in other.rows.items():
            own = self.rows.setdefault(form, Row())
            own.statuses += row.statuses
            own.slowest = max(own.slowest, row.slowest)

    def as_data(self) -> dict:
        rows = {form: [row.statuses, row.slowest] for form, row in self.rows.items()}
        return {"rows": rows, "finds": self.finds, "surveyed": self.surveyed}

    @classmethod
    def of_data(cls, data: dict) -> "Result":
        rows = {
            form: Row(Counter(statuses), slowest)
            for form, (statuses, slowest) in data["rows"].items()
        }
        return cls(rows, data["finds"], data["surveyed"])


def run(asker, questions, numbers, until: float, *, notes_progress: bool = False) -> Result:
    """Ask the questions of these numbers until they are over, the time is, or too much is wrong."""
    from tests.fuzzing.asking import faults, is_of_server

    result = Result()
    for count, number in enumerate(numbers):
        if time.monotonic() > until or len(result.finds) >= MOST_FINDS:
            break
        question = questions[number]
        answer = asker.ask(question)
        result.add(question.form, answer.status, answer.seconds)
        if is_of_server(answer):
            continue
        if wrong := faults(question, answer):
            said = "\n      ".join(wrong)
            result.finds.append(f"number {number}: {question}\n   -> {answer.status}\n      {said}")
        if notes_progress and count % 1000 == 999:
            print(f"  {count + 1:,}", file=sys.stderr, flush=True)
    return result


def main() -> None:
    asked = json.loads(sys.argv[1])
    django.setup()
    from cases.models import Case
    from config.wsgi import application
    from tests.fuzzing.asking import InProcess, OverHTTP
    from tests.fuzzing.hidden import HIDDEN_SLUG
    from tests.fuzzing.questions import Questions
    from tests.fuzzing.survey import survey

    here = InProcess(application, asked["sessions"])
    slugs = Case.objects.filter(slug__startswith=HIDDEN_SLUG).order_by("pk")
    found = survey(here, slugs.values_list("slug", flat=True), most=asked["pages"], alike=2)
    port = asked["port"]
    asker = OverHTTP(port, asked["sessions"]) if port else here
    questions = Questions(asked["seed"], found, is_signed_in=not port)
    numbers = range(asked["first"], asked["last"], asked["step"])
    until = time.monotonic() + asked["seconds"]
    result = run(asker, questions, numbers, until, notes_progress=asked["notes_progress"])
    result.surveyed = found.pages
    json.dump(result.as_data(), sys.stdout)


if __name__ == "__main__":
    main()
