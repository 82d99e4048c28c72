"""TXT, DOCX and HTML as lines: what a reader sees, in its place, and what has no place, named."""

import io
import zipfile

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from ingest.parsers import archive
from ingest.parsers.report import parse_report
from ingest.parsers.source import MAX_LINES, SourceError
from ingest.parsers.word_numbering import printed
from ingest.readers import read_file

W = nsdecls("w")
DOCUMENT, FOOTNOTES = "word/document.xml", "word/footnotes.xml"
RELATIONS, NUMBERING = "word/_rels/document.xml.rels", "word/numbering.xml"
NOTES_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"


def saved(document) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def repacked(content: bytes, changed: dict[str, bytes | None]) -> bytes:
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(result, "w") as new:
        parts = {name: old.read(name) for name in old.namelist()} | changed
        for name, part in parts.items():
            if part is not None:
                new.writestr(name, part, zipfile.ZIP_DEFLATED)
    return result.getvalue()


def part(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return file.read(name)


def body(*paragraphs: str) -> bytes:
    """A Word file whose body holds these paragraphs and tables, given as XML."""
    document = docx.Document()
    for xml in paragraphs:
        document.element.body.insert_element_before(
            parse_xml(xml.replace(">", f" {W}>", 1).replace("/ xmlns", " xmlns")), "w:sectPr"
        )
    return saved(document)


def p(inside: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{inside}</w:p>"


def r(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def called(key: int, more: str = "", after: str = "") -> str:
    return f'<w:r><w:footnoteReference w:id="{key}" {more}/>{after}</w:r>'


def with_notes(content: bytes, **notes: str) -> bytes:
    """Footnotes by their ids, `n2="See …"`, besides those that Word keeps for its lines."""
    made = "".join(
        f'<w:footnote w:id="{key[1:]}">{p("<w:r><w:footnoteRef/></w:r>" + r(text))}</w:footnote>'
        for key, text in notes.items()
    )
    line = f'<w:footnote w:type="separator" w:id="0">{p("<w:r><w:separator/></w:r>")}</w:footnote>'
    relation = (
        f'<Relationship Id="rIdN" Type="{NOTES_TYPE}" Target="footnotes.xml"/></Relationships>'
    )
    relations = part(content, RELATIONS).replace(b"</Relationships>", relation.encode())
    xml = f"<w:footnotes {W}>{line}{made}</w:footnotes>".encode()
    return repacked(content, {FOOTNOTES: xml, RELATIONS: relations})


def lines(content, name="report.docx"):
    content = content.encode() if isinstance(content, str) else content
    return read_file(content, name).text.split("\n")


def hints(content, name="report.docx"):
    """(text, kind, level or mark) of the lines of which the file says what they are."""
    content = content.encode() if isinstance(content, str) else content
    source = read_file(content, name)
    text = source.text.split("\n")
    return [(text[n - 1], h.kind, h.level or h.mark) for n, h in sorted(source.hints.items())]


def refusal(content, name="report.docx") -> str:
    with pytest.raises(SourceError) as refused:
        read_file(content.encode() if isinstance(content, str) else content, name)
    assert str(refused.value).startswith(f"{name}: ")
    return str(refused.value)


# Word


def test_styles_tell_titles_and_headings_apart_from_text():
    document = docx.Document()
    document.add_heading("Preventive diplomacy", 0)
    document.add_heading("I. Introduction", 2)
    document.add_paragraph("1. Text.")
    document.add_heading("Regional offices", 4)
    assert hints(saved(document)) == [
        ("Preventive diplomacy", "title", ""),
        ("I. Introduction", "heading", 1),
        ("Regional offices", "heading", 2),
    ]
    report = parse_report(read_file(saved(document), "a.docx"), "en")
    assert [(s.marker, s.title, s.level) for s in report.sections] == [
        ("I", "Introduction", 1),
        (None, "Regional offices", 2),
    ]


def test_one_heading_above_all_others_is_the_title():
    document = docx.Document()
    for text, level in [("Preventive diplomacy", 1), ("Introduction", 2), ("Conclusion", 2)]:
        document.add_heading(text, level)
    assert [hint[1] for hint in hints(saved(document))] == ["title", "heading", "heading"]


def numbered(*levels: tuple[str, str]) -> bytes:
    """A Word file with a list of these levels: (format, pattern) each."""
    made = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{pattern}"/></w:lvl>'
        for n, (form, pattern) in enumerate(levels)
    )
    abstract = f'<w:abstractNum w:abstractNumId="7">{made}</w:abstractNum>'
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="9"/></w:lvlOverride>'
    xml = f'<w:numbering {W}>{abstract}<w:num w:numId="5"><w:abstractNumId w:val="7"/></w:num>'
    xml += f'<w:num w:numId="6"><w:abstractNumId w:val="7"/>{override}</w:num></w:numbering>'
    return xml.encode()


def item(text: str, depth: int = 0, key: int = 5) -> str:
    number = f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{key}"/></w:numPr>'
    return p(r(text), number)


def test_numbers_of_lists_are_those_that_word_would_print():
    content = body(
        *[item("One"), item("a", 1), item("b", 1), item("Two"), item("a again", 1)],
        *[p(r("Between")), item("Three"), item("Nine", 0, 6), item("Ten", 0, 6)],
    )
    levels = numbered(("decimal", "%1."), ("lowerLetter", "(%2)"))
    assert lines(repacked(content, {NUMBERING: levels})) == [
        *["1. One", "(a) a", "(b) b", "2. Two", "(a) a again"],
        *["Between", "3. Three", "9. Nine", "10. Ten"],
    ]


@pytest.mark.parametrize(
    ("level", "label"),
    [
        (("decimal", "%1."), "1. "),
        (("decimal", "(%1)"), "(1) "),
        (("decimalZero", "%1"), "01 "),
        (("upperRoman", "%1."), "I. "),
        (("bullet", "\uf0b7"), "• "),
        (("none", ""), ""),
    ],
)
def test_numbers_are_printed_in_their_format(level, label):
    content = repacked(body(item("Text")), {NUMBERING: numbered(level)})
    assert lines(content) == [f"{label}Text"]


def test_numbers_of_a_kind_that_is_not_read_are_left_out_and_named():
    content = repacked(body(item("Text")), {NUMBERING: numbered(("chicago", "%1."))})
    assert lines(content) == ["Text"]
    assert read_file(content, "a.docx").warnings == (
        "paragraphs of lists whose numbers are of a kind that is not read: 1",
    )


def test_numbers_that_a_style_gives_are_printed():
    document = docx.Document()
    for text in ("First.", "Second."):
        document.add_paragraph(text, style="List Number")
    document.add_paragraph("A point", style="List Bullet")
    assert lines(saved(document)) == ["1. First.", "2. Second.", "• A point"]


@pytest.mark.parametrize(
    ("number", "form", "text"),
    [
        (4, "lowerRoman", "iv"),
        (1999, "upperRoman", "MCMXCIX"),
        (26, "lowerLetter", "z"),
        (28, "upperLetter", "BB"),
        (7, "decimal", "7"),
        (7, "hebrew1", None),
    ],
)
def test_a_number_is_printed_as_word_would(number, form, text):
    assert printed(number, form) == text


def test_footnotes_stand_after_their_paragraph_with_their_marks_in_the_text():
    content = body(
        p(r("1. The envoy") + called(3) + r(" went.") + called(2)), p(r("2. It ended.") + called(3))
    )
    content = with_notes(content, n2="See two.", n3="See three.", n4="Nobody calls.")
    assert lines(content) == [
        *["1. The envoy¹ went.²", "1 See three.", "2 See two.", "2. It ended.¹"],
        "3 Nobody calls.",
    ]
    report = parse_report(read_file(content, "a.docx"), "en")
    assert [(p.ref, p.text) for p in report.passages] == [
        ("p1", "The envoy¹ went.²"),
        ("n1", "See three."),
        ("n2", "See two."),
        ("p2", "It ended.¹"),
        ("n3", "Nobody calls."),
    ]
    assert [[call.number for call in p.calls] for p in report.passages] == [[1, 2], [], [], [1], []]
    assert "nothing in the text calls the footnote placed last as 3" in report.warnings
    assert "footnote 3 has no mark in the text" in report.warnings


def test_a_heading_may_call_a_footnote():
    outline = '<w:outlineLvl w:val="0"/>'
    content = body(
        *[p(r("A title")), p(r("I. Introduction") + called(2), outline), p(r("1. One."))]
    )
    report = parse_report(read_file(with_notes(content, n2="See A."), "a.docx"), "en")
    heading = next(p for p in report.passages if p.kind == "heading")
    assert (heading.text, [call.number for call in heading.calls]) == ("Introduction¹", [1])
    assert report.warnings == ()


def test_a_mark_that_was_typed_stays_and_does_not_count():
    star = called(2, 'w:customMarkFollows="1"', "<w:t>*</w:t>")
    content = with_notes(body(p(r("Title") + star), p(r("1. One.") + called(3))), n2="A", n3="B")
    assert hints(content) == [("* A", "footnote", "*"), ("1 B", "footnote", "1")]
    assert lines(content)[0] == "Title*"


def test_a_footnote_that_the_file_does_not_hold_is_named():
    source = read_file(body(p(r("1. One.") + called(8))), "a.docx")
    assert source.text == "1. One."
    assert source.warnings == ("a footnote is called that the file does not hold",)


def test_numbers_that_begin_anew_on_each_page_are_named():
    content = with_notes(body(p(r("1. One.") + called(2))), n2="A")
    settings = part(content, "word/settings.xml").replace(
        b"</w:settings>",
        b'<w:footnotePr><w:numRestart w:val="eachPage"/></w:footnotePr></w:settings>',
    )
    source = read_file(repacked(content, {"word/settings.xml": settings}), "a.docx")
    assert "footnotes begin anew on each page or section in Word; here they run on" in (
        source.warnings
    )


def test_raised_digits_are_marks_and_raised_letters_are_not():
    up = '<w:vertAlign w:val="superscript"/>'
    content = body(p(r("It ended.") + r("1", up) + r("2", up) + r(" On the 5") + r("th", up)))
    assert lines(content) == ["It ended.¹² On the 5th"]


def test_rows_of_a_table_are_lines_and_neither_paragraphs_nor_headings():
    document = docx.Document()
    document.add_paragraph("1. The envoys:")
    table = document.add_table(2, 2)
    for cell, text in zip(table._cells, ["1. Name", "Place", "Saïd", "Conakry"], strict=True):
        cell.text = text
    document.add_paragraph("2. It ended.")
    source = read_file(saved(document), "a.docx")
    assert source.text.split("\n")[1:3] == ["1. Name | Place", "Saïd | Conakry"]
    assert source.warnings == ("rows of tables read as lines: 2",)
    report = parse_report(source, "en")
    assert [p.text for p in report.passages] == [
        "The envoys: 1. Name | Place Saïd | Conakry",
        "It ended.",
    ]


def test_only_styles_that_a_level_names_are_headings():
    document = docx.Document()
    document.add_paragraph("A report", "Title")
    document.add_paragraph("One.", "Heading 1")
    for name in ("heading ²", "heading ٣", "heading 0", f"heading {'x' * 50}"):
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        document.add_paragraph("Two.", style)
    assert hints(saved(document))[1:] == [("One.", "heading", 1)]


def test_a_table_of_one_column_only_lays_out_the_page():
    document = docx.Document()
    table = document.add_table(2, 1)
    table.cell(0, 0).text = "1. One."
    table.cell(1, 0).text = "2. Two."
    assert lines(saved(document)) == ["1. One.", "2. Two."]
    assert hints(saved(document)) == []


def test_headers_and_footers_are_furniture_each_once():
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "S/2011/552"
    document.sections[0].footer.paragraphs[0].text = "11-45570"
    document.add_paragraph("1. Text.")
    assert hints(saved(document)) == [
        ("S/2011/552", "furniture", ""),
        ("11-45570", "furniture", ""),
    ]


def test_links_fields_and_accepted_changes_are_read_as_printed():
    content = body(
        p(
            f"<w:hyperlink>{r('a link')}</w:hyperlink><w:r><w:tab/></w:r>"
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
            "<w:r><w:instrText>PAGE</w:instrText></w:r>"
            f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{r("12")}'
            f'<w:r><w:fldChar w:fldCharType="end"/></w:r><w:ins>{r(" added")}</w:ins>'
            "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
            "<w:r><w:br/><w:t>next</w:t><w:noBreakHyphen/><w:t>one</w:t></w:r>"
        )
    )
    source = read_file(content, "a.docx")
    assert source.text == "a link 12 added next-one"
    assert source.warnings == (
        "stretches left out whose deletion is tracked: 1",
        "stretches read as text whose insertion is tracked: 1",
    )


def test_what_has_no_place_in_lines_is_counted_and_named():
    document = docx.Document()
    document.add_paragraph("1. Text.")
    box = (
        f"<w:p {W}><w:r><w:pict><w:txbxContent><w:p><w:r><w:t>In a box</w:t></w:r></w:p>"
        "</w:txbxContent></w:pict></w:r><w:r><w:pict/></w:r>"
        '<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r><w:r><w:sym w:char="F0E0"/></w:r>'
        "<w:r><w:t>After.</w:t></w:r></w:p>"
    )
    document.element.body.insert_element_before(parse_xml(box), "w:sectPr")
    source = read_file(saved(document), "a.docx")
    assert source.text == "1. Text.\n\ufffdAfter.\nIn a box"
    assert source.warnings == (
        "pictures or drawings left out: 1",
        "stretches of hidden text left out: 1",
        "symbols of special fonts that could not be read, � in the text: 1",
        "text boxes placed after the paragraph that holds them: 1",
    )


def test_persian_and_arabic_word_files_are_read():
    document = docx.Document()
    for text in ("دیپلماسی", "۱- ارزان است.", "۲- می‌رود."):
        document.add_paragraph(text)
    report = parse_report(read_file(saved(document), "a.docx"), "fa")
    assert [p.text for p in report.passages] == ["دیپلماسی", "ارزان است.", "می‌رود."]


def test_a_file_saved_as_strict_open_xml_is_read():
    content = body(p(r("1. Text.")))
    strict = part(content, DOCUMENT).replace(
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    assert lines(repacked(content, {DOCUMENT: strict})) == ["1. Text."]


# Refusals


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"%PDF-1.7 \x00", "a.docx", "this is a PDF; copy its text"),
        (b"%PDF-1.7", "a.txt", "this is a PDF; copy its text"),
        (b"{\\rtf1 text}", "a.docx", "this is RTF"),
        (b"{\\rtf1 text}", "a.txt", "this is RTF"),
        (b"\x89PNG\r\n", "a.html", "this is a picture"),
        (b"\x1f\x8b\x08", "a.txt", "this is a packed file"),
        (OLE + b"Word.Document.8", "a.docx", "old Office program"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "a.docx", "protected by a password"),
        (b"plain text", "a.docx", "no DOCX file, whatever its name"),
        (b"<!DOCTYPE html><p>x", "a.txt", "this is HTML"),
        (b"plain text", "a.html", "no HTML in this file"),
        (b"text", "a.odt", "files named .txt, .docx, .html, .htm are read"),
        (b"text", "docx", "files named"),
        (b"", "a.docx", "the file is empty"),
        (b"PK\x03\x04word/", "a.docx", "damaged"),
    ],
)
def test_a_file_is_refused_for_what_it_is_whatever_its_name(content, name, said):
    assert said in refusal(content, name)


