"""Two states of a record compared, two changes of one state joined."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.records.differences import (
    NAMED_BY,
    UNORDERED,
    Clash,
    Difference,
    differences,
    merge,
    path_of,
    rows_by_name,
    steps_of,
)

BASE = {
    "slug": "guinea-2009",
    "title_en": "Guinea",
    "regions": ["africa", "asia"],
    "countries": [{"country": "GIN", "role": "scene"}, {"country": "LBR", "role": "at_risk"}],
    "relations": [{"to": "guinea-2008", "kind": "follows"}],
    "statements": [
        {"key": "s1", "term": "situation:electoral", "scope": "this_case"},
        {"key": "t1", "term": "tool:mediation", "scope": "this_case", "by": ["un", "au"]},
        {"key": "t2", "term": "tool:good_offices", "scope": "this_case"},
    ],
}


def changed(data=BASE, **cells):
    """The data with these cells; None takes one away."""
    return {name: value for name, value in (data | cells).items() if value is not None}


def with_statement(key, data=BASE, **cells):
    """The data with these cells of one statement."""
    rows = [changed(row, **cells) if row["key"] == key else row for row in data["statements"]]
    return data | {"statements": rows}


def without_statement(key, data=BASE):
    return data | {"statements": [row for row in data["statements"] if row["key"] != key]}


# Differences


def test_what_is_the_same_has_no_differences():
    assert differences(BASE, BASE) == []
    assert differences(None, None) == []


@pytest.mark.parametrize(
    ("new", "expected", "kind"),
    [
        (changed(title_en="Conakry"), ("title_en", "Guinea", "Conakry"), "changed"),
        (changed(title_fa="گینه"), ("title_fa", None, "گینه"), "added"),
        (changed(title_en=None), ("title_en", "Guinea", None), "removed"),
        (with_statement("t2", when="2009"), ("statements.t2.when", None, "2009"), "added"),
        (
            with_statement("t1", by=["au", "un"]),
            ("statements.t1.by", ["un", "au"], ["au", "un"]),
            "changed",
        ),
        (without_statement("t1"), ("statements.t1", BASE["statements"][1], None), "removed"),
        (
            changed(countries=[BASE["countries"][0], {"country": "LBR", "role": "party"}]),
            ("countries.LBR.role", "at_risk", "party"),
            "changed",
        ),
        (
            changed(relations=None),
            ("relations.guinea-2008:follows", BASE["relations"][0], None),
            "removed",
        ),
        (
            changed(statements=BASE["statements"][::-1]),
            ("statements", ["s1", "t1", "t2"], ["t2", "t1", "s1"]),
            "changed",
        ),
    ],
)
def test_each_difference_says_where_it_is_and_what_was_and_is(new, expected, kind):
    (found,) = differences(BASE, new)
    assert found == Difference(*expected)
    assert found.kind == kind


def test_a_country_with_two_roles_is_two_rows():
    twice = [*BASE["countries"], {"country": "LBR", "role": "party"}]
    (found,) = differences(BASE, changed(countries=twice))
    assert found == Difference("countries.LBR:party", None, twice[2])


def test_codes_in_another_order_are_no_difference_where_order_means_nothing():
    assert differences(BASE, changed(regions=["asia", "africa"])) == []


def test_a_new_record_has_all_its_cells_added_and_a_deleted_one_removed():
    assert {each.kind for each in differences(None, BASE)} == {"added"}
    assert {each.kind for each in differences(BASE, None)} == {"removed"}


@given(st.lists(st.text(min_size=1), min_size=1))
def test_steps_come_back_from_a_path_whatever_signs_they_have(steps):
    assert steps_of(path_of(steps)) == steps


# Merging


def test_what_each_side_changed_is_joined():
    theirs = with_statement("t1", changed(title_en="Conakry"), when="2009")
    ours = without_statement("t2", changed(summary_en="More."))
    joined = merge(BASE, theirs, ours)
    assert joined.clashes == []
    both = changed(title_en="Conakry", summary_en="More.")
    assert joined.result == without_statement("t2", with_statement("t1", both, when="2009"))


def test_rows_that_both_add_are_all_there():
    first, second = {"key": "a", "term": "aim:x"}, {"key": "b", "term": "aim:y"}
    s1, t1, t2 = BASE["statements"]
    theirs, ours = changed(statements=[s1, first, t1, t2]), changed(statements=[s1, t1, t2, second])
    joined = merge(BASE, theirs, ours)
    assert joined.clashes == []
    assert [row["key"] for row in joined.result["statements"]] == ["s1", "a", "t1", "t2", "b"]


def test_both_changing_one_cell_otherwise_is_a_clash_and_ours_stays_unless_theirs_is_taken():
    theirs, ours = with_statement("t1", when="2009"), with_statement("t1", when="2010")
    clash = Clash("statements.t1.when", None, "2009", "2010")
    joined = merge(BASE, theirs, ours)
    assert (joined.clashes, joined.result) == ([clash], ours)
    joined = merge(BASE, theirs, ours, [clash.path])
    assert (joined.clashes, joined.result) == ([clash], theirs)


def test_both_changing_one_cell_alike_is_no_clash():
    both = changed(title_en="Conakry")
    assert merge(BASE, both, both).clashes == []


@pytest.mark.parametrize("turned", [False, True])
def test_deleting_a_row_that_the_other_changed_is_a_clash(turned):
    gone, new = without_statement("t1"), with_statement("t1", when="2009")
    theirs, ours = (new, gone) if turned else (gone, new)
    joined = merge(BASE, theirs, ours)
    row = new["statements"][1]
    sides = (row, None) if turned else (None, row)
    assert joined.clashes == [Clash("statements.t1", BASE["statements"][1], *sides)]
    assert joined.result == ours
    assert merge(BASE, theirs, ours, ["statements.t1"]).result == theirs


def test_deleting_a_record_that_the_other_changed_is_a_clash():
    new = changed(title_en="Conakry")
    assert merge(BASE, None, new).clashes == [Clash("", BASE, None, new)]
    assert merge(BASE, new, None).result is None
    assert merge(BASE, None, BASE) == merge(BASE, BASE, None)
    assert merge(BASE, None, BASE).result is None


def test_moving_rows_two_ways_is_a_clash():
    s1, t1, t2 = BASE["statements"]
    theirs, ours = changed(statements=[t1, s1, t2]), changed(statements=[s1, t2, t1])
    (clash,) = merge(BASE, theirs, ours).clashes
    assert clash == Clash("statements", ["s1", "t1", "t2"], ["t1", "s1", "t2"], ["s1", "t2", "t1"])
    assert merge(BASE, theirs, ours, ["statements"]).result == theirs


def test_a_row_that_was_moved_keeps_what_the_other_changed_in_it():
    moved = changed(statements=BASE["statements"][::-1])
    (t2, t1, s1) = moved["statements"]
    for sides in [
        (moved, with_statement("t1", when="2009")),
        (with_statement("t1", when="2009"), moved),
    ]:
        joined = merge(BASE, *sides)
        assert joined.clashes == []
        assert joined.result == changed(statements=[t2, t1 | {"when": "2009"}, s1])


# What holds for any data

texts = st.sampled_from(["a", "b", "c"])
codes = st.lists(texts, min_size=1, max_size=3, unique=True)
cells = {"when": texts, "by": codes, "documents": codes.map(sorted)}


def rows(keys: dict, **others):
    row = st.fixed_dictionaries(keys, optional=others)
    name = lambda row: tuple(row[key] for key in keys)  # noqa: E731 (short beside its use)
    return st.lists(row, min_size=1, max_size=4, unique_by=name)


records_ = st.fixed_dictionaries(
    {"slug": st.just("s")},
    optional={
        "title_en": texts,
        "start": texts,
        "regions": codes.map(sorted),
        "statements": rows({"key": st.sampled_from("uvwxyz.")}, **cells),
        "countries": rows({"country": texts, "role": texts}),
        "relations": rows({"to": texts, "kind": texts}),
        "names": rows({"language": texts, "name": st.text(max_size=2), "kind": texts}),
    },
)


def patched(old: dict, new: dict) -> dict:
    """`old` with all differences from `new` made, one by one; only their paths say where."""
    result = dict(old)
    tables = {name: rows_by_name(name, old.get(name), new.get(name))[0] for name in NAMED_BY}
    orders = {}
    for path, _old, value in differences(old, new):
        match steps_of(path):
            case [name] if name in NAMED_BY:
                orders[name] = value
            case [name]:
                result[name] = value
            case [name, row]:
                tables[name][row] = value
            case [name, row, cell]:
                tables[name][row] = changed(tables[name][row], **{cell: value})
    for name, table in tables.items():
        order = orders.get(name, list(table))
        result[name] = [table[each] for each in order if table[each] is not None]
    return {name: value for name, value in result.items() if value not in (None, [])}


@given(records_, records_)
def test_making_all_differences_gives_the_other_state(old, new):
    assert patched(old, new) == new


@given(records_, records_)
def test_differences_are_the_same_both_ways(old, new):
    cells = [each for each in differences(old, new) if each.path not in NAMED_BY]
    back = [each for each in differences(new, old) if each.path not in NAMED_BY]
    turned = [Difference(each.path, each.new, each.old) for each in back]
    assert sorted(cells, key=lambda each: each.path) == sorted(turned, key=lambda each: each.path)


@given(records_, records_)
def test_merging_with_a_side_that_changed_nothing_gives_the_other(base, new):
    for joined in (merge(base, base, new), merge(base, new, base), merge(base, new, new)):
        assert (joined.result, joined.clashes) == (new, [])


@given(records_, records_, records_)
def test_clashes_are_the_same_from_both_sides(base, one, other):
    there = merge(base, one, other).clashes
    back = merge(base, other, one).clashes
    turned = [Clash(each.path, each.base, each.ours, each.theirs) for each in back]
    key = lambda clash: clash.path  # noqa: E731
    assert sorted(there, key=key) == sorted(turned, key=key)


@given(records_, records_, records_)
def test_taking_theirs_is_the_other_side_keeping_ours(base, one, other):
    everywhere = [clash.path for clash in merge(base, one, other).clashes]
    taken, kept = merge(base, one, other, everywhere).result, merge(base, other, one).result
    assert by_name(taken) == by_name(kept)


def by_name(record: dict) -> dict:
    """A record without the order of its rows."""
    tables = {name: rows_by_name(name, record.get(name))[0] for name in NAMED_BY}
    lists = {name: set(record.get(name, [])) for name in UNORDERED}
    return record | tables | lists


@given(records_, records_, records_)
def test_a_cell_that_one_side_changed_is_in_the_result(base, one, other):
    joined = merge(base, one, other).result
    for name in ("title_en", "start"):
        if one.get(name) != base.get(name) and other.get(name) == base.get(name):
            assert joined.get(name) == one.get(name)
