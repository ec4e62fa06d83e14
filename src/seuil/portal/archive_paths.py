"""Where the files of the archive are given out."""

PATH = "/archive"
LIST = "fichiers.txt"
