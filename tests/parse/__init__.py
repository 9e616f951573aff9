"""Tests of shopfast_obs/parse."""
