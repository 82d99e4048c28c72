"""Sentences for people that a page can say in its own language, made without Django."""


def N_(sentence: str) -> str:  # noqa: N802 - the name that catalogues gather by
    """Mark a sentence for translation; it stays English here."""
    return sentence


class Said(str):
    """An English sentence that remembers how it was made: `template` % `values`.

    Files, logs and tests read the English; a page translates the template and fills it anew.
    """

    __slots__ = ("template", "values")

    def __new__(cls, template: str, **values):
        said = super().__new__(cls, template % values if values else template)
        said.template, said.values = template, values
        return said

    def __getnewargs_ex__(self):
        return (self.template,), self.values
