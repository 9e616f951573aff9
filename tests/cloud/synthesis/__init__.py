"""Tests of shopfast_obs.cloud.synthesis."""
