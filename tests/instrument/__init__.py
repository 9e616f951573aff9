"""Tests of instrument/."""

import pytest

pytest.register_assert_rewrite("tests.instrument.helpers")
