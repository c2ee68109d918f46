# SPDX-License-Identifier: Apache-2.0
"""The server over a real socket: what it gives, what it refuses, and under which headers."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import json
import socket
from base64 import b64encode
from pathlib import Path

import pytest
from live_server import running

from truceline.errors import InputError, TrucelineError
from truceline.ledger.note import Verifier
from truceline.ledger.verify import verify_record
from truceline.model.record import Record
from truceline.server import app
from truceline.server.problems import problem_of
from truceline.server.run import listen, serve
from truceline.store import Store

BODIES = [{"reason": f"row {n}", "raw": "é" * n} for n in range(300)]


def serving(folder: Path, dist: Path):
    """A context in which the application answers on a port of its own."""
    return running(app(folder, dist))


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    base = tmp_path_factory.mktemp("site")
    folder, dist = base / "out", base / "dist"
    folder.mkdir()
    with Store.open(folder, keys=base / "keys", origin="truceline/test") as store:
        store.append([Record("cloud", body) for body in BODIES])
        store.publish()
    (folder / "page.json").write_text(json.dumps({"format": "x", "filler": "a" * 5000}))
    (folder / "summary.json").write_text("{}")
    (folder / "report.html").write_text(
        "<style>p{color:red}</style><p style='x'>Report</p><b style=\"fill:&quot;a&quot;\">b</b>"
    )
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text("<p>page</p>")
    (dist / "assets" / "a-1.js").write_text("1")
    (base / "secret.txt").write_text("secret")
    (folder / "link.txt").symlink_to(base / "secret.txt")
    (dist / "assets" / "link.js").symlink_to(base / "secret.txt")
    with serving(folder, dist) as port:
        yield folder, port


def ask(site, path, method="GET", host=None, headers=()):
    connection = http.client.HTTPConnection("127.0.0.1", site[1], timeout=10)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for value in (host or f"127.0.0.1:{site[1]}").split("|"):
            connection.putheader("Host", value)
        for name, value in dict(headers).items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html"),
        ("/assets/a-1.js", "text/javascript"),
        ("/api/v1/page", "application/json"),
        ("/summary.json", "application/json"),
        ("/ledger/checkpoint", "application/octet-stream"),
        ("/ledger/tile/0/000", "application/octet-stream"),
    ],
)
def test_what_it_gives(site, path, kind):
    status, headers, body = ask(site, path)
    assert status == 200
    assert headers["content-type"].startswith(kind)
    assert headers["x-content-type-options"] == "nosniff"
    assert "unsafe" not in headers["content-security-policy"]
    assert body
    status, _, nothing = ask(site, path, "HEAD")
    assert (status, nothing) == (200, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/truceline.db",
        "/page.json",
        "/link.txt",
        "/assets/link.js",
        "/assets/../index.html",
        "/assets/..%2f..%2fsecret.txt",
        "/ledger/..%2ftruceline.db",
        "/ledger/%2e%2e/truceline.db",
        "/ledger//etc/passwd",
        "/ledger/.new/x",
        "/assets/a-1.js%00.txt",
        "/docs",
        "/openapi.json",
        "/nothing",
        "/api/v1/records/300",
    ],
)
def test_what_it_has_not(site, path):
    status, headers, body = ask(site, path)
    assert status == 404
    assert headers["content-type"] == "application/problem+json"
    problem = json.loads(body)
    assert problem["status"] == 404
    assert problem["detail"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_it_only_reads(site, method):
    status, headers, _ = ask(site, "/api/v1/page", method)
    assert status == 405
    assert headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "evil.example:8765", "127.0.0.1|evil", "", "["]
)
def test_names_that_are_not_this_machine_are_refused(site, host):
    assert ask(site, "/", host=host or " ")[0] in (400, 421)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:99", "127.0.0.1", "[::1]:80"])
def test_names_of_this_machine_pass(site, host):
    assert ask(site, "/", host=host)[0] == 200


def test_the_browser_need_not_fetch_twice(site):
    _, headers, _ = ask(site, "/api/v1/page")
    status, again, body = ask(site, "/api/v1/page", headers={"If-None-Match": headers["etag"]})
    assert (status, body, again["etag"]) == (304, b"", headers["etag"])
    assert "immutable" in ask(site, "/assets/a-1.js")[1]["cache-control"]
    assert ask(site, "/")[1]["cache-control"] == "no-cache"


def test_a_changed_file_is_read_anew(site):
    path = site[0] / "events.csv"
    path.write_text("one")
    assert ask(site, "/events.csv")[2] == b"one"
    path.write_text("three")
    assert ask(site, "/events.csv")[2] == b"three"


def test_long_text_is_compressed_for_who_asks(site):
    _, headers, body = ask(site, "/api/v1/page", headers={"Accept-Encoding": "gzip"})
    assert headers["content-encoding"] == "gzip"
    assert gzip.decompress(body) == ask(site, "/api/v1/page")[2]


def test_the_report_may_use_its_own_style_and_no_script(site):
    policy = ask(site, "/report.html")[1]["content-security-policy"]
    sheet = b64encode(hashlib.sha256(b"p{color:red}").digest()).decode()
    attribute = b64encode(hashlib.sha256(b'fill:"a"').digest()).decode()
    assert f"style-src 'unsafe-hashes' 'sha256-{sheet}' 'sha256-{attribute}';" in policy
    assert "script-src" not in policy
    assert "unsafe-inline" not in policy


@pytest.mark.parametrize("index", [0, 1, 255, 256, 299])
def test_a_record_comes_with_a_proof_that_holds(site, index):
    status, _, body = ask(site, f"/api/v1/records/{index}")
    assert status == 200
    found = json.loads(body)
    salts = b"".join(bytes.fromhex(found["salts"][name]) for name in ("kind", "id", "body"))
    row = (index, found["kind"].encode(), found["id"].encode(), found["body"].encode(), salts, found["leaf"].encode())
    verifier = Verifier.parse((site[0] / "ledger" / "vkey").read_text().strip())
    path = [bytes.fromhex(node) for node in found["path"]]
    checkpoint = verify_record(row, path, found["checkpoint"], verifier)
    assert (checkpoint.size, checkpoint.root.hex()) == (found["size"], found["root"])
    assert json.loads(found["body"]) == BODIES[index]


@pytest.mark.parametrize("index", ["-1", "01", "x", "1e3", "99999999999999999"])
def test_an_index_is_a_whole_number(site, index):
    assert ask(site, f"/api/v1/records/{index}")[0] == 422


def test_tiles_that_do_not_lead_to_the_root_are_told(tmp_path):
    with Store.open(tmp_path, keys=tmp_path.parent / f"{tmp_path.name}-keys", origin="truceline/test") as store:
        store.append([Record("rejected", body) for body in BODIES[:3]])
        store.publish()
    tile = tmp_path / "ledger" / "tile" / "0" / "000.p" / "3"
    damaged = bytearray(tile.read_bytes())
    damaged[0] ^= 1
    tile.write_bytes(bytes(damaged))
    with serving(tmp_path, tmp_path / "none") as port:
        status, _, body = ask((tmp_path, port), "/api/v1/records/0")
        assert status == 409
        assert json.loads(body)["type"] == "urn:truceline:root-mismatch"
        status, _, body = ask((tmp_path, port), "/")
        assert status == 503
        assert "make web" in json.loads(body)["detail"]
        assert ask((tmp_path, port), "/api/v1/page")[0] == 404


def test_a_folder_without_a_ledger_is_told(tmp_path):
    with serving(tmp_path, tmp_path) as port:
        assert ask((tmp_path, port), "/api/v1/records/0")[0] == 422


def test_every_error_has_its_status():
    kinds, todo = set(), [TrucelineError]
    while todo:
        kind = todo.pop()
        kinds.add(kind)
        todo += kind.__subclasses__()
    for kind in kinds:
        answer = problem_of(kind("why", file="a.csv", line=3))
        assert answer.status_code == kind.http_status
        assert json.loads(answer.body)["detail"] == "a.csv:3: why"


def test_a_taken_port_gives_another():
    with listen(0) as one, listen(one.getsockname()[1]) as two:
        assert one.getsockname()[0] == two.getsockname()[0] == "127.0.0.1"
        assert one.getsockname()[1] != two.getsockname()[1]


def test_answers_do_not_wait_for_delayed_acknowledgements():
    """What asyncio accepts on it gets TCP_NODELAY, which it sets where the protocol is said only."""
    with listen(0) as listening:
        assert listening.proto == socket.IPPROTO_TCP


def test_there_must_be_a_folder(tmp_path):
    with pytest.raises(InputError, match="holds no results"):
        serve(tmp_path / "none")
