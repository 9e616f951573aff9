"""What an audit's answer says, and what it does not."""

from bench.audit import of_npm, of_pip


def test_packages_that_were_skipped_were_not_looked_up() -> None:
    """pip-audit exits with 0 and calls that no known vulnerability."""
    skipped = {"name": "a", "skip_reason": "Dependency not found on PyPI and could not be audited: a (1)"}
    assert "could not be reached" in str(of_pip("x.lock", {"dependencies": [skipped]}))
    assert "could not be reached" in str(of_pip("x.lock", {}))
    answer = {"dependencies": [skipped, {"name": "b", "version": "1", "vulns": []}]}
    assert str(of_pip("x.lock", answer)) == "x.lock: 1 of 2 packages looked up, none vulnerable"


def test_a_known_vulnerability_is_named() -> None:
    """With its id."""
    answer = {"dependencies": [{"name": "b", "version": "1", "vulns": [{"id": "PYSEC-2026-1"}]}]}
    audited = of_pip("x.lock", answer)
    assert audited.vulnerable == ("b (PYSEC-2026-1)",)
    assert "1 vulnerable: b (PYSEC-2026-1)" in str(audited)


def test_what_npm_answers() -> None:
    """A registry that takes no audit is no clean result."""
    refused = of_npm("cli", {"message": "405 Method Not Allowed - POST somewhere", "statusCode": 405})
    assert str(refused) == "cli: not audited, the database could not be reached (405 Method Not Allowed)"
    told = {"metadata": {"dependencies": {"total": 12}}, "vulnerabilities": {"left-pad": {"severity": "high"}}}
    assert str(of_npm("cli", told)) == "cli: 12 of 12 packages looked up, 1 vulnerable: left-pad"
