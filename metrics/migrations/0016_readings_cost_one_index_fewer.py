from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("metrics", "0015_every_run_has_its_period"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="reading", name="readings_of_a_period"),
    ]
