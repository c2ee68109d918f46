# SPDX-License-Identifier: Apache-2.0
"""FIRMS files that are wrong: a reason with file and line, and every good row kept."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import numpy as np
import pytest

from truceline.base.clock import Interval
from truceline.errors import InputError, LimitExceeded, Malformed, Truncated
from truceline.sources import Batch, _csv, firms

NOW = datetime(2026, 4, 20, 12, tzinfo=UTC)
THEATRE = (22.0, 44.0, 41.0, 53.0)
HEADER = "latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,satellite,instrument,confidence,version,bright_ti5,frp,daynight"
GOOD = "48.50001,37.25002,330.1,0.4,0.5,2026-04-11,113,N20,VIIRS,n,2.0NRT,290.2,4.25,N"


def with_(**changes: str) -> str:
    fields = dict(zip(HEADER.split(","), GOOD.split(","), strict=True)) | changes
    return ",".join(fields.values())


OTHER = with_(frp="9.75")


def read(data: str | bytes, **more) -> Batch:
    return firms.read(data.encode() if isinstance(data, str) else data, file="fires.csv", now=NOW, **more)


def only(row: str, **more) -> str:
    """The reason for which a row between two good ones is rejected."""
    batch = read(f"{HEADER}\n{GOOD}\n{row}\n{OTHER}\n", **more)
    assert len(batch.detections) == 2
    assert batch.rows_read == 3
    (bad,) = batch.rejected
    assert (bad.source, bad.file, bad.line) == ("firms", "fires.csv", 3)
    assert bad.raw == row[:500]
    return bad.reason


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"latitude": "NaN"}, "latitude is empty or not a number"),
        ({"latitude": ""}, "latitude is empty or not a number"),
        ({"longitude": "inf"}, "longitude is not finite: inf"),
        ({"latitude": "-inf"}, "latitude is not finite: -inf"),
        ({"latitude": "1e999"}, "latitude is not finite: inf"),
        ({"latitude": "90.01"}, "latitude 90.01 lies outside ±90"),
        ({"longitude": "-180.5"}, "longitude -180.5 lies outside ±180"),
        ({"latitude": "48,5"}, "too many fields: 15, where the header names 14"),
        ({"latitude": "48°30"}, "latitude '48°30' is not a number"),
        ({"latitude": "4_8"}, "latitude '4_8' is not a number"),
        ({"latitude": "0x30"}, "latitude '0x30' is not a number"),
        ({"scan": "0"}, "scan 0 is no pixel size (above 0, at most 10 km)"),
        ({"track": "375"}, "track 375 is no pixel size (above 0, at most 10 km)"),
        ({"frp": "-1"}, "frp -1 is negative"),
        ({"frp": "inf"}, "frp is not finite: inf"),
        ({"frp": "lots"}, "frp 'lots' is not a number"),
        ({"acq_date": "11/04/2026"}, "acq_date '11/04/2026' may mean two days; write the year first, as 2026-04-01"),
        ({"acq_date": "2026-02-30"}, "acq_date '2026-02-30' is not a day of the calendar"),
        ({"acq_date": "yesterday"}, "acq_date 'yesterday' is not a day such as 2026-04-01"),
        ({"acq_time": "2460"}, "acq_time '2460' is no time of day"),
        ({"acq_time": "01:13+03:00"}, "acq_time '01:13+03:00' names a time zone; the column is UTC without one"),
        ({"satellite": "Landsat"}, "satellite 'Landsat' is not one that carries VIIRS or MODIS"),
        ({"confidence": "maybe"}, "confidence 'maybe' is neither low, nominal, high nor 0 to 100 per cent"),
    ],
)
def test_a_bad_field_names_its_column_and_value(changes: dict[str, str], reason: str):
    assert only(with_(**changes)) == reason


def test_dates_in_the_future_and_of_another_year():
    period = Interval(datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 4, 22, tzinfo=UTC))
    future = only(with_(acq_date="2026-04-20", acq_time="1201"), period=period)
    assert future == "acq_date and acq_time 2026-04-20 12:01 UTC lies in the future (it is 2026-04-20 12:00 UTC)"
    other = only(with_(acq_date="2025-04-11"), period=period)
    assert other == (
        "acq_date and acq_time 2025-04-11 01:13 UTC lies outside the period 2026-04-01 00:00 UTC to "
        "2026-04-22 00:00 UTC"
    )
    assert "future" in only(with_(acq_date="9999-12-31"))
    assert "outside the period" in only(with_(acq_date="0001-01-01"), period=period)


def test_swapped_axes():
    reason = only(with_(latitude="37.25", longitude="48.5"), theatre=THEATRE)
    assert reason.startswith("latitude and longitude look swapped: latitude 37.25, longitude 48.5")
    elsewhere = read("\n".join([HEADER, with_(latitude="10", longitude="10")]), theatre=THEATRE)
    assert len(elsewhere.detections) == 1, "outside, but not by a swap: kept"
    east = (95.0, 10.0, 120.0, 30.0)
    reason = only(with_(latitude="100", longitude="20"), theatre=east)
    assert reason == "latitude 100 lies outside ±90; latitude and longitude look swapped"


def test_near_the_diagonal_one_row_proves_no_swap_but_most_rows_do():
    syria = (35.0, 36.2, 38.0, 37.5)
    inside = [with_(latitude="37", longitude=f"35.{n}") for n in range(3)]
    image = [with_(latitude=f"35.{n}", longitude="37") for n in range(5)]
    few = read("\n".join([HEADER, *inside, image[0]]), theatre=syria)
    assert (len(few.detections), len(few.rejected)) == (4, 0), "a fire south of the theatre, not a swap"
    most = read("\n".join([HEADER, *inside, *image]), theatre=syria)
    assert (len(most.detections), len(most.rejected)) == (3, 5)


def test_a_wide_theatre_that_crosses_the_diagonal_still_tells_a_swap():
    wide = (24.5, 38.4, 48.2, 59.2)
    assert "look swapped" in only(with_(latitude="35.02", longitude="50.03"), theatre=wide)


def test_duplicates_name_the_first():
    rows = [GOOD, OTHER, GOOD, with_(satellite="J1"), with_(satellite="N21"), with_(acq_time="01:13"), OTHER]
    batch = read("\n".join([HEADER, *rows]))
    assert [(bad.line, bad.reason) for bad in batch.rejected] == [
        (4, "duplicate of line 2"),
        (5, "duplicate of line 2"),
        (7, "duplicate of line 2"),
        (8, "duplicate of line 3"),
    ]
    assert len(batch.detections) == 3


def test_a_rejected_row_is_not_the_first_of_a_duplicate():
    batch = read("\n".join([HEADER, with_(confidence="?"), GOOD]))
    assert [bad.line for bad in batch.rejected] == [2]
    assert len(batch.detections) == 1


def test_same_place_and_time_of_another_power_is_no_duplicate():
    assert len(read(f"{HEADER}\n{GOOD}\n{OTHER}").detections) == 2


def test_duplicates_without_power_are_found():
    nothing = with_(frp="")
    assert [bad.reason for bad in read(f"{HEADER}\n{nothing}\n{nothing}").rejected] == ["duplicate of line 2"]


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b"   "])
def test_empty_is_an_error(data: bytes):
    with pytest.raises(Truncated) as caught:
        read(data)
    assert str(caught.value) == "fires.csv: the file is empty"


def test_header_only_is_no_row_but_a_cut_header_is_an_error():
    batch = read(HEADER + "\n")
    assert (batch.rows_read, len(batch.detections), batch.rejected) == (0, 0, ())
    with pytest.raises(Truncated, match="ends within its header line"):
        read(HEADER)


def test_wrong_columns_name_what_was_expected_and_found():
    with pytest.raises(Malformed) as caught:
        read("\n\nlat,lon,acq_date,acq_time,satellite\n1,2,3,4,5\n")
    assert (caught.value.file, caught.value.line) == ("fires.csv", 3)
    assert str(caught.value) == (
        "fires.csv:3: without the columns latitude, longitude; expected latitude, longitude, acq_date, acq_time, "
        "satellite; found lat, lon, acq_date, acq_time, satellite"
    )
    with pytest.raises(Malformed, match="found invalid map_key"):
        read("Invalid MAP_KEY.\n")
    with pytest.raises(Malformed, match="'latitude' appears twice"):
        read(HEADER + ",Latitude\n")


@pytest.mark.parametrize("data", [b"\x1f\x8b\x08\0", b"PK\x03\x04aa", b"\xff\xfeh\0", b"\x89PNG\r\n", bytes(100)])
def test_binary_is_an_error(data: bytes):
    with pytest.raises(InputError) as caught:
        read(data)
    assert caught.value.line == 1


def test_huge_is_refused_unread():
    with pytest.raises(LimitExceeded, match="at most 1,073,741,824 are read"):
        read(bytes((1 << 30) + 1))


def test_a_huge_line_is_one_bad_row():
    reason = only("4" * 3_000_000)
    assert reason == "the row is longer than 10,000 bytes"
    with pytest.raises(LimitExceeded, match="header line is longer"):
        read("a," * 20_000 + "\n1\n")


def test_too_many_bad_rows_are_refused(monkeypatch):
    monkeypatch.setattr(_csv, "MAX_REJECTED", 10)
    with pytest.raises(LimitExceeded, match="more than 10 rows cannot be read; the first: too few fields"):
        read(HEADER + "\n" + "x\n" * 11)


def test_every_row_bad_is_still_a_batch():
    batch = read(HEADER + "\n" + "x\n" * 50)
    assert (batch.rows_read, len(batch.detections), len(batch.rejected)) == (50, 0, 50)


def test_too_few_fields_name_the_column_where_the_row_ends():
    reason = only("48.5,37.2,330")
    assert reason == "too few fields: 3, where the header names 14; the row ends before the column scan"


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("last", [b"", b"end"])
def test_line_ends_blank_lines_and_a_missing_last_one(end: bytes, last: bytes):
    lines = [b"", HEADER.encode(), b"", GOOD.encode(), b"  ", b"bad", b"", OTHER.encode()]
    batch = read(end.join(lines) + (end if last else b""))
    assert batch.detections.attributes["line"].tolist() == [4, 8]
    assert [(bad.line, bad.raw) for bad in batch.rejected] == [(6, "bad")]
    assert batch.rows_read == 3


def test_lines_stay_true_after_quoted_line_ends():
    header = HEADER + ",note"
    rows = [GOOD + ',"two\nlines"', OTHER + ',"a ""word"", and\nanother"', "bad", with_(frp="1") + ",plain"]
    batch = read("\n".join([header, *rows]))
    assert batch.detections.attributes["line"].tolist() == [2, 4, 7]
    assert [bad.line for bad in batch.rejected] == [6]


def test_a_stray_quote_costs_its_own_line_only():
    rows = [with_(version='"2.0NRT'), OTHER, with_(frp="1"), with_(frp="2"), with_(frp="3"), with_(frp="4")]
    batch = read("\n".join([HEADER, *rows]))
    assert [bad.line for bad in batch.rejected] == [2]
    assert "quotes that do not close" in batch.rejected[0].reason
    assert len(batch.detections) == 5


def test_nul_and_foreign_bytes_cost_their_own_row_only():
    data = f"{HEADER}\n{GOOD}\n#\n{OTHER}".encode()
    nul = read(data.replace(b"#", with_(frp="7\0").encode()))
    assert [bad.reason for bad in nul.rejected] == ["the row holds a NUL byte: binary, not text"]
    latin = read(data.replace(b"#", with_(version="é").encode("latin-1")))
    assert latin.rejected[0].reason.startswith("the row is not UTF-8 text: byte 0xe9")
    assert "\ufffd" in latin.rejected[0].raw
    assert len(nul.detections) == len(latin.detections) == 2


def test_letters_beyond_ascii_in_unread_columns_do_no_harm():
    batch = read("\n".join([HEADER + ",place", GOOD + ",Київ", OTHER + ",Kyiv"]))
    assert len(batch.detections) == 2


def test_truncation_of_a_good_file_loses_only_the_last_row():
    data = "\n".join([HEADER, GOOD, OTHER, with_(frp="3"), ""]).encode()
    for length in range(len(HEADER) + 1, len(data)):
        batch = read(data[:length])
        whole_lines = data[:length].count(b"\n") - 1
        assert len(batch.detections) >= whole_lines
        assert len(batch.rejected) <= 1


def test_random_bytes_between_good_rows():
    draw = np.random.default_rng(1)
    for _ in range(60):
        noise = (
            draw.integers(0, 256, draw.integers(1, 400), dtype=np.uint8)
            .tobytes()
            .replace(b"\n", b"")
            .replace(b"\r", b"")
        )
        batch = read(b"\n".join([HEADER.encode(), GOOD.encode(), noise.replace(b'"', b"") or b"x", OTHER.encode()]))
        assert len(batch.detections) == 2
        assert batch.rows_read in {2, 3}


def test_stray_quotes_everywhere_stay_linear():
    rows = [with_(version='"2.0', acq_time=f"{n // 60 % 24:02d}:{n % 60:02d}", frp=str(n)) for n in range(20_000)]
    start = time.process_time()
    batch = read("\n".join([HEADER, *rows]))
    assert time.process_time() - start < 8
    assert batch.rows_read == len(batch.detections) + len(batch.rejected)


def test_the_raw_row_is_cut():
    assert len(read(HEADER + "\n" + "y" * 9_000).rejected[0].raw) == 500
