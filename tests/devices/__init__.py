"""Tests of the devices storey."""
