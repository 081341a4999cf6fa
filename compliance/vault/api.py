"""The organization's log: checkpoints, the key that signed them, and where something stands in it."""

import uuid

from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.paging import paged
from compliance.api.views import OrganizationView
from compliance.vault.answers import FileView, file_answer
from compliance.vault.selectors.countersigned import latest_timestamp, signed_bytes_at, timestamp_of
from compliance.vault.selectors.entries import checkpoints_signed, entry_of
from compliance.vault.selectors.log import checkpoints, log_state, log_verifier, proof_of

STAMP = {(200, "application/timestamp-reply"): OpenApiTypes.BINARY}
TEXT = {(200, "text/plain"): OpenApiTypes.STR}


class LogBody(serializers.Serializer):
    """The state of the log. `verifier` is the key to verify checkpoints with (C2SP vkey), empty before the first."""

    size = serializers.IntegerField(help_text="Entries sealed.")
    signed_at = serializers.DateTimeField(allow_null=True)
    verifier = serializers.CharField(allow_blank=True)
    timestamped_size = serializers.IntegerField(allow_null=True, help_text="Entries under the latest time stamp (RFC 3161), if any.")
    timestamped_at = serializers.DateTimeField(allow_null=True, help_text="The time that it states.")


class CheckpointBody(serializers.Serializer):
    """A signed statement of the log's size and root. `note` is a C2SP signed note around a C2SP checkpoint."""

    size = serializers.IntegerField()
    root = serializers.CharField(help_text="Hexadecimal.")
    signed_at = serializers.DateTimeField()
    note = serializers.CharField()


class CheckpointPage(serializers.Serializer):
    """A page of checkpoints."""

    results = CheckpointBody(many=True)
    next = serializers.URLField(allow_null=True)


class LogEntryBody(serializers.Serializer):
    """What stands in the log about something. `leaf` is the canonical JSON (RFC 8785) that the proof speaks of."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    at = serializers.DateTimeField()
    position = serializers.IntegerField()
    leaf = serializers.CharField(allow_null=True)
    proof = serializers.CharField(allow_null=True, help_text="The text of a .tlog-proof file; null until the next checkpoint.")


class LogRoute(OrganizationView):
    """How far the log is sealed."""

    @extend_schema(operation_id="log_retrieve", responses=LogBody)
    def get(self, request: Request) -> Response:
        """Size, time of the last seal, verifier key, latest time stamp."""
        state, stamp = log_state(), latest_timestamp()
        return Response(
            {
                "size": state.size if state else 0,
                "signed_at": state.signed_at if state else None,
                "verifier": log_verifier(),
                "timestamped_size": stamp.size if stamp else None,
                "timestamped_at": stamp.at if stamp else None,
            }
        )


class CheckpointsRoute(OrganizationView):
    """Every checkpoint that was signed."""

    @extend_schema(
        operation_id="log_checkpoints_list",
        responses=CheckpointPage,
        parameters=[OpenApiParameter(name, str) for name in ("cursor", "limit")],
    )
    def get(self, request: Request) -> Response:
        """Newest first."""
        return paged(
            request,
            checkpoints_signed(),
            order=["-size"],
            shown=lambda each: {"size": each.size, "root": bytes(each.root).hex(), "signed_at": each.signed_at, "note": each.note},
        )


class CheckpointRoute(FileView):
    """The latest checkpoint."""

    @extend_schema(operation_id="log_checkpoint_retrieve", responses=TEXT)
    def get(self, request: Request) -> HttpResponse:
        """As the signed note that verifiers read. 404 before the first seal."""
        latest = checkpoints(limit=1)
        if not latest:
            raise Http404("Nothing is sealed yet; the log is sealed every few seconds once there is something in it.")
        return file_answer(latest[0].note.encode(), name="checkpoint.txt", media_type="text/plain; charset=utf-8")


class SignedTextRoute(FileView):
    """What was signed at a size."""

    @extend_schema(operation_id="log_checkpoint_text_retrieve", responses=TEXT)
    def get(self, request: Request, size: int) -> HttpResponse:
        """The text of the checkpoint, over which signature and time stamp are. 404 where no checkpoint has that size."""
        text = signed_bytes_at(size)
        if text is None:
            raise Http404("There is no checkpoint of that size.")
        return file_answer(text, name=f"checkpoint-{size}.text", media_type="text/plain; charset=utf-8")


class TimestampRoute(FileView):
    """The time stamp over a checkpoint."""

    @extend_schema(operation_id="log_timestamp_retrieve", responses=STAMP)
    def get(self, request: Request, size: int) -> HttpResponse:
        """The authority's answer (RFC 3161, DER). 404 where the checkpoint of that size has none; `timestamped_size` names the latest."""
        stamp = timestamp_of(size)
        if stamp is None:
            raise Http404("No time stamp was given for a checkpoint of that size.")
        return file_answer(bytes(stamp.response), name=f"checkpoint-{size}.tsr", media_type="application/timestamp-reply")


class VerifierRoute(FileView):
    """The key."""

    @extend_schema(operation_id="log_verifier_retrieve", responses=TEXT)
    def get(self, request: Request) -> HttpResponse:
        """The key to verify checkpoints with, as one line (C2SP vkey). 404 before the first seal."""
        key = log_verifier()
        if not key:
            raise Http404("There is no key yet; it is made with the first seal.")
        return file_answer(f"{key}\n".encode(), name="log.vkey", media_type="text/plain; charset=utf-8")


class LogEntryRoute(OrganizationView):
    """Something in the log, by its own id (a record's, a run's)."""

    @extend_schema(operation_id="log_entry_retrieve", responses=LogEntryBody)
    def get(self, request: Request, ref: uuid.UUID) -> Response:
        """Its leaf and the proof that it is included in the latest checkpoint. 404 while it is not sealed."""
        entry = entry_of(ref)
        if entry is None:
            raise Http404("Nothing of that id is sealed in this log; what is new is sealed within seconds.")
        found = proof_of(ref)
        leaf, proof = (found[0].decode(), found[1].encode().decode()) if found else (None, None)
        return Response({"id": ref, "kind": entry.kind, "at": entry.at, "position": entry.position, "leaf": leaf, "proof": proof})


class LogProofRoute(FileView):
    """The proof alone."""

    @extend_schema(operation_id="log_proof_retrieve", responses=TEXT)
    def get(self, request: Request, ref: uuid.UUID) -> HttpResponse:
        """As a `.tlog-proof` file (C2SP tlog-proof). 404 while it is not sealed."""
        found = proof_of(ref)
        if found is None:
            raise Http404("Nothing of that id is sealed in this log; what is new is sealed within seconds.")
        return file_answer(found[1].encode(), name=f"{ref}.tlog-proof", media_type="text/plain; charset=utf-8")
