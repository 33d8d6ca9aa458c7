from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('forums', '0026_a_matter_has_its_scope'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='charter',
            name='a_cadence_day_is_a_working_day',
        ),
        migrations.RemoveField(
            model_name='charter',
            name='cadence',
        ),
        migrations.RemoveField(
            model_name='charter',
            name='cadence_day',
        ),
        migrations.RemoveField(
            model_name='charter',
            name='escalation_days',
        ),
    ]
