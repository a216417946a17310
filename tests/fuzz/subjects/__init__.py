"""What the oracle knows of each codec beside its bytes: ``SUBJECTS`` of every module here, by name in the registry."""
