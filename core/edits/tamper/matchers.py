"""The matchers of the runners and of Chai under one name each, with what they say of a value."""

from __future__ import annotations

_ALIASES = {
    "toThrowError": "toThrow",
    "toBeCalled": "toHaveBeenCalled",
    "toBeCalledWith": "toHaveBeenCalledWith",
    "toBeCalledTimes": "toHaveBeenCalledTimes",
    "lastCalledWith": "toHaveBeenLastCalledWith",
    "nthCalledWith": "toHaveBeenNthCalledWith",
    "to.equal": "toBe",
    "to.eq": "toBe",
    "to.be.equal": "toBe",
    "to.eql": "toEqual",
    "to.deep.equal": "toEqual",
    "to.throw": "toThrow",
    "to.have.length": "toHaveLength",
    "to.have.lengthOf": "toHaveLength",
    "to.include": "toContain",
    "to.contain": "toContain",
}
"""Matchers under another name (Jest: "Expect", Chai: "BDD")."""

FIXED = {
    "toBeTruthy": ("truthy", "", False),
    "to.be.ok": ("truthy", "", False),
    "toBeFalsy": ("truthy", "", True),
    "toBeDefined": ("defined", "", False),
    "to.exist": ("defined", "", False),
    "toBeUndefined": ("is", "undefined", False),
    "toBeNull": ("is", "null", False),
    "toBeNaN": ("is", "NaN", False),
    "to.be.true": ("is", "true", False),
    "to.be.false": ("is", "false", False),
    "to.be.null": ("is", "null", False),
    "to.be.undefined": ("is", "undefined", False),
    "toHaveBeenCalled": ("called", "", False),
    "toHaveBeenCalledOnce": ("times", "1", False),
}
"""Matchers that say one thing: the kind of fact, its value, and whether it is denied."""
BY_VALUE = {
    "toHaveLength": "length",
    "toContain": "contains",
    "toContainEqual": "contains",
    "toMatch": "matches",
    "toBeInstanceOf": "instance",
    "toHaveBeenCalledTimes": "times",
    "toBeTypeOf": "type",
    "toBeGreaterThan": ">",
    "toBeGreaterThanOrEqual": ">=",
    "toBeLessThan": "<",
    "toBeLessThanOrEqual": "<=",
    "toMatchSnapshot": "snapshot",
    "toMatchInlineSnapshot": "snapshot",
    "toThrowErrorMatchingSnapshot": "snapshot",
    "toThrowErrorMatchingInlineSnapshot": "snapshot",
}
"""Matchers that compare with what they are given, as kinds of facts."""
CALLED = {
    "toHaveBeenCalledWith": "",
    "toHaveBeenLastCalledWith": "last",
    "toHaveBeenNthCalledWith": "nth",
    "toHaveBeenCalledExactlyOnceWith": "once",
    "toHaveBeenCalledOnceWith": "once",
}
"""Matchers of what a mock was called with, and which call they mean."""


def matcher_name(words: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """The modifiers and the matcher of what follows ``expect(…)``, under the matcher's usual name."""
    kept = [word for word in words if word not in ("not", "resolves", "rejects")]
    chained = ".".join(word for word in kept if word not in ("a", "an", "that", "which", "and", "is"))
    name = chained if kept and kept[0] in ("to", "is", "should") else (kept[-1] if kept else "")
    modifiers = tuple(word for word in words if word in ("not", "resolves", "rejects"))
    return modifiers, _ALIASES.get(name, name)
