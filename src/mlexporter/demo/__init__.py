"""PLAY: a real model, real flights and real alerts, so that a person sees everything at work.

It uses the rest of the package as a user would and adds nothing to it. What it makes up (a fault)
it says to be made; everything else that happens is in the data.
"""
