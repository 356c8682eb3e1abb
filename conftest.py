"""What holds for all tests: those of tests/, examples in docstrings, code of pages."""

import os

# TensorFlow's start-up messages would fill the report of every failure.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

# Examples show pictures; tests open no windows.
os.environ.setdefault("MPLBACKEND", "Agg")
