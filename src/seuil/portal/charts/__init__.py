"""Pictures as Vega-Lite specifications, built here and drawn in the reader's browser.

Modules of this package import Altair, which takes half a second: import them where a picture is asked for.
"""
