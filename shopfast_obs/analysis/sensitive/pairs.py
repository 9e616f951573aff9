"""Secrets by the name that stands beside them, in whatever syntax says which value belongs to which name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shopfast_obs.analysis.sensitive.names import Level, is_code_name, level
from shopfast_obs.analysis.sensitive.values import (
    end_of_cookies,
    end_of_header,
    is_secret,
    is_sentence,
    spans_of_cookies,
    spans_of_header,
)
from shopfast_obs.model.records import record
from shopfast_obs.patterns import late

Span = tuple[int, int, str]
LONGEST = 65_536  # characters of one value
LONG = 512  # characters of a value that is not searched for others
NEAR = 200  # characters between a label and its value


@record
class Field:
    """A name and where its value is."""

    name: str
    start: int
    end: int
    quoted: bool = False
    query: bool = False  # a parameter of a query string
    sure: bool = True  # False for prose


_PAIR = late(
    r"(?:(?<![\w.$@-])|\\[nrt])(-{0,2})((?:[^\W\d]|\$)[\w.$@-]{0,99}+)(\\{0,7}+[\"'`]?+\]?+)"
    r"(?:[ \t\u00a0]*+(?::=|=>|->|={1,3}>?|::?(?!//)|\|)[ \t]*+|(,)\s*+|\t+)"
)
_FLAG = late(r"(?<![\w.$@-])--?([A-Za-z][\w.-]{1,99}+)(?:\\{0,7}[\"'])?(?:,\s*|[ \t]+)(?!-)")
_ELEMENT = late(r"<([A-Za-z][\w.:-]{0,99}+)([^<>]{0,300}+)>(?:<!\[CDATA\[)?([^<]{1,8192}+)<")
_NAMED = late(r"""(?i)\b(?:name|key|id)\s{0,3}=\s{0,3}\\?["']([\w.:-]{1,100})""")
_PROSE = late(
    r"((?:pass(?:word|wd|phrase|code)|pwd|secret|token|credentials?|(?:api|access|secret|private)[ _-]?key|cookie)[\w-]{0,24}+)\s{1,3}"
    r"(?:(?:is|was|were|set to|changed to|reset to|value|of|for (?:\S{1,64} ){0,2}?(?:\S{1,64} is|\S{1,64}:))\s{1,3})?[\"'(\[`]?([^\s\"',;()\[\]`]{6,200})"
)
_NAME_BEFORE = late(r"[\w.-]{1,60}\Z")
_CODE = late(r"\s{0,3}\d{4,8}\s{0,3}\Z")
_USER = late(r"(?<!\S)(?:-u|--user|--proxy-user|-U)[ =]?[\"']?([^\s:\"']{1,100}:)([^\s\"']{1,200})")
_MYSQL = late(r"\bmysql\w{0,10}\b[^\n]{0,200}?\s-p([^\s\"']{4,100})")
_COMMANDS = late(
    r"(?i)(?:sshpass[ ]-p|-pass(?:in|out)?\s{1,3}(?:pass:)?|redis-cli\b[^\n]{0,80}?[ ]-a|(?:docker|podman|helm|mongo\w{0,10})\b[^\n]{0,80}?[ ]-p|ldap\w{1,10}\b[^\n]{0,80}?[ ]-w|zip\b[^\n]{0,40}?[ ]-P|masterauth|rootpw|https?\s-a\s[\w.@-]{1,64}:|SecureString\b[^\n]{0,80}?--value|identified (?:with \S{1,40} )?by|requirepass)(?:[ =]{1,3}|(?<=:))[\"']?(?!(?:[\d.]{7,15}:)?\d{1,5}(?:-\d{1,5})?:\d)([^\s\"';]{4,200})"
)
_LISP = late(
    r"(?:\(\s{0,3}(?:(?:setq|setf|def\w{0,12})\s{1,3})?:?|(?<=\s):)([A-Za-z][\w*-]{1,60}+)\s{1,3}(?:\.\s{1,3})?(?:(\")|([^\s()\"']{6,200})(?=\s{0,3}\)))"
)
_LABELLED = late(
    r"(?<![\w/])[\w.@+-]{1,64}[/:]([^\s/:()\"']{4,200})\s{1,2}\((?i:pass(?:word|wd|phrase|code)|pwd|secret|token)\)"
)
_WORDS = ("requirepass", "masterauth", "rootpw", "identified")
_MIXED = late(r"(?=\S*\d)(?=\S*[A-Za-z])\S{6,}")
_ARN = late(r"arn:[\w:-]{1,100}:\Z")
_OPEN = late(r"[bBuUrRfFnN@]{0,2}(\\{0,7}+(?:\"\"\"|'''|[\"'`]))")
_INSIDE = late(  # a list, a DynamoDB or SQS value, a block of YAML
    r"(?:[\[(]\s*(?=[bu]?\\{0,7}[\"'])|\{\s*(?:\\*[\"'](?:[dD]ata)?[tT]ype\\*[\"']\s*:\s*\\*[\"']String\\*[\"']\s*,\s*)?\\*[\"'](?:S|s|StringValue|stringValue|value|Value)\\*[\"']\s*:\s*"
    r"|(?:&[\w-]{1,40}|!!\w{1,20})[ \t]+|[|>][+-]?[ \t]*\n\s+|\n[ \t]+(?=[^\s:#-][^\s:]{2,200}(?:\s*\n|\s*\Z))|(?:pydantic\.)?(?:SecretStr|Secret|Password|Some|Just|str|String|bytes)\((?=[bu]?\\{0,7}[\"']))"
)
_MEMBER = late(r"\s*[,{]\s*(\\{0,7}[\"'])([^\"'\\]{1,100})\1\s*:\s*(\\{0,7}[\"'])")
_NEXT = late(r"\s*,\s*(?=[bu]?\\{0,7}[\"'])")
_BARE = late(
    r"(?:[^\s\"'`<>\\&;,{}\[\]|]|&(?![\w.%-]{1,60}=)(?!(?:quot|amp|lt|gt|#\d{2,3});)|;(?=\S)(?!\s?[\w. -]{1,60}=)|,(?=[^\s\"'\[{(])(?![\w.-]{1,60}\s?[=:])"
    r"|[\[{](?=[^\s\"'\[{]{1,80}[\]}]))+"
)
_LINE = late(r"[^\r\n\"'\\,;{}<>|]*")
_LABELS = frozenset(
    [
        "key",
        "name",
        "type",
        "parameterkey",
        "parametername",
        "parameter",
        "field",
        "header",
        "headername",
        "variable",
        "variablename",
        "property",
        "attribute",
        "k",
        "n",
        "id",
        "label",
        "param",
        "optionname",
        "envname",
        "envvar",
        "attributename",
        "secretname",
    ]
)
_VALUES = frozenset(
    [
        "value",
        "val",
        "v",
        "parametervalue",
        "stringvalue",
        "plaintextvalue",
        "text",
        "content",
        "data",
        "newvalue",
        "secretvalue",
        "attributevalue",
        "string",
        "fieldvalue",
        "headervalue",
        "optionvalue",
        "defaultvalue",
        "secretstring",
    ]
)
_SHORT = frozenset(("key", "keys", "token", "tokens", "phrase", "code", "codes", "string", "value"))
_BEFORE = late(r"([A-Za-z]{2,20})[ ]([A-Za-z]{2,20}[ ])?$")
_LISTED = late(r"[\[(]\s*[bu]?\\{0,7}[\"']$")
_PLAIN = late(r"[^a-z]")
_QUERY = {
    "sig", "signature", "key", "code", "token", "auth", "apikey", "samlresponse", "samlrequest", "st", "pwd", "pass", "otp", "state", "t",
    "ticket", "hmac", "hdnts", "nonce", "policy",
}  # fmt: skip
_JWK = frozenset(("d", "p", "q", "dp", "dq", "qi", "k"))


