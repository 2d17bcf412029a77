from django.db import migrations, models


class Migration(migrations.Migration):
    """An offer may go by text."""

    dependencies = [("scheduling", "0011_open_elsewhere")]

    operations = [
        migrations.RemoveConstraint(model_name="offer", name="offer_channel_known"),
        migrations.AlterField(
            model_name="offer",
            name="channel",
            field=models.CharField(
                choices=[("email", "E-mail with a link"), ("text", "Text with a link"), ("call", "Phone call")], max_length=6
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ["email", "text", "call"])), name="offer_channel_known"
            ),
        ),
    ]
