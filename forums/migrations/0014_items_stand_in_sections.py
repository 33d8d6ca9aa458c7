from django.db import migrations

FILL = """
    UPDATE forums_agendaitem i SET
        section = CASE WHEN i.carried_from_id IS NOT NULL THEN 'Carried over' ELSE
            CASE s.kind WHEN 'contradiction' THEN 'Contradictions'
                        WHEN 'escalation' THEN 'Escalations and challenges'
                        WHEN 'challenge' THEN 'Escalations and challenges'
                        WHEN 'action' THEN 'Actions overdue'
                        WHEN 'restatement' THEN 'Restatements'
                        ELSE 'Definitions to approve' END END,
        minutes = CASE s.kind WHEN 'contradiction' THEN 15 ELSE 5 END
    FROM forums_subject s WHERE s.id = i.subject_id
"""
"""As the drafting of an agenda has them stand from now on."""


class Migration(migrations.Migration):
    dependencies = [("forums", "0013_an_agenda_is_arranged")]
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
