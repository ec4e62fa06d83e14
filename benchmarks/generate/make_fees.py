"""Mean fees and patients of professions: src/seuil/synthetic/data/fees.csv.

usage: make_fees.py DEFINITIONS_DIR OUT.csv

DEFINITIONS_DIR: definitions/, which has the extracts of data.ameli.fr that are read (reel-honoraires, reel-patientele).
Each figure is the mean over the departments that show one above zero, in whole euros or patients.
"""

import csv
import sys
from collections import defaultdict
from pathlib import Path
from statistics import mean

HONORAIRES = "reel-honoraires/honoraires_dep_2010_2021.csv"
PATIENTELE = "reel-patientele/patientele_dep_2016_2021.csv"
Means = dict[tuple[str, str], dict[str, float]]


def read_means(path: Path, columns: dict[str, str]) -> Means:
    """By profession's label and year, the mean of each column, by its new name, and how many departments show it.

    Departments count (as `shown`) where the first column is shown and above zero.
    """
    shown: dict[tuple[str, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    main_column = next(iter(columns))
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter=";"):
            if row[main_column] not in ("", "0", "NS", "NC"):
                for column, name in columns.items():
                    if row[column] not in ("", "NS", "NC"):
                        shown[row["profession_sante"], row["annee"]][name].append(float(row[column]))
    return {
        key: {name: mean(values) for name, values in found.items()} | {"shown": len(found[columns[main_column]])}
        for key, found in shown.items()
    }


def main(definitions: Path, out: Path) -> None:
    """Write the file."""
    with (definitions / "professionnels" / "codes" / "professions.csv").open(encoding="utf-8") as file:
        labels = {row["code"]: row["label_fr"] for row in csv.DictReader(file) if row["level"] == "profession"}
    fees = read_means(
        definitions / HONORAIRES, {"hono_sans_depassement_moyens": "fees", "depassements_moyens": "excess"}
    )
    patients = read_means(definitions / PATIENTELE, {"nombre_patients_uniques": "patients"})
    years = sorted({year for _, year in fees})
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["profession", "year", "fees", "excess", "patients"])
        for code, label in labels.items():
            for year in years:
                found = fees.get((label, year), {}) | patients.get((label, year), {})
                if "fees" in found:
                    numbers = [round(found[k]) if k in found else "" for k in ("fees", "excess", "patients")]
                    writer.writerow([code, year, *numbers])


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
