"""The coroner suite: what killed people elsewhere, played here; and a machine that looks for a way to do it again."""
