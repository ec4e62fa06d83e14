import stat

import pytest

from seuil.model.errors import UsageError
from seuil.publish import keys
from seuil.publish.sslibapi import SIGNER_FOR_URI_SCHEME, CryptoSigner, Signer

SECRET = "une phrase de passe"


def mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_keys_are_for_their_owner_alone(tmp_path):
    keys.create_keys(tmp_path / "keys", passphrases={"checker": SECRET})
    assert mode(tmp_path / "keys") == 0o700
    files = sorted(path.name for path in (tmp_path / "keys").iterdir())
    assert files == sorted(f"{role}.{kind}" for role in keys.ROLES for kind in ("json", "pem"))
    assert {mode(path) for path in (tmp_path / "keys").iterdir()} == {0o600}


def test_signature_is_valid_by_the_public_half(tmp_path):
    public = keys.create_key(tmp_path / "keys", "checker")
    assert keys.public_key(tmp_path / "keys", "checker") == public
    public.verify_signature(keys.load_signer(tmp_path / "keys", "checker").sign(b"text"), b"text")


def test_key_folder_can_be_moved_and_have_any_name(tmp_path):
    keys.create_key(tmp_path / "keys", "checker")
    (tmp_path / "keys").rename(tmp_path / "clés 100%?")
    assert keys.load_signer(tmp_path / "clés 100%?", "checker").sign(b"x")


def test_passphrase_opens_its_key(tmp_path):
    keys.create_key(tmp_path / "keys", "checker", passphrase=SECRET)
    assert b"ENCRYPTED" in (tmp_path / "keys" / "checker.pem").read_bytes()
    assert keys.load_signer(tmp_path / "keys", "checker", lambda: SECRET).sign(b"x")


def test_passphrase_is_not_asked_where_there_is_none(tmp_path):
    def ask() -> str:
        raise AssertionError("asked")

    keys.create_key(tmp_path / "keys", "checker")
    assert keys.load_signer(tmp_path / "keys", "checker", ask).sign(b"x")


def test_wrong_passphrase_in_plain_words_and_never_shown(tmp_path):
    keys.create_key(tmp_path / "keys", "checker", passphrase=SECRET)
    with pytest.raises(UsageError, match=r"checker\.pem: the passphrase is not that of this key") as caught:
        keys.load_signer(tmp_path / "keys", "checker", lambda: "wrong words")
    assert "wrong words" not in str(caught.value)
    with pytest.raises(UsageError, match="this key is under a passphrase; give it"):
        keys.load_signer(tmp_path / "keys", "checker")


def test_keys_are_never_overwritten(tmp_path):
    keys.create_key(tmp_path / "keys", "checker")
    before = (tmp_path / "keys" / "checker.pem").read_bytes()
    with pytest.raises(UsageError, match="never overwritten"):
        keys.create_key(tmp_path / "keys", "checker")
    assert (tmp_path / "keys" / "checker.pem").read_bytes() == before


def test_key_that_others_can_read_is_refused(tmp_path):
    keys.create_key(tmp_path / "keys", "checker")
    (tmp_path / "keys" / "checker.pem").chmod(0o640)
    with pytest.raises(UsageError, match="others can read this private key; expected the mode 0600"):
        keys.load_signer(tmp_path / "keys", "checker")


def test_folder_that_others_can_enter_is_refused(tmp_path):
    (tmp_path / "open").mkdir(mode=0o755)
    with pytest.raises(UsageError, match="expected the mode 0700"):
        keys.create_key(tmp_path / "open", "checker")
    assert not list((tmp_path / "open").iterdir())


def test_private_key_of_somebody_else(tmp_path):
    folder = tmp_path / "keys"
    keys.create_keys(folder)
    (folder / "checker.pem").write_bytes((folder / "root.pem").read_bytes())
    with pytest.raises(UsageError, match="does not belong to the public key"):
        keys.load_signer(folder, "checker")


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        ("checker.pem", b"nothing", "this is not a private key"),
        ("checker.json", b"{}", "this does not describe a key"),
        ("checker.json", b"\xff", "this does not describe a key"),
        ("checker.json", b"[1]", "this does not describe a key"),
    ],
)
def test_files_that_are_not_keys(tmp_path, file, content, words):
    keys.create_key(tmp_path / "keys", "checker")
    (tmp_path / "keys" / file).write_bytes(content)
    with pytest.raises(UsageError, match=words):
        keys.load_signer(tmp_path / "keys", "checker")


def test_missing_keys_and_roles(tmp_path):
    with pytest.raises(UsageError, match="there is no key of the checker here"):
        keys.load_signer(tmp_path, "checker")
    keys.create_key(tmp_path / "keys", "checker")
    (tmp_path / "keys" / "checker.pem").unlink()
    with pytest.raises(UsageError, match=r"the private key can't be read \(No such file"):
        keys.load_signer(tmp_path / "keys", "checker")
    with pytest.raises(UsageError, match="'director' is not a role"):
        keys.create_key(tmp_path / "keys", "director")
    with pytest.raises(UsageError, match="passphrase of the root is empty"):
        keys.create_key(tmp_path / "keys", "root", passphrase="")
    assert not (tmp_path / "keys" / "root.json").exists()


def test_another_device_fits_by_its_uri(tmp_path, monkeypatch):
    """A hardware key is a signer of securesystemslib that is registered under its scheme."""
    public = keys.create_key(tmp_path / "keys", "checker")
    inside = keys.load_signer(tmp_path / "keys", "checker")
    description = tmp_path / "keys" / "checker.json"
    description.write_text(description.read_text().replace("encfile:checker.pem", "card:slot-1"))

    class Card(CryptoSigner):
        @classmethod
        def from_priv_key_uri(cls, priv_key_uri, public_key, secrets_handler=None) -> Signer:
            assert (priv_key_uri, secrets_handler("PIN")) == ("card:slot-1", "1234")
            assert public_key == public
            return inside

    with pytest.raises(UsageError, match="there is no signer for card: on this machine"):
        keys.load_signer(tmp_path / "keys", "checker", lambda: "1234")
    monkeypatch.setitem(SIGNER_FOR_URI_SCHEME, "card", Card)
    assert keys.load_signer(tmp_path / "keys", "checker", lambda: "1234") is inside
