"""Small reports in three languages, and the two real files whole."""

from functools import cache

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ingest.parsers.conventions import printed_number
from ingest.parsers.report import parse_report
from ingest.parsers.source import Hint, SourceError, SourceText, decode, read_source

ENGLISH = """\
Preventive diplomacy: delivering results
Report of the Secretary-General
Summary
The present report examines
the work of envoys.
It looks ahead.
* Reissued for technical reasons.
I. Introduction
1. Diplomacy prevents war. ^{1}
2. It is cheap, and envoys are sent early.^{2}
1. See A/66/811.
2. Richard Gowan, Review of Political
Missions 2010.
https://example.org/review
3
II. Making a difference
A. Key actors
Regional offices
3. The office in Dakar
mediated in 2009. It has tasks:
1. to hear;
2. to talk;
3. to go.
4. It reports to the
3. For example in 2008.
Council twice a year.
B. New areas
5. The last paragraph.
"""

PERSIAN = """\
دیپلماسی پیشگیرانه

اول- مقدمه
- ۱- دیپلماسی ارزان است. ۱
- ۲- فرستادگان به موقع می رسند.

۱- نگاه کنید به گزارش.

دوم - شرایط
الف- عوامل
مجمع عمومی
۳- مجمع هر سال گرد هم می آید و
۲- در سال ۲۰۰۸.
گزارش می دهد. ۲
شورای امنیت
۴- شورا تصمیم می گیرد.
"""

ARABIC = """\
الدبلوماسية الوقائية
تقرير الأمين العام
موجز
يتناول هذا التقرير عمل المبعوثين.
أولاً - مقدمة
١ - الدبلوماسية قليلة التكلفة. ١
٢ - يصل المبعوثون في حينه.
١ - انظر التقرير.
٢
ثانيا - الظروف
ألف - الجهات الفاعلة
الجمعية العامة
٣ - تجتمع الجمعية كل عام.
باء - مجالات جديدة
٤ - هذه هي الفقرة الأخيرة.
"""


@cache
def parse(text, language="en"):
    return parse_report(text, language)


def passages(report, *kinds):
    """(ref, text) of the passages of some kinds."""
    return [(p.ref, p.text) for p in report.passages if p.kind in kinds]


def lines_of(report, ref):
    return next(p.lines for p in report.passages if p.ref == ref)


def section_of(report, ref):
    """Title of the section in which a passage stands."""
    passage = next(p for p in report.passages if p.ref == ref)
    return next(s.title for s in report.sections if s.id == passage.section)


def outline(report):
    return [(s.marker, s.title, s.level, s.parent) for s in report.sections]


def accounted(report):
    """Line numbers in passages and furniture, each as often as it stands there."""
    return sorted(
        [line for passage in report.passages for line in passage.line_numbers()]
        + [line.line for line in report.furniture]
    )


def test_it_reads_an_english_report_whole():
    report = parse(ENGLISH)
    assert report.title == "Preventive diplomacy: delivering results"
    assert outline(report) == [
        (None, "Summary", 1, None),
        ("I", "Introduction", 1, None),
        ("II", "Making a difference", 1, None),
        ("A", "Key actors", 2, "s3"),
        (None, "Regional offices", 3, "s4"),
        ("B", "New areas", 2, "s3"),
    ]
    assert passages(report, "front") == [
        ("f1", "Preventive diplomacy: delivering results"),
        ("f2", "Report of the Secretary-General"),
    ]
    assert passages(report, "abstract") == [
        ("a1", "The present report examines the work of envoys."),
        ("a2", "It looks ahead."),
    ]
    assert passages(report, "paragraph") == [
        ("p1", "Diplomacy prevents war. ^{1}"),
        ("p2", "It is cheap, and envoys are sent early.^{2}"),
        (
            "p3",
            "The office in Dakar mediated in 2009. It has tasks: 1. to hear; 2. to talk; 3. to go.",
        ),
        ("p4", "It reports to the Council twice a year."),
        ("p5", "The last paragraph."),
    ]
    assert passages(report, "footnote") == [
        ("n0", "Reissued for technical reasons."),
        ("n1", "See A/66/811."),
        (
            "n2",
            "Richard Gowan, Review of Political Missions 2010. https://example.org/review",
        ),
        ("n3", "For example in 2008."),
    ]
    assert [(line.line, line.text) for line in report.furniture] == [(15, "3")]
    assert report.warnings == ("footnote 3 has no mark in the text",)


def test_a_passage_says_on_which_lines_it_stands():
    report = parse(ENGLISH)
    assert lines_of(report, "p1") == (9, 9)
    assert lines_of(report, "a1") == (4, 5)
    assert lines_of(report, "p3") == (19, 23)
    assert lines_of(report, "p4") == (24, 24, 26, 26)
    p4 = next(p for p in report.passages if p.ref == "p4")
    assert p4.line_numbers() == [24, 26]


