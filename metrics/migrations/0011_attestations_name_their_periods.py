"""An attestation of a submission covers what came in with it: its observations, in the scope it was made for."""

from django.db import migrations

FILL = """
    UPDATE metrics_attestation AS attestation
    SET scope_id = appointment.scope_id, digest = submission.digest, grain = covered.grain,
        period_start = covered.period_start, observations = covered.observations
    FROM truthgov_appointment AS appointment, metrics_submission AS submission, (
        SELECT observation.submission_id, min(definition.grain) AS grain,
            min(observation.period_start) AS period_start, array_agg(observation.id ORDER BY observation.id) AS observations
        FROM metrics_observation AS observation
        JOIN metrics_definition AS definition ON definition.id = observation.definition_id
        WHERE observation.submission_id IN (SELECT submission_id FROM metrics_attestation)
        GROUP BY observation.submission_id
    ) AS covered
    WHERE appointment.id = attestation.appointment_id AND submission.id = attestation.submission_id
      AND covered.submission_id = submission.id;
    SET CONSTRAINTS ALL IMMEDIATE
"""


class Migration(migrations.Migration):

    dependencies = [
        ('metrics', '0010_an_attestation_may_name_its_period'),
    ]

    operations = [
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
