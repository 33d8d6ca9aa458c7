"""What is claimed, and where claims collide.

`dictionary` keeps what measures mean, with `formulas` of those that are computed; `dictionary_files` and
`dictionary_import` bring it in and out. Figures are fetched by `sources`, pushed to `api`, handed in by people through
`handing_in` and `uploads`; all enter by `ingestion`. `figures` reads them back, `trust` says how far they can be
relied on. `rules` says what is looked at, `detection` judges it, `assessment` makes contradictions of that, and `cases`
joins, splits and recalls these.
"""
