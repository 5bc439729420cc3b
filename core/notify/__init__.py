"""
The day's best papers, sent to where people are: mail, chat, a webhook.

Enters: what is held after a refresh, and the addresses. Leaves: one message a day and address, whatever is repeated.
"""
