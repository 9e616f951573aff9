"""Tests of shopfast_obs/diagnose/rules/durable."""
