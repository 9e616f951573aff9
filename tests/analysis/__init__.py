"""Tests of shopfast_obs/analysis."""