def test_a_passage_belongs_to_the_innermost_section_around_it():
    report = parse(ENGLISH)
    assert section_of(report, "a2") == "Summary"
    assert section_of(report, "p2") == "Introduction"
    assert section_of(report, "p4") == "Regional offices"
    assert section_of(report, "p5") == "New areas"
    assert next(p.section for p in report.passages if p.ref == "f2") is None


def test_the_marks_of_footnotes_are_found_where_they_are_printed():
    p1, p2 = [p for p in parse(ENGLISH).passages if p.ref in ("p1", "p2")]
    assert [(c.number, p1.text[c.start : c.end]) for c in p1.calls] == [(1, "1")]
    assert [(c.number, p2.text[c.start : c.end]) for c in p2.calls] == [(2, "2")]


def test_it_reads_a_persian_report_whole():
    report = parse(PERSIAN, "fa")
    assert outline(report) == [
        ("اول", "مقدمه", 1, None),
        ("دوم", "شرایط", 1, None),
        ("الف", "عوامل", 2, "s2"),
        (None, "مجمع عمومی", 3, "s3"),
        (None, "شورای امنیت", 3, "s3"),
    ]
    assert passages(report, "paragraph") == [
        ("p1", "دیپلماسی ارزان است. ۱"),
        ("p2", "فرستادگان به موقع می رسند."),
        ("p3", "مجمع هر سال گرد هم می آید و گزارش می دهد. ۲"),
        ("p4", "شورا تصمیم می گیرد."),
    ]
    assert passages(report, "footnote") == [("n1", "نگاه کنید به گزارش."), ("n2", "در سال ۲۰۰۸.")]
    assert report.warnings == ()


def test_it_reads_an_arabic_report_whole():
    report = parse(ARABIC, "ar")
    assert report.title == "الدبلوماسية الوقائية"
    assert outline(report) == [
        (None, "موجز", 1, None),
        ("أولاً", "مقدمة", 1, None),
        ("ثانيا", "الظروف", 1, None),
        ("ألف", "الجهات الفاعلة", 2, "s3"),
        (None, "الجمعية العامة", 3, "s4"),
        ("باء", "مجالات جديدة", 2, "s3"),
    ]
    assert passages(report, "paragraph", "footnote", "abstract") == [
        ("a1", "يتناول هذا التقرير عمل المبعوثين."),
        ("p1", "الدبلوماسية قليلة التكلفة. ١"),
        ("p2", "يصل المبعوثون في حينه."),
        ("n1", "انظر التقرير."),
        ("p3", "تجتمع الجمعية كل عام."),
        ("p4", "هذه هي الفقرة الأخيرة."),
    ]
    assert [line.text for line in report.furniture] == ["٢"]
    assert report.warnings == ()


@pytest.mark.parametrize("digits", ["0123456789", "۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩"])
@pytest.mark.parametrize("form", ["{}. {}", "{} - {}", "- {}- {}", "{}– {}", "{}) {}", "  {}.{}"])
def test_it_reads_numbers_of_three_scripts_in_the_forms_that_files_print(digits, form):
    numbers = [f"{n}".translate(str.maketrans("0123456789", digits)) for n in range(1, 13)]
    text = "\n".join(["Title"] + [form.format(n, "One sentence.") for n in numbers])
    report = parse_report(text, "en")
    assert [p.number for p in report.passages if p.kind == "paragraph"] == list(range(1, 13))
    assert {p.text for p in report.passages if p.kind == "paragraph"} == {"One sentence."}


def test_a_footnote_may_stand_before_the_paragraph_of_its_number():
    report = parse(
        "Title\n1. One.\n2. Two. ^{1}\n1. See one.\n3. A sentence^{2} that^{3} breaks^{4} off in\n"
        "2. See two.\n3. See three.\n4. See four.\nthe middle of a page.\n4. Four.\n5. Five."
    )
    assert passages(report, "paragraph")[2:] == [
        ("p3", "A sentence^{2} that^{3} breaks^{4} off in the middle of a page."),
        ("p4", "Four."),
        ("p5", "Five."),
    ]
    assert passages(report, "footnote")[1:] == [
        ("n2", "See two."),
        ("n3", "See three."),
        ("n4", "See four."),
    ]


def test_what_follows_a_paragraph_that_breaks_off_is_its_footnote():
    report = parse(
        "Title\n1. One,^{1} two^{2} and three.^{3}\n1. A.\n2. B.\n3. C.\nHeading\n2. Two.\n"
        "3. Three^{4} breaks off here\n4. D.\nin the middle.\n4. Four.\n5. Five."
    )
    assert passages(report, "paragraph")[2:] == [
        ("p3", "Three^{4} breaks off here in the middle."),
        ("p4", "Four."),
        ("p5", "Five."),
    ]


def test_footnotes_stay_few_when_paragraphs_go_on_after_them():
    body = "\n".join(f"{n}. Paragraph {n} ends here." for n in range(3, 30))
    report = parse(f"Title\n1. One.^{{1}}\n2. Two.^{{2}}\n1. See A.\n2. See B.\n{body}")
    assert [p.number for p in report.passages if p.kind == "footnote"] == [1, 2]
    assert [p.number for p in report.passages if p.kind == "paragraph"] == list(range(1, 30))


