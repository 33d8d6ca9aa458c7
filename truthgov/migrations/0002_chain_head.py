from django.db import migrations


def lay_the_head(apps, schema_editor):
    head = apps.get_model("truthgov", "AuditHead")
    head.objects.using(schema_editor.connection.alias).get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("truthgov", "0001_initial")]
    operations = [migrations.RunPython(lay_the_head, migrations.RunPython.noop)]
