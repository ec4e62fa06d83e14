"""Texts that people read, in the portal's languages: French first."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = ("fr", "en")


class Text(BaseModel):
    """A text in French and English; a plain string in a definition stands for both."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fr: str = ""
    en: str = ""

    @model_validator(mode="before")
    @classmethod
    def _from_string(cls, value: object) -> object:
        if isinstance(value, str):
            return {"fr": value, "en": value}
        if isinstance(value, dict) and "fr" in value and "en" not in value:
            return {**value, "en": value["fr"]}
        return value

    def __str__(self) -> str:
        return self.fr

    def in_(self, language: str) -> str:
        """The text in `language`, in French where there is none."""
        return (self.en if language == "en" else self.fr) or self.fr
