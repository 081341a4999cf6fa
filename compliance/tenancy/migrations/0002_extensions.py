"""Extensions that the indexes and searches of the product need; both are trusted, the owner may create them."""

from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0001_initial")]
    operations = [BtreeGistExtension(), TrigramExtension()]
