"""Tests of shopfast_obs/diagnose."""
