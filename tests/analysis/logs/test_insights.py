"""Queries of Logs Insights, over records by hand: each result counted out."""

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopfast_obs.analysis.logs.insights.interface import QueryError, Record, Time
from shopfast_obs.analysis.logs.insights.query import read_query

MINUTE = 60_000
RECORDS: list[dict[str, Any]] = [
    {"n": 4.0, "level": "ERROR", "path": "/a", "took": 40.0, "@message": "user=ann, took 40 ms", "ip": "10.0.0.4"},
    {"n": 3.0, "level": "INFO", "path": "/b", "took": 30.0, "@message": "user=bob, took 30 ms", "ip": "10.1.0.4"},
    {"n": 2.0, "level": "WARN", "path": "/a", "took": "20", "@message": "user=cid, took 20 ms", "ip": "no"},
    {"n": 1.0, "level": "INFO", "path": "/a", "@message": "nothing here"},
]


def rows(query: str, limit: int = 10_000) -> list[dict[str, str]]:
    """The result over the records, newest first, half a minute apart."""
    records = []
    for fields in RECORDS:
        time = Time(fields["n"] * MINUTE / 2)
        records.append(Record({"@timestamp": time, "@message": fields["@message"]}, lambda f=fields: f))
    return [dict(row.values) for row in read_query(query).run(records, limit)]


def column(query: str) -> list[str]:
    """The only column of a result."""
    return [value for row in rows(query) for value in row.values()]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("fields n", "4 3 2 1"),
        ("fields n | filter level = 'INFO'", "3 1"),
        ("fields n | filter level != \"INFO\"", "4 2"),
        ("fields n | where took > 25 and path = '/a'", "4"),
        ("fields n | filter took >= 20 | sort n asc", "2 3 4"),
        ("fields n | filter level like /(?i)^w|err/", "4 2"),
        ("fields n | filter level =~ /O$/", "3 1"),
        ("fields n | filter @message like 'user'", "4 3 2"),
        ("fields n | filter @message not like 'user'", "1"),
        ("fields n | filter n in [1, 4]", "4 1"),
        ("fields n | filter level not in ['INFO']", "4 2"),
        ("fields n | filter not (level = 'INFO' or path = '/a')", ""),
        ("fields n | filter level = 'INFO' or level = 'WARN' and path = '/b'", "3 1"),
        ("fields n | filter ispresent(took)", "4 3 2"),
        ("fields n | filter isIpv4InSubnet(ip, '10.0.0.0/16')", "4"),
        ("fields n | filter @timestamp > 60000", "4 3"),
        ("fields n # a comment\n| limit 2", "4 3"),
        ("fields n | dedup level", "4 3 2"),
        ("fields n | dedup level, path", "4 3 2 1"),
        ("fields n | sort took desc", "4 3 2 1"),
        ("fields n | sort path asc, n asc", "1 2 4 3"),
        ("fields took * 2 + 1 as x | display x", "81 61 41"),
        ("fields n | display n % 3", "1 0 2 1"),
        ("display 2 ^ 3 - -1 | limit 1", "9"),
        ("display strlen(@message) | limit 1", "20"),
        ("display concat(toupper(path), '-', tolower(level))", "/A-error /B-info /A-warn /A-info"),
        ("display substr(@message, 5, 3) | limit 3", "ann bob cid"),
        ("display replace(path, '/', '') | limit 2", "a b"),
        ("display coalesce(took, -1)", "40 30 20 -1"),
        ("display greatest(n, 2.5)", "4 3 2.5 2.5"),
        ("display floor(n / 3), n | limit 1", "1 4"),
        ("display strcontains(@message, 'ann') | limit 2", "1 0"),
        ("display trim('  x ') | limit 1", "x"),
        ("display isValidIpV4(ip)", "1 1 0 0"),
        ("display jsonParse('{\"a\": {\"b\": [7]}}') as j | display j.a.b.0 | limit 1", "7"),
        ("fields `n`", "4 3 2 1"),
        ("stats count(*)", "4"),
        ("stats count() as c by level | display c", "1 2 1"),
        ("stats count(took)", "3"),
        ("stats sum(took) / count(took)", "30"),
        ("stats max(took) - min(took) as spread", "20"),
        ("stats count_distinct(path)", "2"),
        ("stats pct(took, 50)", "30"),
        ("stats stddev(n)", "1.118033988749895"),
        ("stats earliest(level)", "INFO"),
        ("stats latest(level)", "ERROR"),
        ("stats sortsFirst(path)", "/a"),
        ("stats avg(nothing)", ""),
        ("stats count(*) as c by path | sort c desc | limit 1 | display path", "/a"),
        ("stats count(*) by path | sort count(*) asc | display path", "/b /a"),
        ("stats sum(n) as s by path | filter s > 3 | display s", "7"),
        ("stats sum(n) as s by level, path | stats max(s)", "4"),
        ("parse @message 'user=*, took * ms' as user, ms | display user | limit 3", "ann bob cid"),
        ("parse @message /took (?<ms>\\d+)/ | stats sum(ms)", "90"),
        ("parse 'user=*,' as user | filter ispresent(user) | stats count(user)", "3"),
    ],
)  # fmt: skip
def test_a_query_finds(query: str, found: str) -> None:
    """One column at a time."""
    assert " ".join(column(query)) == found