@pytest.mark.parametrize(
    ("lines", "paragraph", "footnote"),
    [
        # The page breaks inside the paragraph: what follows the note goes on with it.
        (["It^{1} began in", "1. A note.", "Conakry."], "It^{1} began in Conakry.", "A note."),
        (["It^{1} began", "1. A note.", "Once."], "It^{1} began Once.", "A note."),
        (["It^{1} began.", "1. A note.", "It went on."], "It^{1} began. It went on.", "A note."),
        # The note itself is broken over lines.
        (["It^{1} began.", "1. See the", "Report."], "It^{1} began.", "See the Report."),
        (
            ["It^{1} began.", "1. See two reports", "on it."],
            "It^{1} began.",
            "See two reports on it.",
        ),
        (
            ["It^{1} began.", "1. See two reports", "on it"],
            "It^{1} began.",
            "See two reports on it",
        ),
        (["It^{1} began.", "1. See", "www.a.org/b"], "It^{1} began.", "See www.a.org/b"),
        # A short line before a note is the end of a page, not a heading.
        (["It^{1} began", "In Guinea", "1. A.", "Once."], "It^{1} began In Guinea Once.", "A."),
    ],
)
def test_what_a_page_broke_is_joined_by_one_space(lines, paragraph, footnote):
    text = "\n".join(lines)
    report = parse_report(f"Title\n1. {text}\n2. The next.\n3. One more.", "en")
    assert passages(report, "paragraph")[:2] == [("p1", paragraph), ("p2", "The next.")]
    assert passages(report, "footnote") == [("n1", footnote)]
    assert report.sections == ()


@pytest.mark.parametrize(
    "line",
    [
        "12",
        "- 12 -",
        "۱۲",
        "3/24",
        "Page 3 of 24",
        "صفحه ۳ از ۲۴",
        "A/66/811",
        "S/RES/1325 (2000)",
        "11-45570 (E)",
        "UN Photo/Mark Garten",
        "Photo: Mark Garten",
        "عکس: مارک گارتن",
        "اسكندر ديبيبي/ الأمم المتحدة",
        "_______",
        "* * *",
    ],
)
def test_what_belongs_to_the_page_is_furniture(line):
    report = parse_report(f"Title\n1. It began in\n{line}\nConakry.\n2. Two.", "en")
    assert [(f.line, f.text) for f in report.furniture] == [(3, line)]
    assert passages(report, "paragraph")[0] == ("p1", "It began in Conakry.")
    assert report.passages[1].lines == (2, 2, 4, 4)


@pytest.mark.parametrize(
    "line",
    [
        "in 2009.",
        "1325 of the Council.",
        "Photo exhibitions were held in the country.",
        "S/2011/552 was issued in time",
        "A/66 and S/2011 came out",
        "E-mail campaigns began",
        "24-hour watch was kept.",
        "(a) to listen",
        "- to listen",
    ],
)
def test_words_of_a_sentence_are_neither_furniture_nor_headings(line):
    report = parse_report(f"Title\n1. It began, and\n{line}\n2. Two.", "en")
    assert report.furniture == ()
    assert report.sections == ()
    assert passages(report, "paragraph")[0] == ("p1", f"It began, and {line}")


def test_items_of_a_list_stay_in_their_paragraph():
    report = parse(
        "Title\n1. It has tasks:\n(a) to listen,\n(b) to talk;\n(c) to report\n2. Two:\n"
        "1. one\n2. two\n3. three\n4. four\n3. Three has 12. and 1.5 inside."
    )
    assert passages(report, "paragraph") == [
        ("p1", "It has tasks: (a) to listen, (b) to talk; (c) to report"),
        ("p2", "Two: 1. one 2. two 3. three 4. four"),
        ("p3", "Three has 12. and 1.5 inside."),
    ]
    assert report.sections == ()


@pytest.mark.parametrize(
    ("headings", "levels"),
    [
        (["I", "A", "B", "II", "A"], [1, 2, 2, 1, 2]),
        (["I", *"ABCDEFGHIJ", "II"], [1, *[2] * 10, 1]),
        (["I", "II", "III", "IV", "V", "A", "VI"], [1, 1, 1, 1, 1, 2, 1]),
        (["A", "B", "I"], [2, 2, 1]),
    ],
)
def test_a_marker_stands_for_the_level_at_which_it_is_due(headings, levels):
    text = "\n".join(f"{marker}. Title\n{n}. Text." for n, marker in enumerate(headings, start=1))
    report = parse_report(text, "en")
    assert [(s.marker, s.level) for s in report.sections] == list(
        zip(headings, levels, strict=True)
    )
    assert not [warning for warning in report.warnings if "section" in warning]


def test_a_marker_out_of_order_is_worth_a_warning():
    report = parse("Title\nI. One\n1. Text.\nIII. Three\n2. Text.\nA. Four\n3. Text.\nA. Five")
    assert [w for w in report.warnings if "section" in w] == [
        "line 4: section III follows where II was due",
        "line 8: section A follows where B was due",
    ]


