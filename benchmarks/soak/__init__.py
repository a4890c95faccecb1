"""An hour of mixed load with faults: counts exact, memory flat, no false page. ``run.py`` is the program."""
