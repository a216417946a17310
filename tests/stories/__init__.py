"""Whole stories, told over the services or over the running centre."""
