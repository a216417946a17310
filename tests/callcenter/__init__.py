"""Tests of callcenter."""
