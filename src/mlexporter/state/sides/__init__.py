"""What is counted of rows beside their bins: one module a side, loaded where a profile has it.

A side is made of a ``Reference`` and adds rows into its cells: ``count(rows, cells)``, where ``rows``
is a ``RowBlock`` and ``cells`` the int64 cells of this side alone, at ``Reference.side_places[name]``.
"""
