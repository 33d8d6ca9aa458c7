"""The measurement dictionary as people see it: measures, their processes, links, lineage."""
