"""Secrets and personal data in texts: found by name, by form, by issuer, behind encodings; and what stands in for them."""

from shopfast_obs.analysis.sensitive.detect import Hit, find
from shopfast_obs.analysis.sensitive.masker import Masker, masked
from shopfast_obs.analysis.sensitive.names import Level, level
from shopfast_obs.analysis.sensitive.telemetry import masked_trace

__all__ = ["Hit", "Level", "Masker", "find", "level", "masked", "masked_trace"]
