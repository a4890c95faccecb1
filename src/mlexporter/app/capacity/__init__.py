"""What a load costs, before anything is installed: series, bytes, memory, processor time, and what to set.

``capacity(Load(...))`` asks the code that exposes, counts and keeps: a small model is made of each kind of part
(``specimen.py``), shown and written down by it (``exposed.py``, ``kept.py``), and multiplied (``parts.py``). What is no
matter of counting was measured (``measured.py``).
"""
