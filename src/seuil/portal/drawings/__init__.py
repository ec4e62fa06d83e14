"""Pictures drawn by the server as SVG that stands in the page: without JavaScript, in print, in every colour scheme.

Colours and strokes are classes of `css/subjects.css`. Lengths along a page are per cent of the picture, so that letters
keep their size on a phone; only the map scales as a whole.
"""