def spans(text: str) -> Iterator[Span]:
    """Where values stand whose names say that they are secrets."""
    label, until = "", 0
    before: Field | None = None
    for field in sorted(_fields(text), key=lambda field: field.start):
        plain = _PLAIN.sub("", field.name.lower())
        if plain in _LABELS and len(field.name) < 20:
            value = text[field.start : field.end].strip("`\"' ")
            if level(value) >= Level.FIRM:
                label, until = value, field.end + NEAR
                if before is not None and field.start - before.end < NEAR:
                    yield from _judged(text, Field(value, before.start, before.end, before.quoted))
                continue
            if plain != "type":
                label, before = "", None if field.start - field.end else before
        elif plain in _VALUES:
            before = field
            if label and field.start <= until:
                yield from _judged(text, Field(label, field.start, field.end, field.quoted))
                label, before = "", None
                continue
        yield from _judged(text, field)


def _judged(text: str, field: Field) -> Iterator[Span]:
    value = text[field.start : field.end]
    found = _level(field, text)
    if is_code_name(field.name) and field.sure and _CODE.match(value):
        yield field.start, field.end, "named secret"
        return
    if found is Level.NONE or not value.strip():
        return
    if found is Level.HEADER:
        if is_sentence(text[field.start : field.start + 100].partition("\n")[0]):
            return
        for start, end, kind in spans_of_header(value):
            yield field.start + start, field.start + end, kind
    elif found is Level.COOKIE:
        for start, end in spans_of_cookies(value):
            yield field.start + start, field.start + end, "cookie"
    elif is_secret(found, value, quoted=field.quoted, after=text[field.end : field.end + 2]):
        kind = "signed link" if field.query else "named secret"
        yield field.start, field.end, kind