def test_another_office_file_or_a_word_file_under_another_name_is_told():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("xl/workbook.xml", "<workbook/>")
    assert "a file of another program" in refusal(file.getvalue())
    word = body(p(r("Text")))
    assert "give it a name that ends in .docx" in refusal(word, "a.txt")


def test_a_word_file_without_words_is_refused():
    assert "holds no text" in refusal(saved(docx.Document()))
    assert "damaged" in refusal(repacked(body(p(r("Text"))), {DOCUMENT: None}))
    assert "damaged" in refusal(repacked(body(p(r("Text"))), {DOCUMENT: b"<w:document"}))


@pytest.mark.parametrize(
    "doctype",
    [
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;">]>',
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("name", [DOCUMENT, "word/styles.xml", RELATIONS, "_rels/.rels"])
def test_entities_are_refused_before_anything_follows_them(doctype, encoding, name):
    content = body(p(r("Text")))
    xml = part(content, name).decode()
    xml = xml[xml.index("?>") + 2 :] if xml.startswith("<?xml") else xml
    xml = f'<?xml version="1.0" encoding="{encoding}"?>{doctype.decode()}{xml}'
    spoiled = repacked(content, {name: xml.encode(encoding)})
    assert f"declares a document type in {name}" in refusal(spoiled)


def test_zip_bombs_are_refused_before_they_are_unpacked(monkeypatch):
    content = body(p(r("Text")))
    unpack = zipfile.ZipFile.read

    def not_this(self, name, *arguments):
        assert not str(name).startswith("bomb")
        return unpack(self, name, *arguments)

    dense = repacked(content, {"bomb.xml": b" " * (archive.SMALL * 10)})
    many = repacked(content, {f"bomb{n}.xml": b"" for n in range(archive.MAX_MEMBERS + 1)})
    monkeypatch.setattr(zipfile.ZipFile, "read", not_this)
    assert "unpack to far more" in refusal(dense)
    assert "unpack to far more" in refusal(many)
    monkeypatch.setattr(archive, "MAX_UNPACKED", 1000)
    assert "unpack to far more" in refusal(content)


def test_a_member_that_says_it_is_small_and_is_not_is_refused():
    content = bytearray(body(p(r("Text" * 5000))))
    size = len(part(bytes(content), DOCUMENT)).to_bytes(4, "little")
    assert content.count(size) >= 2  # before the member, and in the list of members
    assert "damaged" in refusal(bytes(content).replace(size, (100).to_bytes(4, "little")))


def test_members_with_a_password_are_refused():
    content = bytearray(body(p(r("Text"))))
    place = content.index(b"PK\x01\x02")
    content[place + 8] |= 1
    assert "protected by a password" in refusal(bytes(content))


def test_a_file_of_too_many_lines_is_refused():
    assert "no report is that long" in refusal("a\n" * (MAX_LINES + 2), "a.txt")


# HTML


PAGE = """<!DOCTYPE html><html><head><title>The page – UN</title><style>p{color:red}</style></head>
<body><nav><ul><li>Home<li>About</ul></nav><main><h1>Preventive
 diplomacy</h1><h2>I. Introduction</h2><p>1.&nbsp;It is <b>cheap</b>.<sup><a href="#fn1">1</a></sup>
It works <a href="#fn2">[2]</a></p><script>alert(1)</script><p hidden>not shown</p>
<table><tr><th>Name<th>Place<tr><td><p>Saïd</p><p>Djinnit</p><td></tr></table>
<h3>Envoys</h3><p>2. They travel.<br>A lot.<img src="x.png"></p>
<ol class="notes"><li id="fn1">See <i>A/66/811</i>. <a href="#back">↩</a></li>
<li id="fn2"><p><a href="#r2">[2]</a> See S/2011/552.</p><p>And more.</p></li></ol>
</main><footer>Copyright</footer></body></html>"""


def test_blocks_of_a_page_are_lines_and_its_menus_furniture():
    assert lines(PAGE, "a.html") == [
        *["Home", "About", "Preventive diplomacy", "I. Introduction"],
        *["1. It is cheap.¹ It works ²", "Name | Place", "Saïd Djinnit |", "Envoys"],
        *["2. They travel.", "A lot.", "1 See A/66/811.", "2 See S/2011/552. And more."],
        "Copyright",
    ]


def test_a_page_says_what_its_lines_are():
    assert hints(PAGE, "a.html") == [
        ("Home", "furniture", ""),
        ("About", "furniture", ""),
        ("Preventive diplomacy", "title", ""),
        ("I. Introduction", "heading", 1),
        ("Name | Place", "text", ""),
        ("Saïd Djinnit |", "text", ""),
        ("Envoys", "heading", 2),
        ("1 See A/66/811.", "footnote", "1"),
        ("2 See S/2011/552. And more.", "footnote", "2"),
        ("Copyright", "furniture", ""),
    ]


def test_what_a_page_shows_and_lines_cannot_is_counted_and_named():
    source = read_file(PAGE.encode(), "a.html")
    assert source.title == "The page – UN"
    assert source.warnings == (
        "scripts, styles and hidden parts left out: 2",
        "pictures and other objects left out: 1",
        "lines of menus, forms and page feet left out of the text: 3",
        "rows of tables read as lines: 2",
    )


def test_a_page_is_read_as_a_report():
    report = parse_report(read_file(PAGE.encode(), "a.html"), "en")
    assert report.title == "Preventive diplomacy"
    assert [(p.ref, p.text) for p in report.passages if p.kind in ("paragraph", "footnote")] == [
        ("p1", "It is cheap.¹ It works ² Name | Place Saïd Djinnit |"),
        ("p2", "They travel. A lot."),
        ("n1", "See A/66/811."),
        ("n2", "See S/2011/552. And more."),
    ]
    p1 = next(p for p in report.passages if p.ref == "p1")
    assert [call.number for call in p1.calls] == [1, 2]
    assert [line.text for line in report.furniture] == ["Home", "About", "Copyright"]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<ol><li>One<li>Two</ol>", ["1. One", "2. Two"]),
        ("<ol start=5><li>One<li value=9>Two<li>Three</ol>", ["5. One", "9. Two", "10. Three"]),
        ("<ol reversed><li>One<li>Two</ol>", ["2. One", "1. Two"]),
        (
            "<ol type=a><li>One<ol type=I><li>Two</ol><li>Three</ol>",
            ["a. One", "I. Two", "b. Three"],
        ),
        ("<ol start=-1 type=i><li>One<li>Two</ol>", ["-1. One", "0. Two"]),
        ("<ol start=x><li><p>One</p><p>and more</p></ol>", ["1. One", "and more"]),
        ("<ul><li>One</ul>", ["• One"]),
    ],
)
def test_items_of_lists_bear_the_numbers_that_a_browser_prints(html, text):
    assert lines(html, "a.html") == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>km<sup>2</sup> on the 5<sup>th</sup></p>", ["km² on the 5th"]),
        ("<pre>1. One\ntwo\n\n2. Two</pre>", ["1. One", "two", "2. Two"]),
        ("<div>One<div>Two</div>three</div>", ["One", "Two", "three"]),
        ("<p>a<!-- no -->b<?php no ?>c", ["abc"]),
        ("<table><tr><td><h2>Head</h2><p>Text</p></table>", ["Head", "Text"]),
        ("<table><tr><td>a<td><tr><td><td>b</table>", ["a |", "| b"]),
        ("<p style='display: none'>no</p><p>yes</p>", ["yes"]),
        ("<p>\u200cمی\u200cرود</p>", ["\u200cمی\u200cرود"]),
    ],
)
def test_a_page_is_read_as_it_is_seen(html, text):
    assert lines(html, "a.htm") == text


