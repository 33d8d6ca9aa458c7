from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("metrics", "0046_the_audit_tells_of_what_an_act_wrote"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="feedrun",
            index=models.Index(fields=["feed", "-slot", "-period_start", "-id"], name="runs_of_a_feed"),
        ),
        migrations.AddIndex(
            model_name="feedrun",
            index=models.Index(
                condition=models.Q(("status__in", ["due", "parked"])), fields=["status"], name="runs_that_are_not_over"
            ),
        ),
    ]
