"""What the data of a document hold that their published schema does not say."""

from jsonschema import Draft202012Validator

from documents.enums import DocumentKind
from documents.json_schema import schema_of
from documents.models import IssuedDocument


def schema_errors(document: IssuedDocument) -> list[str]:
    """Return the paths within the data of a document that its published schema refuses."""
    validator = Draft202012Validator(schema_of(DocumentKind(document.kind)))
    return ["/".join(map(str, error.absolute_path)) for error in validator.iter_errors(document.data)]