@pytest.mark.parametrize(
    ("printed", "language"),
    [("أولا", "ar"), ("أولاً", "ar"), ("أولًا", "ar"), ("أوّلاً", "ar"), ("اول", "fa"), ("I", "en")],
)
def test_a_marker_is_known_with_or_without_vowel_marks_and_kept_as_printed(printed, language):
    report = parse_report(f"Title\n{printed} - Words\n1. Text.", language)
    assert outline(report) == [(printed, "Words", 1, None)]
    assert report.warnings == ()


def test_text_without_a_number_after_a_heading_is_kept_and_named():
    report = parse("Title\nI. One\nSome words that print no number, broken off\nhere.\n1. Text.")
    assert passages(report, "paragraph") == [
        ("u1", "Some words that print no number, broken off here."),
        ("p1", "Text."),
    ]
    assert report.warnings == ("line 3: text without a number after a heading",)


def test_several_starred_footnotes_have_names_of_their_own():
    report = parse("Title*\n* One.\n** Two.\n*** Three.\n1. Text.")
    assert [(p.ref, p.number, p.text) for p in report.passages if p.kind == "footnote"] == [
        ("n0", "*", "One."),
        ("n0-1", "**", "Two."),
        ("n0-2", "***", "Three."),
    ]


def test_it_names_missing_paragraphs_and_footnotes():
    report = parse(
        "Title\n1. One.^{1}\n2. Two.^{2} More.^{3}\n1. See A.\n3. See C, which\n"
        "3. Three.\n5. Five.\n6. Six.\n7. Seven.\n8. Eight."
    )
    assert report.warnings == (
        "paragraph 4 is missing",
        "footnote 2 is missing: its mark stands in p2",
        "footnote 3 breaks off: «… See C, which»",
    )


def test_numbers_that_count_something_are_no_footnote_marks():
    report = parse(
        "Title\n1. Under article 1 it has envoys. 1\n2. Two.^{2}\n1. A.\n2. B.\n3. Three."
    )
    p1 = next(p for p in report.passages if p.ref == "p1")
    assert [(c.number, c.start) for c in p1.calls] == [(1, p1.text.rindex("1"))]


def test_line_numbers_are_those_that_an_editor_shows():
    report = parse_report("Title\r\n\r\n\x0c1. One\u2028and more.\r2. Two.\n", "en")
    assert [(p.ref, p.text, p.lines) for p in report.passages] == [
        ("f1", "Title", (1, 1)),
        ("p1", "One\u2028and more.", (3, 3)),
        ("p2", "Two.", (4, 4)),
    ]


def test_a_page_without_numbers_is_read_line_by_line():
    report = parse_report(
        "What the Office does\nIt listens to all the parties and\nspeaks to them.\nIt reports.\n"
        "Documents\nAbout mediation.\nAbout prevention.\nContact\nWrite to us.",
        "en",
    )
    assert [(s.title, s.level) for s in report.sections] == [
        ("What the Office does", 1),
        ("Documents", 1),
        ("Contact", 1),
    ]
    assert passages(report, "paragraph", "abstract") == [
        ("p1", "It listens to all the parties and speaks to them."),
        ("p2", "It reports."),
        ("a1", "About mediation."),
        ("a2", "About prevention."),
        ("p3", "Write to us."),
    ]


def test_it_refuses_a_language_without_rules_and_a_text_without_words():
    with pytest.raises(
        SourceError, match="no rules for the language 'de': use en, fa, ar, fr, es, ru, zh"
    ):
        parse_report("1. Eins.", "de")
    with pytest.raises(SourceError, match="no text"):
        parse_report(" \n\x0c\n\u2003", "en")


def test_a_very_long_file_of_short_lines_is_read():
    report = parse_report("\n".join(["Short"] * 5000) + "\n1. One.", "en")
    assert len(report.passages) == 5001
    report = parse_report("1. One.\n" + "\n".join(["Short"] * 5000) + "\n2. Two.", "en")
    assert len(report.sections) == 5000


FRENCH = """\
La diplomatie préventive : obtenir des résultats
Résumé
Le rapport examine le travail des envoyés.
I. Introduction
1. La diplomatie prévient la guerre.¹
2. Elle ne coûte guère : l’article 2 le dit.
1 Voir A/66/811.
Page 3 sur 24
II. Conditions
A. Principaux acteurs
Bureaux régionaux
3. Le bureau de Dakar a agi en
2009.
"""

SPANISH = """\
Diplomacia preventiva
Resumen
El informe examina la labor de los enviados.
I. Introducción
1. La diplomacia previene la guerra.1 Es barata.
2. ¿Quién la ejerce? Los enviados.
1 Véase A/66/811.
II. Condiciones
A. Agentes principales
3. La oficina actuó de conformidad con el párrafo
2 de la resolución.
"""

