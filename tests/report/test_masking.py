"""Reports are passed on: nothing secret is in them."""

from typing import NamedTuple

from shopfast_obs.report.masking import masked
from shopfast_obs.report.view import Report
from tests.analysis.sensitive.corpus import Maker


class Row(NamedTuple):
    """A part of a page."""

    text: str
    count: int


def test_texts_go_wherever_they_stand_and_the_rest_stays() -> None:
    """In dataclasses, tuples, documents; the same value has the same stand-in."""
    secret = Maker().password()
    assert masked(Row(f"DB_PASSWORD={secret}", 3)) == Row("DB_PASSWORD=[masked-named-secret-1]", 3)
    document = masked({"groups": [{"message": f"password={secret}", "count": 2}], "token": secret, "route": "GET /x"})
    assert secret not in str(document)
    assert document["groups"][0]["message"] == f"password={document['token']}"
    assert (document["groups"][0]["count"], document["route"]) == (2, "GET /x")
    report = masked(Report(title=f"2 errors: password={secret}", sections=()))
    assert secret not in report.title
