"""Who, and with what authority; and what every room above leans on.

People, scopes, appointments, the mandate and keys are `models`; `audit` keeps the chain of what was done, `lifecycle`
moves a record from one status to the next, `clock` and `periods` tell time, `knowledge` what was known when. Pages are
built of `templatetags` and `svg`, resources of `rest`; files come in by `spreadsheets` and `intake`, requests leave by
`egress` alone.
"""
