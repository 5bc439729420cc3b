"""
The pages for people.

Enters: an address and the snapshot. Leaves: HTML that works without JavaScript, OPML, BibTeX. Nothing of it is loaded
before the first page is asked for.
"""
