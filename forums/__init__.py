"""What is decided, and what follows.

`charters` say what a forum may do. Of a meeting, `agendas` and `invitations` come before it, `meetings` and `motions`
are its session, which `following` tells to whoever looks on; `minutes`, `registers` and `packs` come after it. `cases`,
`measures`, `rules`, `restatements` and `reconciliation` show what is measured beside what was decided on it.
"""
