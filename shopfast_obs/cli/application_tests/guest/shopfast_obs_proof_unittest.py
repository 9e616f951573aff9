"""Runs unittest as its own command does, and writes the outcome of each test as it ends."""

import json
import os
import sys
import unittest

RESULTS = os.environ["SHOPFAST_OBS_PROOF_RESULTS"]
ONLY = os.environ.get("SHOPFAST_OBS_PROOF_ONLY", "")
WANTED = None
if ONLY:
    with open(ONLY, encoding="utf-8") as names:
        WANTED = set(json.load(names))


class Result(unittest.TextTestResult):
    """Writes outcomes; a test that is not asked for is not run."""

    def startTest(self, test):
        super().startTest(test)
        self.outcome = "passed"

    def stopTest(self, test):
        super().stopTest(test)
        with open(RESULTS, "a", encoding="utf-8") as file:
            file.write(json.dumps([test.id(), self.outcome]) + "\n")

    def addError(self, test, err):
        super().addError(test, err)
        self.outcome = "error"

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.outcome = "failed"

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.outcome = "failed"

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.outcome = "skipped"


class Runner(unittest.TextTestRunner):
    """Runs what is asked for."""

    resultclass = Result

    def run(self, test):
        return super().run(test if WANTED is None else unittest.TestSuite(wanted(test)))


def wanted(suite):
    """The tests of a suite that are asked for."""
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from wanted(test)
        elif test.id() in WANTED:
            yield test


if __name__ == "__main__":
    sys.path[0] = os.getcwd()
    unittest.main(module=None, testRunner=Runner, argv=["python -m unittest", *sys.argv[1:]])
