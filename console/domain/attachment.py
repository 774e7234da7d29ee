"""A photo or clip that belongs to an incident. Its bytes are kept and sent by their own SHA-256."""

from dataclasses import dataclass

from console.domain.conflict import By


@dataclass(frozen=True, slots=True)
class Attachment:
    id: str
    incident: str
    sha256: str
    name: str  # of the file, as the person knew it
    media: str  # "image/jpeg"
    size: int  # bytes
    by: By