RUSSIAN = """\
Превентивная дипломатия
Резюме
В докладе рассматривается работа посланников.
I. Введение
1. Дипломатия предотвращает войну¹.
2. Она недорога.
1 См. A/66/811.
II. Условия
А. Основные участники
Региональные отделения
3. Отделение действовало в
2009 году.
В. Новые области
4. Последний пункт.
"""

CHINESE = """\
预防性外交：取得成果
摘要
本报告审查特使的工作。
一. 导言
1. 外交防止战争。¹
2、外交费用不高，共有15个国家参加，包括3个
邻国。
1 见A/66/811。
第3页
二、条件
A. 主要行为体
区域办事处
３．办事处于2009年采取行动。
"""


@pytest.mark.parametrize(
    ("text", "language", "sections", "paragraphs", "note"),
    [
        (
            FRENCH,
            "fr",
            [(None, "Résumé", 1), ("I", "Introduction", 1), ("II", "Conditions", 1)]
            + [("A", "Principaux acteurs", 2), (None, "Bureaux régionaux", 3)],
            ["La diplomatie prévient la guerre.¹"]
            + ["Elle ne coûte guère : l’article 2 le dit."]
            + ["Le bureau de Dakar a agi en 2009."],
            "Voir A/66/811.",
        ),
        (
            SPANISH,
            "es",
            [(None, "Resumen", 1), ("I", "Introducción", 1), ("II", "Condiciones", 1)]
            + [("A", "Agentes principales", 2)],
            ["La diplomacia previene la guerra.1 Es barata."]
            + ["¿Quién la ejerce? Los enviados."]
            + ["La oficina actuó de conformidad con el párrafo 2 de la resolución."],
            "Véase A/66/811.",
        ),
        (
            RUSSIAN,
            "ru",
            [(None, "Резюме", 1), ("I", "Введение", 1), ("II", "Условия", 1)]
            + [("А", "Основные участники", 2), (None, "Региональные отделения", 3)]
            + [("В", "Новые области", 2)],
            ["Дипломатия предотвращает войну¹.", "Она недорога."]
            + ["Отделение действовало в 2009 году.", "Последний пункт."],
            "См. A/66/811.",
        ),
        (
            CHINESE,
            "zh",
            [(None, "摘要", 1), ("一", "导言", 1), ("二", "条件", 1)]
            + [("A", "主要行为体", 2), (None, "区域办事处", 3)],
            ["外交防止战争。¹", "外交费用不高，共有15个国家参加，包括3个邻国。"]
            + ["办事处于2009年采取行动。"],
            "见A/66/811。",
        ),
    ],
)
def test_it_reads_a_report_in_each_language_of_the_un(text, language, sections, paragraphs, note):
    report = parse_report(text, language)
    assert [(s.marker, s.title, s.level) for s in report.sections] == sections
    assert [p.text for p in report.passages if p.kind == "paragraph"] == paragraphs
    assert passages(report, "footnote") == [("n1", note)]
    assert [[c.number for c in p.calls] for p in report.passages if p.ref in ("p1", "p2")] == [
        [1],
        [],
    ]
    assert report.title == text.splitlines()[0]
    assert report.warnings == ()


def test_russian_headings_run_in_either_alphabet():
    for letters in ("АБВ", "ABC", "АВС"):
        text = "\n".join(f"{mark}. Тема\n{n}. Текст." for n, mark in enumerate(letters, start=1))
        report = parse_report(f"Доклад\n{text}", "ru")
        assert "".join(s.marker for s in report.sections) == letters
        assert report.warnings == ()


def test_a_footnote_without_a_sign_is_one_only_where_a_mark_calls_it():
    report = parse(
        "Title\n1. War ended.^{1} In 2008 there were\n2 Envoys of the Council.\n1 See A.\n"
        "2. Peace came.2 And\n2 See B.\nstayed."
    )
    assert passages(report, "paragraph") == [
        ("p1", "War ended.^{1} In 2008 there were 2 Envoys of the Council."),
        ("p2", "Peace came.2 And stayed."),
    ]
    assert passages(report, "footnote") == [("n1", "See A."), ("n2", "See B.")]
    assert report.warnings == ()


def test_a_line_that_only_looks_like_a_footnote_stays_and_is_named():
    report = parse("Title\n1. War ended.^{3} There were\n3 Envoys left.\n2. Two.")
    assert passages(report, "paragraph")[0] == ("p1", "War ended.^{3} There were 3 Envoys left.")
    assert passages(report, "footnote") == []
    assert "line 3 begins like footnote 3: left in the text" in report.warnings


@pytest.mark.parametrize("word", ["A/66/811/Add.1", "para.1", "No.1", "G20", "2.1", "km^2"])
def test_numbers_of_other_things_call_no_footnote(word):
    report = parse(f"Title\n1. See {word} of it.\n1 Envoy went.\n2. Two.")
    assert passages(report, "footnote") == []
    assert passages(report, "paragraph")[0] == ("p1", f"See {word} of it. 1 Envoy went.")


