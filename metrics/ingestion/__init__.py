"""The one door through which figures come in, whoever brings them: program, form, file, pull or command.

`ingest(rows, delivery, by=actor)` is one transaction: resolve in sets, stage, check, append to the ledger, keep the
readings and their series in step, note what was touched, and leave one audit entry with a digest of the rows.
"""

from metrics.ingestion.delivery import Delivery, Outcome, Receipt, RowError, Rows, RowsRefused, SourceDenied
from metrics.ingestion.door import ingest, remember
from metrics.ingestion.rehearsal import Fate, Rehearsed, rehearse

__all__ = [
    "Delivery",
    "Fate",
    "Outcome",
    "Receipt",
    "Rehearsed",
    "RowError",
    "Rows",
    "RowsRefused",
    "SourceDenied",
    "ingest",
    "rehearse",
    "remember",
]
