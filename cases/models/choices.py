"""Fixed choices: values that code branches on. What researchers add or define is a Term instead."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Language(TextChoices):
    """Languages of documents; the interface speaks the first three."""

    EN = "en", _("English")
    FA = "fa", _("Persian")
    AR = "ar", _("Arabic")
    FR = "fr", _("French")
    ES = "es", _("Spanish")
    RU = "ru", _("Russian")
    ZH = "zh", _("Chinese")


class DocumentKind(TextChoices):
    REPORT = "report", _("report")
    RESOLUTION = "resolution", _("resolution")
    PRESIDENTIAL_STATEMENT = (
        "presidential_statement",
        _("statement by the President of the Council"),
    )
    TREATY = "treaty_or_charter", _("treaty or charter")
    DECLARATION = "declaration", _("declaration or summit outcome")
    AGREEMENT = "agreement", _("agreement between parties")
    WEB_PAGE = "web_page", _("web page")
    DATASET = "dataset", _("data set")
    PUBLICATION = "publication", _("book or article")
    SPEECH = "speech", _("speech")


class PassageKind(TextChoices):
    PARAGRAPH = "paragraph", _("paragraph")
    FOOTNOTE = "footnote", _("footnote")
    HEADING = "heading", _("heading")
    ABSTRACT = "abstract", _("abstract")
    FRONT = "front", _("front matter")


class ReferenceKind(TextChoices):
    CITES = "cites", _("cites")
    QUOTES = "quotes", _("quotes")
    REQUESTED_BY = "requested_by", _("was requested by")
    ABSTRACT_OF = "abstract_of", _("is an abstract of")


class ErratumKind(TextChoices):
    OCR = "ocr", _("misread letters")
    SPACING = "spacing", _("wrong joining or order of words or digits")
    NAME = "name", _("wrong name")
    NUMBER = "number", _("wrong number or date")
    TRANSLATION = "translation", _("mistranslation")
    ATTACHMENT = "attachment", _("word or date tied to the wrong thing")
    OMISSION = "omission", _("missing words")
    MARKER = "marker", _("footnote marker or layout")


class Basis(TextChoices):
    SAME_TEXT = "same_text", _("this text")
    OTHER_TEXT = "other_text", _("another text at hand")
    OUTSIDE = "outside", _("knowledge from outside")


class Certainty(TextChoices):
    """`certain` and `probable` errata code the corrected reading, `possible` ones the print."""

    CERTAIN = "certain", _("certain")
    PROBABLE = "probable", _("probable")
    POSSIBLE = "possible", _("possible")


class Translator(TextChoices):
    PERSON = "person", _("a person")
    MACHINE = "machine", _("a machine")


class Naming(TextChoices):
    NAMED = "named", _("named")
    DESCRIBED = "described", _("described")
    COLLECTIVE = "collective", _("collective")


class NameKind(TextChoices):
    OFFICIAL = "official", _("official")
    SHORT = "short", _("short")
    ACRONYM = "acronym", _("acronym")
    AS_PRINTED = "as_printed", _("as printed")


class Coverage(TextChoices):
    SUBSTANTIAL = "substantial", _("substantial")
    NAMED_ONLY = "named_only", _("named only")


class Review(TextChoices):
    DRAFT = "draft", _("draft")
    IN_REVIEW = "in_review", _("in review")
    PUBLISHED = "published", _("published")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Coding(TextChoices):
    """How many eyes saw the coding before readers did."""

    SINGLE = "single", _("single coder")
    REVIEWED = "reviewed", _("one coder, checked by a reviewer")
    DOUBLE = "double", _("coded twice, independently")


class CountryRole(TextChoices):
    SCENE = "scene", _("scene")
    PARTY = "party", pgettext_lazy("role of a country", "party")
    AT_RISK = "at_risk", _("at risk")


# A neighbour at risk is named in a case, but the case is not there.
PLACES = (CountryRole.SCENE, CountryRole.PARTY)


class CaseRelationKind(TextChoices):
    PART_OF = "part_of", _("part of")
    FOLLOWS = "follows", _("follows")
    PRECEDES = "precedes", _("precedes")
    PARALLEL = "parallel", _("parallel to")
    CAUSED_BY = "caused_by", _("caused by")


class Scope(TextChoices):
    """`pattern` is kept and shown, but left out of counts, filters and coverage."""

    THIS_CASE = "this_case", _("this case")
    GROUP = "group", _("said of several cases together")
    PATTERN = "pattern", _("general rule")


class Support(TextChoices):
    STATES = "states", _("stated")
    IMPLIES = "implies", _("implied")
    EDITOR_INFERENCE = "editor_inference", _("editor's inference")


class Part(TextChoices):
    """What an actor has to do with what a statement says."""

    BY = "by", _("done by")
    WITH = "with", _("together with")
    ON_BEHALF_OF = "on_behalf_of", _("on behalf of")
    IN_SUPPORT_OF = "in_support_of", _("in support of")
    AT_REQUEST_OF = "at_request_of", _("at the request of")
    TOWARDS = "towards", _("towards or between")
    SUBJECT = "subject", _("concerning")


class Phase(TextChoices):
    OPENING = "opening", _("opens the case")
    CLOSING = "closing", _("closes the case")


class Horizon(TextChoices):
    DURING = "during", _("during the effort")
    AT_CLOSE = "at_close", _("at its close")
    ONE_YEAR = "one_year", _("within one year")
    FIVE_YEARS = "five_years", _("within five years")
    AS_OF_REPORT = "as_of_report", _("as of the report")


class Attribution(TextChoices):
    CREDITED = "credited", _("brought about by the effort")
    CONTRIBUTED = "contributed", _("helped by the effort")
    NOT_CLAIMED = "not_claimed", _("no cause claimed")


class Effect(TextChoices):
    HELPED = "helped", _("helped")
    HINDERED = "hindered", _("hindered")
    ABSENT = "absent", _("was lacking")


class Source(TextChoices):
    """Where a change came from."""

    SEED = "seed", _("seed files")
    ADMIN = "admin", _("admin")
    IMPORT = "import", _("import")