@pytest.mark.parametrize("sign", [".", ""])
def test_footnotes_that_begin_anew_on_each_page_have_names_of_their_own(sign):
    report = parse(
        f"Title\n1. One^{{1}} and^{{2}} more.\n1{sign} See A.\n2{sign} See B.\n"
        f"2. Two.^{{1}}\n1{sign} See C.\n3. Three^{{1}} breaks off in^{{2}}\n"
        f"1{sign} See D.\n2{sign} See E.\nGuinea.^{{1}}\n1{sign} See F.\n4. Four."
    )
    assert passages(report, "footnote") == [
        ("n1", "See A."),
        ("n2", "See B."),
        ("n1-1", "See C."),
        ("n1-2", "See D."),
        ("n2-1", "See E."),
        ("n1-3", "See F."),
    ]
    assert [p.number for p in report.passages if p.kind == "paragraph"] == [1, 2, 3, 4]
    calls = {p.ref: [c.number for c in p.calls] for p in report.passages if p.calls}
    assert calls == {"p1": [1, 2], "p2": ["1-1"], "p3": ["1-2", "2-1", "1-3"]}
    assert report.warnings == ()


def test_a_list_after_footnotes_is_no_page_of_footnotes():
    report = parse(
        "Title\n1. One.^{1}\n1. See A.\n2. It has tasks:\n1. to hear;\n2. to talk.\n3. Three."
    )
    assert passages(report, "footnote") == [("n1", "See A.")]
    assert passages(report, "paragraph")[1] == ("p2", "It has tasks: 1. to hear; 2. to talk.")


def test_what_a_file_says_of_its_lines_goes_before_any_guess():
    text = "Cover\nTitle\n1. Introduction\n1. One.¹\n2 Envoys\n1 See A.\n3. Row | Row\n2. Two."
    hints = {
        1: Hint("furniture"),
        2: Hint("title"),
        3: Hint("heading", 1),
        6: Hint("footnote", mark="1"),
        7: Hint("text"),
    }
    report = parse_report(SourceText(text, hints), "en")
    assert outline(report) == [("1", "Introduction", 1, None)]
    assert passages(report, "front", "heading", "paragraph", "footnote") == [
        ("f1", "Title"),
        ("h1", "Introduction"),
        ("p1", "One.¹ 2 Envoys 3. Row | Row"),
        ("n1", "See A."),
        ("p2", "Two."),
    ]
    assert [line.text for line in report.furniture] == ["Cover"]
    assert report.warnings == ()


def test_a_heading_as_long_as_a_text_is_text_and_named():
    report = parse_report(SourceText("1. One.\n" + "x" * 301, {2: Hint("heading", 1)}), "en")
    assert report.sections == ()
    assert "line 2: marked as a heading, but as long as a text" in report.warnings


def test_a_file_without_a_printed_title_has_the_one_it_calls_itself():
    report = parse_report(SourceText("It ended.", title="The page"), "en")
    assert report.title == "The page"
    assert report.warnings == ()


WORDS = {
    "en": ["envoys", "of the", "Council", "in 2009.", "went on,", "3", "peace", "Conakry.", "(a)"],
    "fa": ["فرستادگان", "از", "شورا", "در ۲۰۰۹.", "رفتند،", "۳", "صلح", "کوناکری.", "الف"],
    "fr": ["envoyés", "de la", "Conseil", "en 2009.", "sont allés,", "3", "paix.1", "Conakry.¹"],
    "es": ["enviados", "de la", "Consejo", "en 2009.", "fueron,", "3", "paz.1", "Conakry.²"],
    "ru": ["посланники", "и", "Совет", "в 2009.", "пошли,", "3", "мир.1", "Конакри.³"],
    "zh": ["特使", "和", "安理会", "2009年。", "前往，", "3", "和平。1", "科纳克里。²"],
    "ar": ["المبعوثون", "من", "المجلس", "في 2009.", "ذهبوا،", "٣", "السلام", "كوناكري.", "ألف"],
}
MARKERS = {
    "en": ["I", "II", "III", "A", "B", "C", "X", "Z"],
    "fa": ["اول", "دوم", "سوم", "الف", "ب", "ج", "ی"],
    "fr": ["I", "II", "A", "B"],
    "es": ["I", "II", "A", "B"],
    "ru": ["I", "II", "A", "А", "Б", "В", "В"],
    "zh": ["一", "二", "十一", "A", "B"],
    "ar": ["أولا", "ثانياً", "ثالثا", "ألف", "باء", "جيم", "ياء"],
}
DIGITS = dict.fromkeys(["fr", "es", "ru"], "0123456789") | {"zh": "０１２３４５６７８９"}
DIGITS |= {"en": "0123456789", "fa": "۰۱۲۳۴۵۶۷۸۹", "ar": "٠١٢٣٤٥٦٧٨٩"}
ODD = ["* A note.", "** Another", "***", "12", "A/66/811", "Photo: X", "Summary", "خلاصه", "وثائق"]
ODD += ["https://a.org/b", "____", "\ufeff", "\u200c", "^{1}", "1.", "2.5", "-", "\x0c1. a"]


