"""Tests of shopfast_obs/report."""
