"""
The report of a day or a week: what was announced, which papers a query chose of it, in how many each keyword stood.

In go batches and a query; out come Markdown for GitHub, HTML for pages and mails, digests, a folder of static files.
"""
