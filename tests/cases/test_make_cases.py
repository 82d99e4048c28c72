"""python manage.py make_cases: plausible cases in any number, the same for the same seed."""

import hashlib

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from cases import records
from cases.exports import TABLES, write
from cases.models import Case
from cases.models.vocabulary import HEADER_SCHEMES, SCHEMES
from cases.volume import fill
from tests.factories import make_actor, make_case, make_country, make_region, make_term

SEED = 7
FILES = ("cases", "statements", "evidence", "quotations", "passages", "documents")


def make(number, seed=SEED, **options) -> None:
    call_command("make_cases", number, seed=seed, jobs=1, verbosity=0, **options)


def exported(name: str) -> bytes:
    return b"".join(write(TABLES[name].for_desk(), "csv"))


@pytest.fixture
def few_lists(db):
    """Short lists that no edit of the seed folder changes."""
    for scheme in set(SCHEMES) - {"finding"}:
        make_term(f"{scheme}:first")
        make_term(f"{scheme}:second")
    for scheme in (*HEADER_SCHEMES, "outcome"):
        make_term(f"{scheme}:not_stated")
    for code in ("au", "un", "ecowas"):
        make_actor(code)
    make_country("GIN")
    make_region("western_africa", "011")


def test_the_same_seed_gives_the_same_cases_on_every_database(few_lists):
    make(12)
    digests = {name: hashlib.sha256(exported(name)).hexdigest()[:16] for name in FILES}
    # Whoever changes what is made, or a column of a file, changes these; both databases agree on
    # them.
    assert digests == {
        "cases": "ae22e89118014a3b",
        "statements": "25795c070f3df277",
        "evidence": "b21d82e89918c3ff",
        "quotations": "7c751fd34329581d",
        "passages": "34ce28f1ac98cfbe",
        "documents": "1b586a9672f493ae",
    }


def test_another_seed_gives_other_cases(few_lists):
    fill(5, seed=1)
    first = exported("statements")
    fill(5, seed=2)
    assert Case.objects.count() == 10
    assert exported("statements") != first


def test_a_longer_run_begins_with_the_cases_of_a_shorter_one(few_lists):
    with transaction.atomic():
        fill(5, seed=1)
        short = records.dump("case")
        transaction.set_rollback(True)
    fill(8, seed=1)
    assert len(short) == 5
    assert records.dump("case", short) == short


def test_new_records_can_be_saved_beside_the_made_ones(few_lists):
    make(3)
    assert make_case("guinea-2009", terms=["tool:first"]).pk > 3


def test_a_database_with_cases_is_left_alone(few_lists):
    make_case("guinea-2009")
    with pytest.raises(CommandError, match="holds 1 cases: make_cases writes only where"):
        make(5)
    assert Case.objects.count() == 1


def test_it_adds_to_a_database_with_cases_if_it_is_told_to(few_lists):
    make_case("guinea-2009")
    make(5, add=True)
    assert Case.objects.count() == 6
    with pytest.raises(CommandError, match="cases of seed 7 already: choose another --seed"):
        make(5, add=True)


def test_the_tally_and_the_progress_are_told(few_lists, capsys):
    call_command("make_cases", 5, seed=3, jobs=1)
    told = capsys.readouterr()
    assert "make_cases: 5 cases, 1 of them drafts, in " in told.out
    assert "cases_statement: " in told.out


@pytest.mark.parametrize("number", ["0", "-1", "many", "1.5"])
def test_it_says_what_a_number_is(number):
    with pytest.raises(CommandError, match=r"write a whole number from 1 up|required"):
        call_command("make_cases", number)


@pytest.mark.django_db(transaction=True)
def test_several_processes_make_the_same_cases_as_one():
    call_command("make_cases", 52, seed=SEED, jobs=2, verbosity=0)
    by_two = {name: exported(name) for name in FILES}
    assert Case.objects.count() == 52
    call_command("flush", interactive=False, verbosity=0)
    call_command("make_cases", 52, seed=SEED, jobs=1, verbosity=0)
    assert {name: exported(name) for name in FILES} == by_two