@st.composite
def printed_texts(draw):
    """A language, and lines of all kinds in any order, as no printer would set them."""
    language = draw(st.sampled_from(sorted(WORDS)))
    script = str.maketrans("0123456789", DIGITS[language])
    sentence = st.lists(st.sampled_from(WORDS[language]), min_size=1, max_size=30).map(" ".join)
    number = st.integers(0, 12).map(lambda n: f"{n}".translate(script))
    line = st.one_of(
        st.builds(
            "{}{}{}".format,
            number,
            st.sampled_from([". ", "- ", ") ", ".", " – ", " ", "、"]),
            sentence,
        ),
        st.builds("- {}- {}".format, number, sentence),
        st.builds(
            "{}{}{}".format,
            st.sampled_from(MARKERS[language]),
            st.sampled_from([". ", "- ", " – "]),
            sentence,
        ),
        sentence,
        st.builds("{} ^{{{}}}".format, sentence, number),
        st.sampled_from(ODD),
        st.sampled_from(["", " ", "\t", "\u2003"]),
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=20),
    )
    return language, draw(st.lists(line, max_size=40))


@given(printed_texts())
@hypothesis_settings(max_examples=400)
def test_every_line_with_words_is_in_one_passage_or_in_the_furniture(printed):
    language, lines = printed
    try:
        report = parse_report("\n".join(lines), language)
    except SourceError:
        assert not any(line.strip() for line in lines)
        return
    written = [number for number, line in enumerate(lines, start=1) if line.strip()]
    assert accounted(report) == written

    refs = [passage.ref for passage in report.passages]
    assert len(refs) == len(set(refs))
    for passage in report.passages:
        printed = "".join("".join(lines[line - 1] for line in passage.line_numbers()).split())
        assert printed.endswith("".join(passage.text.split()))
        for call in passage.calls:
            assert (
                str(printed_number(passage.text[call.start : call.end]))
                == (str(call.number).partition("-")[0])
            )
            assert isinstance(call.number, int) or f"n{call.number}" in refs
    known = {section.id: section for section in report.sections}
    for section in report.sections:
        assert section.parent is None or known[section.parent].level < section.level
    assert {passage.section for passage in report.passages} <= {None, *known}


def real(name, language):
    path = settings.SEEDS_DIR / "reports" / name
    return parse(decode(read_source(path), name), language)


def persian():
    return real("s-2011-552.fa.txt", "fa")


def arabic():
    return real("secretary-general-mediation.ar.txt", "ar")


@pytest.mark.parametrize("name", ["s-2011-552.fa.txt", "secretary-general-mediation.ar.txt"])
def test_every_line_of_the_real_files_stands_somewhere(name):
    report = real(name, name.split(".")[1])
    lines = (settings.SEEDS_DIR / "reports" / name).read_text("utf-8").split("\n")
    written = [number for number, line in enumerate(lines, start=1) if line.strip()]
    assert accounted(report) == written


def test_the_persian_report_has_72_paragraphs_and_15_footnotes():
    report = persian()
    assert [p.number for p in report.passages if p.kind == "paragraph"] == list(range(1, 73))
    assert [p.number for p in report.passages if p.kind == "footnote"] == ["*", *range(1, 15), 17]
    assert [ref for ref, _ in passages(report, "front")] == ["f1", "f2", "f3", "f4"]
    assert [ref for ref, _ in passages(report, "abstract")] == ["a1", "a2", "a3"]
    assert report.furniture == ()
    assert report.title == "دیپلماسی پیشگیرانه: دستیابی به نتایج"


BROKEN = [
    (
        15,
        "کمیسیون نهادینه سازی صلح ",
        "یون در هر کشور ایجاد شده که می تواند به پ",
        "مایندگان ویژه من کمک کند.",
        (84, 84, 86, 86),
    ),
    (
        19,
        "برای مثال در پاییز ۲۰۰۸ ژ",
        "ژه در زمینه نظارت بر پیشرفت، قسمت اعظم تع",
        " جنگ منطقه ای جلوگیری شد.",
        (98, 98, 102, 102),
    ),
    (
        36,
        "کودتا و تلاش ها برای سرنگ",
        "ری بالقوه زیانبار بر حقوق بشر دارند. به ع",
        "ی تأثیری حیاتی داشته اند.",
        (154, 154, 158, 158),
    ),
    (
        49,
        "به نظر میرسد مناطق، جوامع",
        "شت که دیگران ندارند. شیوه انتخابی هرچه با",
        "هدف های روشن داشته باشند.",
        (192, 192, 196, 196),
    ),
    (
        55,
        "نهایتاً این که تلاش می کن",
        " سازمان ملل متحد، یک کمیسیون تحقیق به رهب",
        "رافتاده به کوناکری رساند.",
        (210, 210, 212, 212),
    ),
    (
        66,
        "ما باید از اصلاحاتی که در",
        "شود، و نیاز داریم به طیفی گسترده تر از ان",
        "لاف اثر بگذارد، فکر کنیم.",
        (240, 240, 244, 244),
    ),
]


