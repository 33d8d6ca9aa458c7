from journeys.models.journey import Handoff, Journey, Stage

__all__ = ["Handoff", "Journey", "Stage"]
