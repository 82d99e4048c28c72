"""What the headers and the body of every answer must be like, whoever asks and whatever comes."""

import re
from collections.abc import Mapping

import lxml.html

ALWAYS = {
    "Content-Security-Policy": re.compile(r"default-src 'self'"),
    "Cross-Origin-Opener-Policy": re.compile(r"same-origin"),
    "Cross-Origin-Resource-Policy": re.compile(r"(same|cross)-origin"),
    "Permissions-Policy": re.compile(r"accelerometer=\(\), .*camera=\(\).*"),
    "Referrer-Policy": re.compile(r"same-origin"),
    "X-Content-Type-Options": re.compile(r"nosniff"),
    "X-Frame-Options": re.compile(r"DENY"),
}
UNSAFE = re.compile(r"unsafe-|nonce-|data:|\*")
DESK = re.compile(r"/(?:(?:fa|ar)/)?admin(?:/|$)")
# Scripts that no browser runs.
DATA = ("application/ld+json", "application/json")


def faults_of_headers(headers: Mapping[str, str], path: str) -> list[str]:
    """What is missing or wrong among the headers of an answer at this address."""
    faults = [
        f"{name}: {headers.get(name)}"
        for name, wanted in ALWAYS.items()
        if not wanted.search(headers.get(name) or "")
    ]
    if UNSAFE.search(headers.get("Content-Security-Policy") or ""):
        faults.append(f"Content-Security-Policy: {headers['Content-Security-Policy']}")
    if DESK.match(path) and headers.get("Cache-Control") != "private, no-store":
        faults.append(f"Cache-Control: {headers.get('Cache-Control')}")
    return faults


def faults_of_page(page: bytes) -> list[str]:
    """What in a page the policy would not let a browser run or draw by."""
    if not page.strip():
        return []
    faults = []
    for element in lxml.html.document_fromstring(page).iter("*"):
        if element.tag == "style":
            faults.append("a style element")
        is_inline = element.tag == "script" and "src" not in element.attrib
        if is_inline and element.get("type") not in DATA:
            faults.append("a script in the page")
        for name, value in element.attrib.items():
            # What somebody typed stands in a field again; no browser follows it there.
            is_typed = (element.tag, name) == ("input", "value")
            leads = not is_typed and value.strip().lower().startswith("javascript:")
            if name == "style" or name.startswith("on") or leads:
                faults.append(f"{element.tag} {name}={value}")
    return faults
