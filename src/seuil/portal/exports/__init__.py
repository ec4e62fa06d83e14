"""Downloads: CSV, JSON and Parquet, made as they are sent, in bounded memory.

Empty, hidden and missing are three different things in each of them:

| | hidden | missing | empty |
|---|---|---|---|
| CSV | `NS` in the measure's own cell | `ND` in the measure's own cell | nothing |
| JSON, Parquet | null, and `NS` in `<measure>_statut` | null, and `ND` in `<measure>_statut` | null |
"""
