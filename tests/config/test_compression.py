"""What is sent is small: Brotli where the browser takes it, gzip elsewhere, ranges untouched."""

import gzip

import brotli
import pytest

from tests.factories import make_case

pytestmark = pytest.mark.django_db


def sent(client, address, accepted="gzip, deflate, br, zstd", **more):
    response = client.get(address, headers={"accept-encoding": accepted} | more)
    body = b"".join(response) if response.streaming else response.content
    return response, body


@pytest.mark.parametrize("accepted", ["br", "gzip, deflate, br, zstd", "br;q=0.5", "gzip,br ; q=1"])
def test_a_page_is_brotli_where_it_is_taken(client, accepted):
    plain = client.get("/method/").content
    response, body = sent(client, "/method/", accepted)
    assert response["Content-Encoding"] == "br"
    assert response["Content-Length"] == str(len(body))
    assert "Accept-Encoding" in response["Vary"]
    assert brotli.decompress(body) == plain
    assert len(body) < len(plain) / 2


@pytest.mark.parametrize("accepted", ["gzip", "gzip, br;q=0", "br; q=0.00, gzip", "bread, gzip"])
def test_it_is_gzip_elsewhere(client, accepted):
    response, body = sent(client, "/method/", accepted)
    assert response["Content-Encoding"] == "gzip"
    assert gzip.decompress(body) == client.get("/method/").content


def test_it_is_plain_for_who_takes_neither(client):
    response, _body = sent(client, "/method/", "identity")
    assert not response.has_header("Content-Encoding")


def test_files_and_styles_are_streamed_as_gzip(client):
    make_case("guinea-2009")
    for address in ("/cases.csv", "/static/cases/site.css"):
        plain = sent(client, address, "identity")[1]
        response, body = sent(client, address)
        assert response.streaming
        assert gzip.decompress(body) == plain


def test_a_range_of_a_file_is_counted_in_the_bytes_of_the_file(client):
    response, body = sent(client, "/static/cases/site.css", range="bytes=0-99")
    assert response.status_code == 206
    assert not response.has_header("Content-Encoding")
    assert len(body) == 100
