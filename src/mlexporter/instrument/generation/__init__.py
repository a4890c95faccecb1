"""Calls of generative models: what their answers tell, in any vendor's shape, and what users tell by hand.

No library of a vendor is imported: answers are told apart by the names of their fields. What is not
recognised is unknown, and unknown is not counted.
"""
