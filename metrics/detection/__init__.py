"""Where claims collide: series in, findings out. Pure numpy; nothing here imports Django.

`kinds.KINDS` names what can be judged, one module a kind: a `Batch` of pairs × periods in, `Judgements` out. Then
`control` holds the whole family of a kind and period to its false-discovery rate, `severity` grades what is left and
`told.sentences` tells it.
"""
