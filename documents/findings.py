"""What the examination of a returned file says: a verdict in three levels, its reasons, the signatures it bears."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from documents.enums import MatchedBy, Verdict

ELECTRONIC_UNVERIFIED = "Conforme, signature électronique dont l’émetteur n’est pas vérifié"


@dataclass(frozen=True, slots=True)
class TimestampFinding:
    """The instant that a timestamping authority (RFC 3161) certifies, and how far it could be checked."""

    at: datetime
    authority: str
    is_trusted: bool
    trust: str  # the end of a sentence: what is known of the authority


@dataclass(frozen=True, slots=True)
class SignatureFinding:
    """One electronic signature: who, when, and how far it could be checked."""

    signer: str
    issuer: str
    declared_at: datetime | None
    timestamp: TimestampFinding | None
    is_intact: bool
    is_trusted: bool
    is_revoked: bool
    trust: str  # a sentence: how far the chain and the revocation were checked
    alteration: str = ""  # a sentence, when something was changed after it

    def as_data(self) -> dict[str, Any]:
        """Return what is kept on the row."""
        return {
            "signer": self.signer,
            "issuer": self.issuer,
            "declared_at": self.declared_at.isoformat() if self.declared_at else None,
            "timestamped_at": self.timestamp.at.isoformat() if self.timestamp else None,
            "timestamped_by": self.timestamp.authority if self.timestamp else "",
            "is_timestamp_trusted": bool(self.timestamp and self.timestamp.is_trusted),
            "is_trusted": self.is_trusted,
            "trust": self.trust,
        }


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict on a returned file, with its reasons as French sentences."""

    verdict: Verdict
    sentences: tuple[str, ...]
    matched_by: MatchedBy = MatchedBy.NOTHING
    signatures: tuple[SignatureFinding, ...] = ()
    asks_declaration: bool = False

    @property
    def certified_at(self) -> tuple[datetime, ...]:
        """The instants of the signatures, where a trusted timestamp certifies every one; nothing otherwise."""
        stamps = [each.timestamp for each in self.signatures]
        trusted = [each.at for each in stamps if each is not None and each.is_trusted]
        return tuple(trusted) if len(trusted) == len(stamps) else ()

    @property
    def label(self) -> str:
        """The verdict in words."""
        return label_of(self.verdict, electronic=bool(self.signatures))


def label_of(verdict: str, *, electronic: bool) -> str:
    """Return a verdict in words; an electronic signature that is not verified is no handwriting."""
    if verdict == Verdict.UNVERIFIABLE and electronic:
        return ELECTRONIC_UNVERIFIED
    return str(Verdict(verdict).label)


def refused(*sentences: str, asks_declaration: bool = False) -> Finding:
    """Return a refusal with its reasons."""
    return Finding(Verdict.REFUSED, sentences, asks_declaration=asks_declaration)
