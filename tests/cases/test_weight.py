"""What a page of the seeded database weighs as it is sent, with its styles and scripts."""

import re

import brotli
import pytest

pytestmark = pytest.mark.django_db

PAGES = (
    *("/", "/cases/", "/cases/guinea-2009/", "/documents/", "/documents/S-2011-552/fa/"),
    *("/findings/", "/explore/", "/similar/", "/similar/?case=guinea-2009", "/tools/", "/actors/"),
    *("/tools/mediation/", "/actors/un/", "/countries/", "/codebook/", "/codebook/terms/tool/"),
    "/compare/?case=guinea-2009&case=kenya-2008&case=kyrgyzstan-2010&case=sudan-2011",
    *("/method/", "/about-the-data/", "/releases/"),
)


def sent(client, address) -> bytes:
    """What a browser of today is sent."""
    response = client.get(address, headers={"accept-encoding": "gzip, deflate, br, zstd"})
    assert response.status_code == 200, address
    return response.getvalue()


@pytest.mark.parametrize("prefix", ["", "/fa", "/ar"])
def test_no_page_weighs_more_than_100_kb_with_its_styles_and_scripts(seeded, client, prefix):
    files = {}
    for address in PAGES:
        page = sent(client, prefix + address)
        text = brotli.decompress(page).decode()
        own = re.findall(r'<(?:link rel="stylesheet" href|script[^>]* src)="([^"]+)"', text)
        assert own
        files |= {each: len(sent(client, each)) for each in set(own) - set(files)}
        weights = {address: len(page)} | {each: files[each] for each in own}
        assert sum(weights.values()) <= 100_000, weights
