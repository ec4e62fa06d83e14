"""Everything that an operator can set, each with its unit; environment variables start with `SEUIL_`."""

from datetime import date
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from seuil.model.text import Text


class Settings(BaseSettings):
    """Settings of a portal. A text is a plain string, or JSON with `fr` and `en`.

    public_url: address under which readers reach the site; taken from each request where it is empty. root: a root of
    trust that the operator kept, the archive's own where there is none. state: the folder that remembers what was seen
    of the archive; nothing is remembered where there is none. embed_in: which sites may show pictures in a frame, as
    `frame-ancestors` writes them: all by default, `'none'` for no site. page_cache_mb: of pages and pictures, packed,
    that are kept.

    trusted_proxies: addresses and networks, with commas between, whose word is taken for whom they ask
    (`X-Forwarded-For`, `X-Forwarded-Proto`). connections: that are open at a time, idle ones too. request_seconds: in
    which a request has to arrive. stalled_seconds: after which a reader is cut off who takes nothing of what is sent.

    requests_per_minute: of one client; 0 for any number. unlimited: networks whose clients aren't counted; by default
    the machine itself. metrics_for: networks that `/metrics` answers; nobody by default. log_requests: write each
    request, without who asked for what. security_contact: a URL, such as `mailto:...`, for who finds a weakness.
    """

    model_config = SettingsConfigDict(env_prefix="SEUIL_", frozen=True, extra="ignore")

    archive: Path = Path("demo/archive")
    root: Path | None = None
    state: Path | None = None
    trusted_proxies: str = ""
    connections: int = Field(default=4096, ge=1)
    request_seconds: float = Field(default=20, gt=0)
    stalled_seconds: float = Field(default=30, gt=0)
    requests_per_minute: int = Field(default=1200, ge=0)
    unlimited: str = "127.0.0.0/8, ::1"
    metrics_for: str = ""
    log_requests: bool = False
    security_contact: str = Field(default="", pattern=r"^((https|mailto):\S+)?$")
    public_url: str = Field(default="", pattern=r"^(https?://[^\s]*[^/\s])?$")

    site_name: Text = Text(fr="Données ouvertes de santé", en="Open health data")
    site_tagline: Text = Text(
        fr="Des statistiques dont chacun peut vérifier le secret",
        en="Statistics whose secrecy anyone can verify",
    )
    controller: Text = Text(fr="Caisse nationale de démonstration", en="Demonstration national fund")
    controller_address: Text = Text(
        fr="1 rue de l’Exemple, 75000 Paris (adresse fictive)", en="1 rue de l’Exemple, 75000 Paris (made-up address)"
    )
    publication_director: Text = Text(
        fr="le directeur général de la Caisse nationale de démonstration",
        en="the director general of the Demonstration national fund",
    )
    host: Text = Text(fr="Hébergeur de démonstration", en="Demonstration hosting provider")
    host_address: Text = Text(
        fr="2 rue de l’Exemple, 75000 Paris (adresse fictive)", en="2 rue de l’Exemple, 75000 Paris (made-up address)"
    )
    data_protection_officer: Text = Text(
        fr="le délégué à la protection des données de la Caisse nationale de démonstration",
        en="the data-protection officer of the Demonstration national fund",
    )
    general_policy_url: str = Field(default="https://www.example.org/protection-des-donnees", pattern=r"^https://\S+$")
    next_release: date | None = None

    embed_in: str = Field(default="*", pattern=r"^[^;,\r\n]+$")
    page_cache_mb: int = Field(default=32, ge=0)
    page_rows: int = Field(default=50, ge=1, le=100)
