"""What the database takes of the truth owner alone, with a reason, and never of who answers for a side of the case.

Days are compared loosely by zone, as in `forums.models.validity`; the verbs are exact.
"""

import pgtrigger

HELD = """
        IF btrim(NEW.reason) = '' OR NOT EXISTS (
            SELECT FROM truthgov_appointment p
            LEFT JOIN truthgov_deputy d ON d.appointment_id = p.id AND d.holds && days
            WHERE p.role = 'truth_owner' AND p.status = 'confirmed' AND p.holds && days
              AND NEW.person_id IN (p.person_id, d.person_id)) THEN
            RAISE EXCEPTION '{act} by the truth owner, with a reason';
        END IF;
"""
NO_PARTY = """
        IF EXISTS (
            SELECT FROM metrics_contradiction c
            JOIN metrics_measure m ON m.id IN (c.measure_id, c.other_measure_id)
            LEFT JOIN truthgov_function f ON f.id = m.function_id
            LEFT JOIN journeys_journey j ON j.id = m.journey_id
            JOIN truthgov_appointment p ON p.status = 'confirmed' AND p.holds && days
             AND (p.scope_id, p.role) = (
                  CASE WHEN m.kind = 'journey_outcome' OR f.id IS NULL THEN j.scope_id ELSE f.scope_id END,
                  CASE WHEN m.kind = 'journey_outcome' OR f.id IS NULL THEN 'journey_owner' ELSE 'function_lead' END)
            LEFT JOIN truthgov_deputy d ON d.appointment_id = p.id AND d.holds && days
            WHERE c.id IN ({cases}) AND NEW.person_id IN (p.person_id, d.person_id)) THEN
            RAISE EXCEPTION '{act} by nobody who answers for a side';
        END IF;
"""


def truth_owners_alone(
    name: str, act: str, *, cases: str = "NEW.contradiction_id", condition: str = "", also: str = ""
) -> pgtrigger.Trigger:
    """A trigger for a table with `person_id`, `reason` and `at`, on rows of `condition`.

    `act` begins the sentence of what is refused ("a false alarm is declared"); `cases` are the numbers of the cases
    that it is about; `also` is what else is checked.
    """
    return pgtrigger.Trigger(
        name=name,
        operation=pgtrigger.Insert,
        when=pgtrigger.Before,
        condition=pgtrigger.Condition(condition) if condition else None,
        declare=[
            (
                "days",
                "daterange := daterange((NEW.at - interval '14 hours')::date, "
                "(NEW.at + interval '14 hours')::date, '[]')",
            ),
        ],
        func=HELD.format(act=act) + NO_PARTY.format(act=act, cases=cases) + also + "        RETURN NEW;\n",
    )


A_FALSE_ALARM_IS_THE_TRUTH_OWNERS = truth_owners_alone(
    "a_false_alarm_is_the_truth_owners",
    "a false alarm is declared",
    condition="NEW.code = 'declared_false_alarm'",
)


def one_of_two_is_the_truth_owner(name: str) -> pgtrigger.Trigger:
    """A trigger for a table of proposals that bear on how figures are judged: on those that are approved."""
    return pgtrigger.Trigger(
        name=name,
        operation=pgtrigger.Insert | pgtrigger.Update,
        when=pgtrigger.Before,
        condition=pgtrigger.Q(new__status="approved"),
        declare=[
            (
                "days",
                "daterange := daterange((NEW.approved_at - interval '14 hours')::date, "
                "(NEW.approved_at + interval '14 hours')::date, '[]')",
            ),
        ],
        func="""
        IF NEW.approved_at IS NULL OR NOT EXISTS (
            SELECT FROM truthgov_appointment p
            LEFT JOIN truthgov_deputy d ON d.appointment_id = p.id
            WHERE p.role = 'truth_owner' AND p.status = 'confirmed' AND (
                (p.id = NEW.appointment_id AND NEW.proposed_by_id IN (p.person_id, d.person_id))
                OR (p.holds && days AND NEW.approved_by_id = p.person_id)
                OR (p.holds && days AND NEW.approved_by_id = d.person_id AND d.holds && days))) THEN
            RAISE EXCEPTION 'one of the two people who agree on it is the truth owner';
        END IF;
        RETURN NEW;
    """,
    )
