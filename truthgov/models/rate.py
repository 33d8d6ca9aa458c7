from django.db import models


class RateWindow(models.Model):
    """How many requests a caller has made in the window of time they are in: a row a caller, counted in place.

    The table is unlogged: a crash of the server forgets the counts, and counting costs no wait for the disk.
    """

    caller = models.CharField(max_length=40, primary_key=True)
    window = models.BigIntegerField(help_text="Minutes since 1970.")
    count = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.caller
