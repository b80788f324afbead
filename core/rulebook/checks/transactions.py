"""Checks of interactive transactions: through their own handle, and short (Prisma docs, "Transactions")."""

from __future__ import annotations

import re
from collections.abc import Iterator

from beai.core.rulebook.checks.finding import Hit
from beai.core.rulebook.checks.queries import queries_in, transactions
from beai.core.rulebook.checks.subject import Subject

_SLOW = re.compile(
    r"^(?:fetch|got|ky|axios(?:\.\w+)?|ofetch|\$fetch"
    r"|\w*(?:send|deliver)\w*(?:e?mail|sms|notification)s?|(?:\w+\.)*(?:mailer|transporter?|resend\.emails|sgMail|postmark)\w*\.\w+"
    r"|stripe(?:\.\w+){2,4}|openai(?:\.\w+){2,4}|(?:s3|sqs|sns|ses)(?:Client)?\.send)$",
    re.IGNORECASE,
)


def transaction_outer_client(subject: Subject) -> Iterator[Hit]:
    """The outer client used inside a transaction: its query runs outside, and waits for what the transaction holds."""
    for one in transactions(subject):
        if one.callback is None:
            continue
        handle = one.handle or "tx"
        for query in queries_in(subject, one.callback):
            if query.client == one.client and query.client != one.handle:
                fix = f"Use the transaction's own handle: `{handle}.…`; give it to the functions that are called here."
                said = (
                    f"`{query.client}` is used inside the transaction, so this query of {query.model} is no part of it."
                )
                yield subject.hit(query.node.child_by_field_name("function") or query.node, said, fix)


def transaction_slow(subject: Subject) -> Iterator[Hit]:
    """The network awaited inside a transaction, which holds its locks and its connection meanwhile."""
    for one in transactions(subject):
        if one.callback is None:
            continue
        for awaited in subject.within(one.callback, "await_expression"):
            call = awaited.named_children[0] if awaited.named_children else None
            callee = (
                call.child_by_field_name("function") if call is not None and call.type == "call_expression" else None
            )
            if callee is None or callee.end_byte - callee.start_byte > 120:
                continue
            code = subject.code(callee)
            if _SLOW.match(code):
                fix = "Do it after the commit, with what the transaction returned; or before, for what it needs."
                said = f"`{code}` is awaited inside the transaction, which holds its connection and locks meanwhile."
                yield subject.hit(awaited, said, fix)
