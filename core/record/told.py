"""The contract as plain data, for whoever reads it without a screen."""

from __future__ import annotations

from beai.core.record.contract import Claim, Covered, Facts, anchored, coverage, open_points, waived


def plain_contract(facts: Facts) -> dict[str, object]:
    """Criteria, cases and checklist with what binds them, what was left out, and what is open."""
    return {
        "criteria": [_criterion(one) for one in coverage(facts)],
        "cases": [_case(facts, claim) for claim in facts.claims if claim.on],
        "checklist": [
            {
                "check": item.check,
                "reason": item.reason,
                "covered": [{"case": case, "by": how} for case, how in item.covered],
                "left out": facts.contract.reason(item.check) or None,
            }
            for item in facts.items
        ],
        "left out": list(waived(facts)),
        "open": list(open_points(facts)),
    }


def short_contract(facts: Facts) -> dict[str, object]:
    """Which cases serve which criterion, and what is open."""
    served = {str(one.term.number): list(one.cases) for one in coverage(facts) if not one.term.gone}
    return {"criteria": served, "open": list(open_points(facts))}


def _criterion(one: Covered) -> dict[str, object]:
    return {
        "number": one.term.number,
        "text": one.term.text,
        "was": list(one.term.was),
        "done before": one.term.done,
        "new": one.term.came,
        "gone": one.term.gone,
        "cases": list(one.cases),
        "outdated": list(one.outdated),
        "left out": one.reason or None,
    }


def _case(facts: Facts, claim: Claim) -> dict[str, object]:
    served = facts.contract.of(claim.id)
    return {
        "case": claim.id,
        "criteria": list(served),
        "beyond": None if served else anchored(facts, claim) or None,
        "test": claim.test.name if claim.test else None,
        "file": claim.test.file if claim.test else None,
        "skipped": claim.skipped,
    }
