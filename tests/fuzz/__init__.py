"""Coverage-guided fuzzing of every codec (``make fuzz``): inputs are found by atheris, judged by ``oracle.py``, and the
corpus and the findings are kept as lines of hex, so that ``make test`` judges them again without atheris.
"""
