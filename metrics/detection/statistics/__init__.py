"""The statistics that several kinds rest on: limits, intervals, ranks, what a past leads to expect. Pure numpy."""