def test_the_head_of_a_page_is_furniture_unless_it_holds_the_title():
    html = "<header><p>Search</p></header><header><h1>Title</h1></header><p>1. One.</p>"
    assert hints(html, "a.html") == [("Search", "furniture", ""), ("Title", "title", "")]


ARABIC = "<p>دبلوماسية</p>"


@pytest.mark.parametrize(
    "content",
    [
        ARABIC.encode(),
        ARABIC.encode("utf-8-sig"),
        b"<meta charset=windows-1252>".join([b"\xef\xbb\xbf", ARABIC.encode()]),
        ARABIC.encode("utf-16"),
        b'<meta charset="windows-1256">' + ARABIC.encode("cp1256"),
        b"<META content='text/html; charset=ISO-8859-6'>" + ARABIC.encode("iso8859-6"),
        b"<meta charset=utf-16>" + ARABIC.encode(),
    ],
)
def test_a_page_is_read_in_the_encoding_that_it_names(content):
    assert lines(content, "a.html") == ["دبلوماسية"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (ARABIC.encode("cp1256"), "not UTF-8, as it should be: byte 0xcf at position 3"),
        (b"<meta charset=utf-8><p>\xe9", "not UTF-8, as it should be"),
        (b"<meta charset=klingon><p>x", "'klingon', which is not known"),
        (b"<meta charset=unicode_escape><p>x", "which is not known"),
        (b"<meta charset=idna><p>x", "which is not known"),
        (b"<p>x\x00", "binary file"),
        (b"<p>&#1;x", "control character U+0001"),
        (b"<html></html>", "holds no text"),
        (b"<img src=x><script>x</script>", "holds no text"),
        (b"<div>" * 400 + b"x", "nested too deeply"),
    ],
)
def test_a_page_that_cannot_be_read_whole_is_refused(content, said):
    assert said in refusal(content, "a.html")


# Plain text


def test_plain_text_is_read_as_it_stands():
    source = read_file("\ufeffTitle\r\n  1. One.\n".encode(), "a.txt")
    assert (source.text, source.hints, source.warnings) == ("Title\r\n  1. One.\n", {}, ())
