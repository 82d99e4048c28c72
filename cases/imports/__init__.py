"""Files that come home: read, compared with the database, shown, and saved.

    sheets = read(content, limit=settings.IMPORT_MAX_BYTES)
    comparison = compare("statements", sheets)
    if not comparison.is_refused:
        save(comparison, who=user, why=file_name)

`reading` knows files, `cells` what a spreadsheet does to cells, `tables` which rows and columns
belong to which record, `compare` finds every difference, conflict and error.
"""

from cases.imports.compare import compare
from cases.imports.reading import Unreadable, read
from cases.imports.report import DATABASE, FILE, Clash, Comparison
from cases.imports.saving import save
from cases.imports.tables import FILES

# Everything that can be imported, by the name that its export has.
NAMES = (*FILES, "workbook")

__all__ = [
    "DATABASE",
    "FILE",
    "FILES",
    "NAMES",
    "Clash",
    "Comparison",
    "Unreadable",
    "compare",
    "read",
    "save",
]
