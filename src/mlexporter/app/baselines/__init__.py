"""A week of serving as a second reference beside training, and what people decided about drift.

The elected evaluator cuts what is counted into blocks (``blocks``), tells clean ones from incidents
(``incidents``), learns a baseline of them (``learning``) and keeps all that where it survives a restart
(``kept_files``). People decide by ``mlexporter baseline`` (``decisions``); every other process reads what is
in use (``board``).
"""