def _level(field: Field, text: str) -> Level:
    name = field.name
    if field.query and name.lower().replace("-", "").replace("_", "") in _QUERY:
        return Level.WEAK
    if name in _JWK and field.quoted and '"kty' in text.replace("\\", ""):
        return Level.WEAK
    found = level(name)
    if not field.sure:
        return (
            found
            if found is Level.STRONG and _MIXED.match(text, field.start, field.end) and "secret" not in name.lower()
            else min(found, Level.WEAK)
        )
    return found


def _fields(text: str) -> Iterator[Field]:
    at = 0
    while match := _PAIR.search(text, at):
        name = match[2]
        if match[4] and not (
            match[1] or (match[3] and _LISTED.search(text, max(0, match.start() - 12), match.start()))
        ):
            at = match.end(3)
            continue
        at = match.end()
        if name.startswith("masked-"):  # what stands in for something is no name
            continue
        known = _known(name, text, match.start())
        if known and not _ARN.search(text, max(0, match.start() - 110), match.start()):
            for field in _values(text, known, at, match):
                yield field
                finished = field.end - at > LONG or (field.quoted and _finished(known))
                at = max(at, field.end if finished else at)
    yield from _elements(text)
    if "(" in text:
        yield from _parenthesised(text)
    for match in _FLAG.finditer(text) if "-" in text else ():
        if level(match[1]) >= Level.FIRM:
            yield from _values(text, match[1], match.end(), match)
    lower = text.lower()  # without regard to case the pattern takes five times as long
    for match in _PROSE.finditer(lower if len(lower) == len(text) else text):
        begin = match.start(1)
        before = _NAME_BEFORE.search(text, max(0, begin - 60), begin)
        if before and before[0].startswith("."):  # the name of a file, such as .htpasswd
            continue
        yield Field((before[0] if before else "") + match[1], match.start(2), match.end(2), sure=False)
    option = " -" in text or text.startswith("-")
    for pattern in (_USER, _MYSQL, _COMMANDS) if option else (_COMMANDS,):
        for match in pattern.finditer(text) if option or any(word in lower for word in _WORDS) else ():
            yield Field("password", match.start(match.lastindex or 0), match.end(match.lastindex or 0))


def _parenthesised(text: str) -> Iterator[Field]:
    """`(password "x")` and `(:password . x)` of s-expressions; `ann/x (password)`, where the name stands behind."""
    for match in _LISP.finditer(text):
        if level(match[1]) < Level.FIRM:
            continue
        if match[2]:
            yield Field(match[1], match.end(), _closing(text, match.end(), '"'), quoted=True)
        else:
            yield Field(match[1], match.start(3), match.end(3), sure=False)
    for match in _LABELLED.finditer(text):
        yield Field("password", match.start(1), match.end(1), sure=False)


