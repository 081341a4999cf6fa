"""Files that people bring, and the mappings kept for the next one."""

from django.db import models

from compliance.tenancy.models import TenantModel

IMPORT_STATES = ("draft", "recording", "recorded", "discarded")


class ImportedFile(TenantModel):
    """One file on its way to facts. `content` is encrypted and only kept while the import is a draft; what is recorded stands in the
    vault under `sha256`. `look` says how it is read, `column_map` which column becomes which field (None: not decided; files of findings
    need none). `as_of` is the day and time that the list speaks for, as the person says; `uploaded_at` is our clock."""

    connection = models.ForeignKey(
        "integrations.Connection", null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False
    )
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    mode = models.CharField(max_length=12)
    fresh_days = models.PositiveSmallIntegerField()
    filename = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    content = models.BinaryField(null=True)
    look = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    column_map = models.JSONField(null=True)
    state = models.CharField(max_length=10, default="draft")
    uploaded_by = models.CharField(max_length=200)
    uploaded_at = models.DateTimeField()
    as_of = models.DateTimeField(null=True)
    policy = models.CharField(max_length=4, blank=True)
    rows = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    repeated = models.PositiveIntegerField(default=0)
    refusals = models.JSONField(default=list)  # the first ones, as they were when it was recorded
    recorded_by = models.CharField(max_length=200, blank=True)
    recording_at = models.DateTimeField(null=True)
    run_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="imported_file_in_organization"),
            models.CheckConstraint(name="imported_file_state", condition=models.Q(state__in=IMPORT_STATES)),
        ]
        indexes = [models.Index(fields=["organization", "-uploaded_at"], name="imported_file_latest")]

    def __str__(self) -> str:
        return self.filename


class KeptMapping(TenantModel):
    """A column mapping under a name, for the next file of that kind."""

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=40)
    column_map = models.JSONField()
    kept_by = models.CharField(max_length=200)
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "kind", "name"], name="kept_mapping_once")]

    def __str__(self) -> str:
        return self.name
