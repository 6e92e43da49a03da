"""Turns STORAGE_URL into Django's default storage: a folder, or a bucket that speaks S3."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

S3_OPTIONS = {"endpoint_url", "region_name"}


def storage_from_url(url: str) -> dict[str, Any]:
    """Return the ``STORAGES["default"]`` that an address describes.

    ``/srv/ctai/media`` or ``file:///srv/ctai/media`` is a folder;
    ``s3://KEY:SECRET@bucket/prefix?endpoint_url=https://s3.example.org&region_name=fr-par`` a bucket, whose key and
    secret may also come from the usual AWS variables.

    Raises ImproperlyConfigured when the address is neither.
    """
    parts = urlsplit(url)
    if parts.scheme == "s3" and parts.hostname:
        return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": _bucket(url)}
    if parts.scheme in {"", "file"} and not parts.netloc and parts.path.startswith("/"):
        folder = unquote(parts.path)
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": folder}}
    raise ImproperlyConfigured("STORAGE_URL must be an absolute folder or s3://bucket.")


def _bucket(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if unknown := asked.keys() - S3_OPTIONS:
        raise ImproperlyConfigured(f"STORAGE_URL: unknown option {', '.join(sorted(unknown))}.")
    options: dict[str, Any] = {
        "bucket_name": parts.hostname,
        "location": parts.path.strip("/"),
        "file_overwrite": False,
        "default_acl": None,  # the bucket is private; files are served by the portal after the rights check
        **asked,
    }
    if parts.username and parts.password:
        options |= {"access_key": unquote(parts.username), "secret_key": unquote(parts.password)}
    return options
