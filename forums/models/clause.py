import pgtrigger

from truthgov.models import Fact, Recorded


class Clause(Recorded):
    """A part of a charter that stands in a row of its own: written with the proposal, never after its approval."""

    class Meta(Fact.Meta):
        abstract = True
        triggers = [
            *Fact.Meta.triggers,
            pgtrigger.Trigger(
                name="a_clause_comes_with_the_proposal",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    IF NOT EXISTS (SELECT FROM forums_charter WHERE id = NEW.charter_id AND status = 'proposed') THEN
                        RAISE EXCEPTION 'a charter gains no right, and nothing else, once it is approved';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]
