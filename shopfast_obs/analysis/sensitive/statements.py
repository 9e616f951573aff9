"""Secrets that a command, a statement or a protocol has in a place of their own, without a name before them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shopfast_obs.analysis.sensitive.names import Level, level
from shopfast_obs.analysis.sensitive.values import is_secret
from shopfast_obs.patterns import late

Span = tuple[int, int, str]
KIND = "named secret"
ROWS = 200  # below the head of a table

# Signs of which one must stand in the text in lower case, how sure the place is, and the pattern; its last group is the
# secret.
_PLACES: tuple[tuple[tuple[str, ...], Level, str], ...] = (
    (("|",), Level.STRONG,
     r"\b(?:echo|printf)\b(?:[ ]-[a-zA-Z]{1,3}){0,3}(?:[ ][\"']?%s(?:\\n)?[\"']?)?[ ][\"']?([^\s\"'|]{4,200})[\"']?\s{0,3}\|"
     r"[^\n|]{0,200}(?:-stdin|/dev/stdin|chpasswd)"),
    (("<<",), Level.STRONG,
     r"(?:-stdin|passwd|passphrase-fd 0)[^\n<]{0,80}<<<[ ]{0,3}[\"']?([^\s\"']{4,200})"),
    ((" -",), Level.STRONG,
     r"(?<!\S)-{1,2}(?:(?:dest|src)?(?:store|key)|new)pass[ =][\"']?([^\s\"']{4,200})"),
    ((" -",), Level.STRONG,
     r"\b7za?\b[^\n]{0,120}?[ ]-p([^\s\"']{4,200})"),
    ((" -",), Level.FIRM,
     r"\bopenssl\b[^\n]{0,200}?[ ]-k[ ][\"']?([^\s\"']{4,200})"),
    ((" -",), Level.FIRM,
     r"\bnuget\b[^\n]{0,200}?[ ]-(?:k|ApiKey)[ ][\"']?([^\s\"']{8,200})"),
    ((" -",), Level.STRONG,
     r"\b(?:sqlcmd|bcp|osql)\b[^\n]{0,200}?[ ]-P[ ]?[\"']?([^\s\"']{4,200})"),
    (("sql", "pdp ",), Level.STRONG,
     r"\b(?:sqlplus|expdp|impdp|sqlldr)\s{1,3}(?:-\w{1,9}\s{1,3}){0,3}[\"']?[\w$]{1,64}/([^\s@\"']{2,200})"),
    (("ctl ",), Level.STRONG,
     r"\brabbitmqctl\s{1,3}(?:add_user|change_password)\s{1,3}\S{1,64}\s{1,3}[\"']?([^\s\"']{4,200})"),
    ((" -",), Level.STRONG,
     r"\bhtpasswd\s{1,3}-\w{0,4}b\w{0,4}\s{1,3}(?:-\w{1,4}\s{1,3}){0,3}[^\s-]\S{0,200}\s{1,3}\S{1,64}\s{1,3}[\"']?([^\s\"']{4,200})"),
    ((" -",), Level.STRONG,
     r"\b(?:smb\w{3,8}|rpcclient)\b[^\n]{0,200}?[ ]-U[ ]?[\"']?[^\s%\"']{1,64}%([^\s\"']{3,200})"),
    ((" -",), Level.STRONG,
     r"\blftp\b[^\n]{0,100}?[ ]-u[ ][\"']?[^\s,\"']{1,64},([^\s\"']{3,200})"),
    (("net use",), Level.STRONG,
     r"(?i)\bnet use\b[^\n]{0,60}?\\\\\S{1,100}\s{1,3}([^\s/*\"']{4,100})\s{1,3}/user"),
    ((" -",), Level.STRONG,
     r"(?i)ConvertTo-SecureString\s{1,3}(?:-String\s{1,3})?[\"']([^\"'\n]{4,200})[\"']"),
    (("auth",), Level.FIRM,
     r"(?<![\w-])AUTH[ ](?:[\w.@-]{1,64}[ ])?[\"']?([^\s\"'\\]{8,400})"),
    (("\n",), Level.STRONG,
     r"334 UGFzc3dvcmQ6[^\n]{0,20}\n(?:send: |C: |>{1,3} )?b?[\"']?([A-Za-z0-9+/]{4,200}={0,2})(?=[\\\"'\s]|\Z)"),
    (("pass",), Level.STRONG,
     r"(?:\*cmd\* '|--?-?> ?|> |C: |send: b?['\"])PASS[ ]([^\s'\"\\]{3,200})"),
    (("login",), Level.FIRM,
     r"(?<![\w-])[A-Z]{0,4}[a-z]?\d{1,5}[ ]LOGIN[ ]\S{1,100}[ ][\"']?([^\s\"'\\]{4,200})"),
    (("auth", "login",), Level.STRONG,
     r"(?:(?:Basic|Digest|Proxy)Auth\w{0,12}|\.login)\(\s{0,9}[\"'][^\"'\n]{0,100}[\"'],\s{0,9}[\"']([^\"'\n]{3,200})[\"']"),
    (("pass",), Level.STRONG,
     r"(?i)\bSET PASSWORD\b[^=\n]{0,100}=\s{0,3}(?:(?:OLD_)?PASSWORD\s{0,3}\(\s{0,3})?[\"']([^\"'\n]{1,200})[\"']"),
    (("pass", "wor", "contrase", "senha",), Level.FIRM,
     r"(?i)\b(?:passwort|kennwort|mot de passe|contrase(?:\u00f1|n)a|senha|wachtwoord)\b[^\n.:;,=]{0,30}?[ ](?:lautet|ist|est|es|\u00e9|is)"
     r"[ ]{0,2}:?[ ]{0,2}[\"'`]?([^\s\"'`,;]{6,200})"),
)  # fmt: skip
_BY_SIGN: dict[str, list[tuple[Level, re.Pattern[str]]]] = {}
for _signs, _found, _pattern in _PLACES:
    for _sign in _signs:  # few, because every line of a log is asked for them
        _BY_SIGN.setdefault(_sign, []).append((_found, late(_pattern)))

_BREAK = r"(?:[ \r]?\n|\\r\\n|\\n)"
# The name is the first group, the secret the last.
_NAMED = (
    ("variable", late(r"\bvariable\s{1,3}\"([\w-]{1,80})\"\s{0,3}\{[^{}]{0,300}?\bdefault\s{0,9}=\s{0,9}\"([^\"\n]{1,200})\"")),
    ("<<", late(r"(?m)([\w.-]{1,60})\s{0,9}[=:]\s{0,9}<<[-~]?[\"']?(\w{2,20})[\"']?[ \t]{0,9}\r?\n[ \t]{0,40}([^\n]{4,4096})\n[ \t]{0,40}\2\b")),
    ("form-data", late(rf"form-data; name=\\{{0,3}}\"([\w.-]{{1,60}})\\{{0,3}}\"(?:{_BREAK}[\w-]{{1,40}}: [^\r\n\\]{{0,100}}){{0,5}}{_BREAK}{{2,6}}([^\r\n\\]{{1,4096}})")),
)  # fmt: skip
_INSERT = late(r"(?i)\bINSERT\s{1,9}INTO\s{1,9}[\w.\"`\[\]]{1,100}\s{0,9}\(([^()]{1,1000})\)\s{0,9}VALUES\s{0,9}")
_ROW = late(r"\((?:[^()']++|'(?:[^']++|'')*+')*+\)")
_LITERAL = late(r"(?:'(?:[^']++|'')*+'|[^,'])++")
_DELIMITERS = (",", "|", ";", "\t")
_CELL = late(r"[A-Za-z][\w .-]{0,40}\Z")
_RULE = late(r"[\s|:+-]+\Z")


def spans(text: str, lower: str) -> Iterator[Span]:
    """Where secrets stand; `lower` is the text in lower case."""
    for sign, places in _BY_SIGN.items():
        if sign in lower:
            for found, pattern in places:
                for match in pattern.finditer(text):
                    yield from _judged(found, text, *match.span(match.lastindex or 0))
    for sign, pattern in _NAMED:
        for match in pattern.finditer(text) if sign in text else ():
            if level(match[1]) >= Level.FIRM:
                yield from _judged(Level.FIRM, text, *match.span(match.lastindex or 0))
    if "insert" in lower:
        yield from _inserted(text)
    if "\n" in text:
        yield from _in_tables(text)


def _judged(found: Level, text: str, start: int, end: int) -> Iterator[Span]:
    while end > start and text[end - 1] in ".,:;)":
        end -= 1
    if is_secret(found, text[start:end], quoted=True):
        yield start, end, KIND


def _inserted(text: str) -> Iterator[Span]:
    """The values of columns whose names say that they are secrets, in each row of an INSERT."""
    for match in _INSERT.finditer(text):
        columns = [
            place for place, name in enumerate(match[1].split(",")) if level(name.strip(' "`[]\n')) >= Level.FIRM
        ]
        at = match.end()
        while columns and (row := _ROW.match(text, at)):
            literals = list(_LITERAL.finditer(text, row.start() + 1, row.end() - 1))
            for literal in (literals[place] for place in columns if place < len(literals)):
                start, end = literal.span()
                inner = text[start:end].strip().strip("'")
                start = text.index(inner, start)
                yield from _judged(Level.FIRM, text, start, start + len(inner))
            at = row.end()
            while at < len(text) and text[at] in ", \n\t":
                at += 1


def _in_tables(text: str) -> Iterator[Span]:
    """The cells below a head that says that they are secrets: CSV, tables with bars."""
    at, columns, count, delimiter, rows = 0, list[int](), 0, "", 0
    for line in text.splitlines(keepends=True):
        cells = line.split(delimiter) if columns else []
        if columns and _RULE.match(line):
            pass
        elif columns and len(cells) == count and rows < ROWS:
            rows += 1
            for place in columns:
                cell = cells[place]
                start = at + sum(len(before) + 1 for before in cells[:place]) + len(cell) - len(cell.lstrip(" \"'"))
                yield from _judged(Level.FIRM, text, start, start + len(cell.strip(" \"'\r\n")))
        else:
            columns, count, delimiter = _head(line)
            rows = 0
        at += len(line)


def _head(line: str) -> tuple[list[int], int, str]:
    """The columns of secrets in the head of a table, how many there are, and what is between them."""
    for delimiter in _DELIMITERS:
        cells = [cell.strip(" \"'\r\n") for cell in line.split(delimiter)] if len(line) < 1000 else [""]
        cells[0] = cells[0].rpartition(":")[2].strip()  # what a log puts before
        named = [cell for cell in cells if cell]
        if len(named) > 1 and len(cells) - len(named) in (0, 2) and all(_CELL.match(cell) for cell in named):
            return [place for place, cell in enumerate(cells) if level(cell) >= Level.FIRM], len(cells), delimiter
    return [], 0, ""
