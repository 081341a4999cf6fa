"""All own answers by operation name."""

from collections.abc import Mapping

from integrations.sandbox.aws.responders import accessanalyzer, account, backup, detection, iam, resources
from integrations.sandbox.aws.responders.answering import Responder

ANSWERS: Mapping[str, Responder] = {
    name: responder for module in (accessanalyzer, account, backup, detection, iam, resources) for name, responder in module.ANSWERS.items()
}
