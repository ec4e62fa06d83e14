"""The classes of securesystemslib's signer interface that are used here.

`securesystemslib.signer` offers them, but without declaring that it passes them on, which a strict type checker
refuses. So this is the one place that reaches behind it (importing `.signer` first fills its table of schemes).
"""

from securesystemslib import signer
from securesystemslib.signer._crypto_signer import CryptoSigner
from securesystemslib.signer._key import Key, SSlibKey
from securesystemslib.signer._signer import SIGNER_FOR_URI_SCHEME, SecretsHandler, Signer

__all__ = ["SIGNER_FOR_URI_SCHEME", "CryptoSigner", "Key", "SSlibKey", "SecretsHandler", "Signer", "signer"]
