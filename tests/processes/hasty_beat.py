"""The product's clock, which pulls feeds twice a second: no test waits for the minute."""

from config.beat import app

every = app.conf.beat_schedule
app.conf.beat_schedule = every | {"pull feeds": every["pull feeds"] | {"schedule": 0.5}}
