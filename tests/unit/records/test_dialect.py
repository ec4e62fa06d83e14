"""What is spelled for a database means what it says."""

import pyarrow as pa

from seuil.records.engines.dialect import is_bare
from seuil.records.engines.embedded import Embedded
from seuil.records.engines.engine import Limits


def test_texts_that_are_called_bare_have_no_space_around_them():
    """Every character in every place; of ASCII without spaces and controls all are called so."""
    characters = [chr(k) for k in range(0x3001)]
    texts = ["", *characters, *(text for c in characters for text in (f"{c}a", f"a{c}", f"a{c}a", f"a{c}\u0301"))]
    engine = Embedded(Limits(threads=1))
    table = engine.lookup(pa.table({"text": pa.array([*texts, None])}))
    told = engine.fetch(table.select("text", bare=is_bare(table["text"])))
    engine.close()
    bare = {row["text"] for row in told.to_pylist() if row["bare"]}
    assert all(text and text.strip() == text for text in bare)
    assert {text for text in texts if text and all("!" <= c <= "~" for c in text)} <= bare
