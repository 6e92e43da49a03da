"""STORAGE_URL becomes a storage, or stops the start."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from ctai.settings.storage import storage_from_url


@pytest.mark.parametrize("url", ["/srv/ctai/media", "file:///srv/ctai/media"])
def test_folder_is_a_file_storage(url: str) -> None:
    assert storage_from_url(url) == {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": "/srv/ctai/media"},
    }


def test_bucket_is_a_private_storage() -> None:
    url = "s3://KEY:se%2Fcret@files/portal/?endpoint_url=https://s3.example.org&region_name=fr-par"

    assert storage_from_url(url) == {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": "files",
            "location": "portal",
            "file_overwrite": False,
            "default_acl": None,
            "endpoint_url": "https://s3.example.org",
            "region_name": "fr-par",
            "access_key": "KEY",
            "secret_key": "se/cret",
        },
    }


@pytest.mark.parametrize(
    "url", ["", "media", "file://host/media", "https://s3.example.org/files", "s3:///files", "s3://files?acl=public"]
)
def test_any_other_address_is_refused(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="STORAGE_URL"):
        storage_from_url(url)
