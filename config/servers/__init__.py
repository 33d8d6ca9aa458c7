"""The embedded stack: real PostgreSQL and Valkey from wheels, and the product's processes under one supervisor.

Nothing here imports Django: these modules start before there is a database to talk to.
"""
