# SPDX-License-Identifier: Apache-2.0
"""Notes, keys and checkpoints: strict reading, and agreement with notes that other programs wrote (L-12)."""

from __future__ import annotations

import base64
import json

import pytest

from truceline.errors import BadSignature, InputError, LimitExceeded, Malformed, UnknownKey
from truceline.ledger.checkpoint import Checkpoint, open_checkpoint
from truceline.ledger.merkle import EMPTY_ROOT
from truceline.ledger.note import Signer, Verifier, open_note, strict_base64

SIGNER = Signer("example.org/log", bytes(32))
OTHER = Signer("example.org/other", b"\x01" * 32)
NOTE = Checkpoint("example.org/log", 3, bytes(range(32))).sign(SIGNER)


@pytest.fixture(scope="module")
def foreign(repository):
    return json.loads((repository / "tests/vectors/ledger/notes.json").read_text())


def test_notes_of_others_open(foreign):
    verifier = Verifier.parse(foreign["vkey"])
    assert verifier.vkey == foreign["vkey"]
    text, signed = open_note(foreign["note"], [verifier])
    assert text == foreign["text"]
    assert signed == (verifier,)


def test_our_notes_are_theirs_to_the_byte(foreign):
    signer = Signer.parse(foreign["skey"])
    assert signer.text == foreign["skey"]
    assert signer.verifier.vkey == foreign["vkey"]
    assert signer.sign(foreign["text"]) == foreign["note"]
    assert "AYEK" not in repr(signer)


def test_a_text_may_hold_blank_lines():
    text = "one\n\ntwo\n"
    assert open_note(SIGNER.sign(text), [SIGNER.verifier])[0] == text


def test_unknown_signatures_are_passed_over_but_a_failing_known_one_condemns():
    theirs = OTHER.sign(NOTE.split("\n\n")[0] + "\n").rsplit("\n\n", 1)[1]
    both = NOTE + theirs
    assert open_checkpoint(both, SIGNER.verifier).size == 3
    assert open_checkpoint(both, SIGNER.verifier, others=[OTHER.verifier]).size == 3
    wrong = NOTE + OTHER.sign("another text\n").rsplit("\n\n", 1)[1]
    assert open_checkpoint(wrong, SIGNER.verifier).size == 3
    with pytest.raises(BadSignature, match="other"):
        open_checkpoint(wrong, SIGNER.verifier, others=[OTHER.verifier])
    with pytest.raises(UnknownKey):
        open_checkpoint(NOTE, OTHER.verifier)
    # A cosigner's word alone does not make it the ledger's checkpoint.
    text = NOTE.split("\n\n")[0] + "\n"
    with pytest.raises(UnknownKey):
        open_checkpoint(OTHER.sign(text), SIGNER.verifier, others=[OTHER.verifier])


def test_an_origin_signs_for_itself_alone():
    with pytest.raises(BadSignature, match=r"signed by the key of example.org/other"):
        open_checkpoint(Checkpoint("example.org/log", 0, EMPTY_ROOT).sign(OTHER), OTHER.verifier)


ROOT = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    "text",
    [
        f"o\n1_000\n{ROOT}\n",
        f"o\n+1\n{ROOT}\n",
        f"o\n 1\n{ROOT}\n",
        f"o\n01\n{ROOT}\n",
        f"o\n-1\n{ROOT}\n",
        f"o\n１\n{ROOT}\n",
        f"o\n9007199254740992\n{ROOT}\n",
        f"o\n\n{ROOT}\n",
        f"o\n1\n{ROOT[:-1]}\n",
        f"o\n1\n{ROOT[:-2]}B=\n",
        f"o\n1\n{ROOT[:-4]}\n",
        f"o\n1\n{ROOT} \n",
        f"o\n1\n{ROOT}\nextension\n",
        f"o\n1\n{ROOT}",
        f"\n1\n{ROOT}\n",
        f"o o\n1\n{ROOT}\n",
        f"o+o\n1\n{ROOT}\n",
        "",
    ],
)
def test_checkpoints_are_read_strictly(text):
    with pytest.raises(Malformed):
        Checkpoint.parse(text)


def test_checkpoints_round_trip():
    for size in (0, 1, 9007199254740991):
        checkpoint = Checkpoint("example.org/log", size, bytes(range(32)))
        assert Checkpoint.parse(checkpoint.text) == checkpoint
        assert open_checkpoint(checkpoint.sign(SIGNER).encode(), SIGNER.verifier) == checkpoint


@pytest.mark.parametrize(
    ("note", "error"),
    [
        (b"", Malformed),
        (b"text\n", Malformed),
        (b"text\n\n", Malformed),
        (NOTE[:-1].encode(), Malformed),
        (NOTE.encode() + b"junk\n", Malformed),
        (NOTE.replace("— ", "- ").encode(), Malformed),
        (NOTE.replace("example", "exa\tmple").encode(), Malformed),
        (NOTE.replace("\n", "\r\n").encode(), Malformed),
        (b"\xff" + NOTE.encode(), Malformed),
        ((NOTE + "— a AAAA\n").encode(), Malformed),
        ((NOTE + "— a AAAAAA==\n" * 64).encode(), LimitExceeded),
        (b"x" * 200_000, LimitExceeded),
        (NOTE.replace("\n3\n", "\n4\n").encode(), BadSignature),
    ],
)
def test_what_is_not_a_note_is_refused(note, error):
    with pytest.raises(error):
        open_checkpoint(note, SIGNER.verifier)


def test_sixteen_signatures_are_read():
    signers = [Signer(f"witness{n}", bytes([n]) * 32) for n in range(16)]
    text = "text\n"
    lines = "".join(signer.sign(text).rsplit("\n\n", 1)[1] for signer in signers)
    assert len(open_note(f"{text}\n{lines}", [signer.verifier for signer in signers])[1]) == 16


def test_a_text_that_cannot_be_a_note_is_not_signed():
    for text in ("no newline", "tab\there\n", "nul\0\n", ""):
        with pytest.raises(Malformed):
            SIGNER.sign(text)


@pytest.mark.parametrize("text", ["", "a", "name+00000000+AAAA", "n n+00000000+AA==", SIGNER.verifier.vkey + "\n"])
def test_what_is_not_a_key_is_refused(text):
    with pytest.raises(Malformed):
        Verifier.parse(text)
    with pytest.raises(Malformed):
        Signer.parse(text)


def test_a_mistyped_key_is_noticed_at_every_place():
    for good, parse in ((SIGNER.verifier.vkey, Verifier.parse), (SIGNER.text, Signer.parse)):
        for at in range(len(good)):
            with pytest.raises(InputError):
                parse(good[:at] + chr(ord(good[at]) ^ 1) + good[at + 1 :])


def test_base64_has_one_form():
    assert strict_base64("AAE=") == b"\x00\x01"
    for text in ("AAF=", "AAE", "AA E=", "AAE=\n", "AA-_", "AAE==", "é"):
        with pytest.raises(Malformed):
            strict_base64(text)
