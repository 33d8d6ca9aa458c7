"""Where claims collide: series in, findings out. Pure numpy; nothing here imports Django.

`kinds.KINDS` names what can be judged, one module a kind: a `Batch` of pairs × periods in, `Judgements` out. Then
`control.decide` counts the whole family of a kind and period, `severity` grades what is left and `sentences` tells it.
"""