def _finished(name: str) -> bool:
    return level(name) in (Level.STRONG, Level.FIRM)


def _known(name: str, text: str, start: int) -> str:
    """The name with the words before it where it is short, or nothing when it is of no interest."""
    lower = name.lower()
    if lower in _SHORT and start and text[start - 1] == " ":
        words = _BEFORE.search(text, max(0, start - 42), start)
        if words:
            long = f"{words[1]} {words[2] or ''}{name}"
            if level(long) or is_code_name(long):
                return long
    if level(name) or is_code_name(name):
        return name
    plain = _PLAIN.sub("", lower)
    return name if plain in _LABELS or plain in _VALUES or lower in _JWK or plain in _QUERY else ""


def _elements(text: str) -> Iterator[Field]:
    if "</" not in text:
        return
    for match in _ELEMENT.finditer(text):
        named = _NAMED.search(match[2]) if match[2] else None
        name = named[1] if named else match[1].rpartition(":")[2]
        yield Field(name, match.start(3), match.end(3), quoted=True)


def _values(text: str, name: str, at: int, match: re.Match[str]) -> Iterator[Field]:
    inside = _INSIDE.match(text, at)
    if inside:
        at = inside.end()
    query = match.start() > 0 and (
        (text[match.start() - 1] in "?&;#\"'" and match[0].endswith("="))
        or "ueryStringParameters" in text[max(0, match.start() - 300) : match.start()]
    )
    for _ in range(50):
        opened = _OPEN.match(text, at)
        if not opened:
            break
        end = _closing(text, opened.end(), opened[1])
        yield Field(name, opened.end(), end, quoted=True, query=query)
        more = _NEXT.match(text, end + len(opened[1])) if inside else None
        if not more:
            return
        at = more.end()
    else:
        return
    if text.startswith("{", at) and _plural(name):
        yield from _members(text, name, at)
        return
    yield Field(name, at, _bare(text, name, at, match), query=query)


def _plural(name: str) -> bool:
    return level(name) is Level.STRONG and name.lower().endswith("s") and not name.lower().endswith("pass")


def _members(text: str, name: str, at: int) -> Iterator[Field]:
    """The texts in an object whose name says that all of them are secrets."""
    for _ in range(50):
        opened = _MEMBER.match(text, at)
        if not opened:
            return
        at = _closing(text, opened.end(), opened[3])
        yield Field(name, opened.end(), at, quoted=True)
        at += len(opened[3])


def _bare(text: str, name: str, at: int, match: re.Match[str]) -> int:
    """Where a value without quotes ends: at the end of a line that holds nothing else, or before a delimiter."""
    found = level(name)
    if found in (Level.HEADER, Level.COOKIE):
        return end_of_header(text, at) if found is Level.HEADER else end_of_cookies(text, at)
    ends = _BARE.match(text, at)
    end = ends.end() if ends else at
    line = _LINE.match(text, at)
    alone = (
        match.start() == 0
        or text[match.start() - 1] in "\n\t"
        or text[max(0, match.start() - 2) : match.start()] in ("  ", "- ")
    )
    if (
        found is Level.STRONG
        and alone
        and line
        and line.end() > end
        and line.end() - at < 120
        and "=" not in line[0]
        and ":" not in line[0]
    ):
        end = max(end, at + len(line[0].rstrip()))
    while end > at and (text[end - 1] in ".,:" or (text[end - 1] == ")" and "(" not in text[at:end])):
        end -= 1
    return end


def _closing(text: str, start: int, delimiter: str) -> int:
    """Where the string that opened with this delimiter ends."""
    limit = min(len(text), start + LONGEST)
    at = text.find(delimiter, start, limit)
    while at >= 0:
        slashes = 0
        while at - slashes > start and text[at - slashes - 1] == "\\":
            slashes += 1
        if slashes == 0 or (len(delimiter) == 1 and slashes % 2 == 0):
            return at
        at = text.find(delimiter, at + 1, limit)
    line = text.find("\n", start, limit)
    return line if line >= 0 else limit
