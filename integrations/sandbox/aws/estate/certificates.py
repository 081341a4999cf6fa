"""Certificates with a chosen expiry. Key and serial follow from the domain, so that a replay gives the same ones."""

import hashlib
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from moto.acm.models import acm_backends

from integrations.sandbox.aws.estate.site import Site

VALID = timedelta(days=395)


def build(site: Site) -> None:
    """All certificates of the plan."""
    for domain, wanted in site.plan["certificates"].items():
        issue(site, domain, wanted["region"], site.ago(-wanted["expires_days"]))


def issue(site: Site, domain: str, region: str, expires: datetime, arn: str | None = None) -> str:
    """A certificate issued by ACM that ends at `expires`; with `arn`, a renewal of that one. Returns its ARN."""
    certificate, key = _pem(domain, expires)
    again = {"CertificateArn": arn} if arn else {}
    made = site.client("acm", region).import_certificate(Certificate=certificate, PrivateKey=key, **again)["CertificateArn"]
    bundle = acm_backends[site.sandbox.account][region]._certificates[made]
    bundle.type = "AMAZON_ISSUED"
    site.made[f"certificate:{domain}"] = made
    return str(made)


def _pem(domain: str, expires: datetime) -> tuple[bytes, bytes]:
    digest = hashlib.sha256(domain.encode()).digest()
    key = ec.derive_private_key(int.from_bytes(digest[:30], "big") + 1, ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, domain)])
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Amazon RSA 2048 M02")])
    expires = expires.replace(microsecond=0)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(int.from_bytes(digest[:12], "big") + int(expires.timestamp()))
        .not_valid_before(expires - VALID)
        .not_valid_after(expires)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(domain)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return certificate.public_bytes(serialization.Encoding.PEM), secret
