"""Tests of shopfast_obs/cli."""