def test_rows_have_the_columns_that_are_asked_for() -> None:
    """Message and time unless the query says; what is missing is left out; an alias is a column."""
    assert list(rows("filter n = 1")[0]) == ["@timestamp", "@message"]
    assert rows("fields @timestamp, took as t, nothing | limit 1") == [
        {"@timestamp": "1970-01-01 00:02:00.000", "t": "40"}
    ]
    assert rows("fields n | fields path | limit 1") == [{"n": "4", "path": "/a"}]
    assert rows("fields n | display path | limit 1") == [{"path": "/a"}]
    assert list(rows("fields path | parse @message 'user=*,' as user | limit 1")[0]) == ["path", "user"]
    assert list(rows("parse @message 'user=*,' as user | limit 1")[0]) == ["@timestamp", "@message", "user"]


def test_times_are_put_into_bins() -> None:
    """bin, datefloor and dateceil; minimum and maximum of times are times."""
    assert rows("stats count(*) as c by bin(1m)") == [
        {"bin(1m)": "1970-01-01 00:02:00.000", "c": "1"},
        {"bin(1m)": "1970-01-01 00:01:00.000", "c": "2"},
        {"bin(1m)": "1970-01-01 00:00:00.000", "c": "1"},
    ]
    assert rows("display datefloor(@timestamp, 1h) as f, dateceil(@timestamp, 1h) as c | limit 1") == [
        {"f": "1970-01-01 00:00:00.000", "c": "1970-01-01 01:00:00.000"}
    ]
    assert rows("stats max(@timestamp) as m, tomillis(1) + count(*) as k") == [
        {"m": "1970-01-01 00:02:00.000", "k": "5"}
    ]
    assert rows("display fromMillis(0) as z | limit 1") == [{"z": "1970-01-01 00:00:00.000"}]


def test_patterns_are_found_in_messages() -> None:
    """What changes from line to line is one; the most frequent comes first."""
    assert rows("pattern @message | display @pattern, @sampleCount, @ratio") == [
        {"@pattern": "user=ann, took <*> ms", "@sampleCount": "1", "@ratio": "0.25"},
        {"@pattern": "user=bob, took <*> ms", "@sampleCount": "1", "@ratio": "0.25"},
        {"@pattern": "user=cid, took <*> ms", "@sampleCount": "1", "@ratio": "0.25"},
        {"@pattern": "nothing here", "@sampleCount": "1", "@ratio": "0.25"},
    ]
    assert rows("fields replace(@message, ',', '') as m | pattern concat(level, ' 12:30 at ', n) | limit 1")[0] == {
        "@pattern": "INFO <*>:<*> at <*>", "@ratio": "0.5", "@sampleCount": "2", "@severityLabel": "INFO",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "said", "where"),
    [
        ("", "unexpected end of the query", (0, 0)),
        ("fields", "unexpected end", (5, 6)),
        ("bogus a", "unexpected symbol found bogus at line 1 and position 0", (0, 5)),
        ("fields a\n| bogus", "unexpected symbol found bogus at line 2 and position 2", (11, 16)),
        ("fields a | filter a = ", "unexpected end", (21, 22)),
        ("filter (a = 1", "unexpected end", (12, 13)),
        ("filter a like b", "unexpected symbol found b", (14, 15)),
        ("filter a like /(/", "cannot be read", (14, 17)),
        ("fields nope(a)", "nope is not a function", (7, 11)),
        ("fields strlen(a, b)", "strlen does not take 2 arguments", (7, 13)),
        ("filter count(*) > 1", "in stats only", (7, 19)),
        ("stats a", "aggregations only", (6, 7)),
        ("limit 0", "between 1 and 100000", (6, 7)),
        ("parse @message 'a=*' as x, y", "1 wildcards or groups and 2 names", (6, 28)),
        ("parse @message 'no star'", "0 wildcards", (6, 24)),
        ("diff previousDay", "does not have the command diff", (0, 4)),
        ("filter a not b", "unexpected symbol found b", (13, 14)),
        ("filter " + "(" * 2000, "nested too deeply", (58, 59)),
        ("filter " + "-" * 200 + "1", "nested too deeply", (58, 59)),
    ],
)
def test_what_is_wrong_is_said_with_its_place(query: str, said: str, where: tuple[int, int]) -> None:
    """Message and characters, as queryCompileError carries them."""
    with pytest.raises(QueryError) as problem:
        read_query(query)
    assert said in problem.value.message
    assert (problem.value.start, problem.value.end) == where


PIECES = st.sampled_from(
    ["fields ", "filter ", "stats ", "sort ", "limit ", "parse ", "display ", "dedup ", "pattern ", "| ", "n", "took ",
     "@message ", "@timestamp ", "count(*) ", "sum(took) ", "bin(5m) ", "by ", "as x ", "like ", "in [1] ", "/a+/ ",
     "'a*b' ", "1 ", "0 ", "-", "+ ", "/ ", "^ ", "( ", ") ", ", ", "and ", "not ", "= ", "> ", "strlen(",
     "pct(n, 50) ", "jsonParse(", "`", "#", "\n", "é", "\\", "999999999999 ", "datefloor(@timestamp, 0) "]
)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(st.lists(PIECES, max_size=14).map("".join))
def test_no_query_crashes(query: str) -> None:
    """Rows or a QueryError."""
    with contextlib.suppress(QueryError):
        rows(query)
