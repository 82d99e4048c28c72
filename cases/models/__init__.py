"""The data model; docs/data-model.md has a paragraph on each class."""

from cases.models.accounts import PasswordDue, SignIn, SignInEvent
from cases.models.actors import Actor, ActorName
from cases.models.cases import Case, CaseCountry, CaseRelation
from cases.models.documents import (
    Document,
    Edition,
    Erratum,
    ErratumPlace,
    Passage,
    Quotation,
    Reference,
    Section,
)
from cases.models.imports import PendingImport
from cases.models.index import CaseFacet, IndexChange
from cases.models.old_codes import OldCode
from cases.models.revisions import Revision
from cases.models.statements import Statement, StatementActor, StatementQuotation
from cases.models.vocabulary import Country, Region, Term

__all__ = [
    "Actor",
    "ActorName",
    "Case",
    "CaseCountry",
    "CaseFacet",
    "CaseRelation",
    "Country",
    "Document",
    "Edition",
    "Erratum",
    "ErratumPlace",
    "IndexChange",
    "OldCode",
    "Passage",
    "PasswordDue",
    "PendingImport",
    "Quotation",
    "Reference",
    "Region",
    "Revision",
    "Section",
    "SignIn",
    "SignInEvent",
    "Statement",
    "StatementActor",
    "StatementQuotation",
    "Term",
]