@pytest.mark.parametrize(("number", "begins", "joined", "ends", "lines"), BROKEN)
def test_paragraphs_that_a_page_broke_are_whole(number, begins, joined, ends, lines):
    passage = next(p for p in persian().passages if p.ref == f"p{number}")
    assert passage.text.startswith(begins)
    assert joined in passage.text
    assert passage.text.endswith(ends)
    assert passage.lines == lines


def test_all_other_persian_paragraphs_stand_on_one_line():
    paragraphs = [p for p in persian().passages if p.kind == "paragraph"]
    broken = [p.number for p in paragraphs if p.lines[0] != p.lines[-1]]
    assert broken == [15, 19, 36, 49, 55, 66]
    assert all(p.text.endswith(".") for p in paragraphs if p.number != 72)


def test_the_persian_report_names_what_its_print_lacks():
    report = persian()
    assert report.warnings[:4] == (
        "footnote 15 is missing: its mark stands in p52",
        "footnote 16 is missing: its mark stands in p59",
        "footnote 18 is missing: its mark stands in p67",
        "footnote 3 has no mark in the text",
    )
    (last,) = report.warnings[4:]
    assert last.startswith("footnote 11 breaks off: «… ")
    assert last.endswith("دریافت کرد. به»")


def test_an_address_on_a_line_of_its_own_belongs_to_the_note_before_it():
    note = next(p for p in persian().passages if p.ref == "n9")
    assert note.text.endswith(
        " http://www.pcr.uu.se/digitalAssets/19/19228_UCDP_PRIO_ArmedConflictDataset_V4_2010.xls"
    )
    assert note.lines == (60, 60, 62, 62)


# Each with the id of the section around it; ids count the sections in order.
OUTLINE = [
    (None, "خلاصه", 1, None),
    ("اول", "مقدمه", 1, None),
    ("دوم", "شرایط متغیر", 1, None),
    ("سوم", "ایجاد تفاوت در محل های در معرض خطر مناقشه", 1, None),
    ("الف", "عوامل، ابزارها و مصوبه های اصلی", 2, "s4"),
    (None, "مجمع عمومی", 3, "s5"),
    (None, "شورای امنیت", 3, "s5"),
    (None, "کمیسیون نهادینه سازی صلح", 3, "s5"),
    (None, "میانجیگری و اعمال نفوذ شخصی دبیرکل (دفتر حسن نیت)", 3, "s5"),
    (None, "فرستادگان", 3, "s5"),
    (None, "دفاتر منطقه ای", 3, "s5"),
    (None, "هیات های سیاسی مقیم", 3, "s5"),
    (None, "عملیات حفظ صلح", 3, "s5"),
    (None, "گروه های دوستان و حمایت دیپلماتیک دیگر", 3, "s5"),
    (None, "حقیقت یابی، بررسی ها و تحقیقات", 3, "s5"),
    (None, "گروه های کشوری سازمان ملل متحد", 3, "s5"),
    ("ب", "حوزه های جدید تمرکز", 2, "s4"),
    (None, "واکنش به تغییرات غیرقانونی دولت", 3, "s17"),
    (None, "پیشگیری از خشونت مربوط به انتخابات", 3, "s17"),
    ("چهارم", "عناصر و چالش های کلیدی برای موفقیت", 1, None),
    ("الف", "هشدار زودهنگام", 2, "s20"),
    ("ب", "انعطافپذیری", 2, "s20"),
    ("ج", "مشارکت ها", 2, "s20"),
    ("د", "قابلیت تداوم", 2, "s20"),
    ("ه", "ارزیابی", 2, "s20"),
    ("پنجم", "اظهار نظرها و اندیشه ها درباره مسیر آینده", 1, None),
]


def test_the_persian_report_has_26_sections_with_their_levels():
    assert outline(persian()) == OUTLINE


def test_a_paragraph_whose_heading_the_print_lacks_stays_in_the_section_before():
    assert section_of(persian(), "p61") == "ارزیابی"
    assert section_of(persian(), "p65") == "اظهار نظرها و اندیشه ها درباره مسیر آینده"


def test_the_arabic_page_has_five_paragraphs_seven_abstracts_and_two_credits():
    report = arabic()
    assert [(p.ref, p.lines) for p in report.passages] == [
        ("p1", (2, 2)),
        ("p2", (3, 3)),
        ("p3", (4, 4)),
        ("p4", (7, 7)),
        ("p5", (8, 8)),
        ("h1", (9, 9)),
        *((f"a{n}", (line, line)) for n, line in enumerate(range(11, 24, 2), start=1)),
    ]
    assert [(line.line, line.text) for line in report.furniture] == [
        (1, "صورة الأمم المتحدة: دنكان مور"),
        (6, "اسكندر ديبيبي/ الأمم المتحدةs"),
    ]
    assert outline(report) == [(None, "وثائق", 1, None)]
    assert section_of(report, "a7") == "وثائق"
    assert report.warnings == ("no title found",)
