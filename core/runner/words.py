"""These are the words by which runners, engines and libraries tell the cause of a failure."""

from __future__ import annotations

import re


def _any(patterns: str) -> re.Pattern[str]:
    """One expression for a list with a pattern on each line."""
    return re.compile("|".join(line.strip() for line in patterns.strip().splitlines()), re.IGNORECASE)


LOOP = _any(r"""
    an endless loop\?
    endless loop
""")
MEMORY = _any(r"""
    heap out of memory
    ERR_WORKER_OUT_OF_MEMORY
    reaching memory limit
    \bout of memory\b
    memory limit
    Array buffer allocation failed
    ^MemoryError
    \bENOMEM\b
""")
CRASHED = _any(r"""
    The test process .*before the file was finished
    The test process ended
    Worker exited unexpectedly
    Worker \w+ emitted error
    process\.exit unexpectedly called
    process\.exit called with
    jest worker process .*terminated
    Jest: Call retries were exceeded
    \bSIG(?:SEGV|ABRT|KILL|BUS|ILL|TERM)\b
    Segmentation fault
""")
TIMEOUT = _any(r"""
    (?:Test|Hook) timed out in \d+
    Exceeded timeout of \d+
    timed out after \d+(?:\.\d+)?\s*ms
    Timeout >\s*\d
    No test began or ended for
""")
CLIENT = _any(r"""
    did not initialize yet
    run [\"'`]?(?:npx )?prisma generate
    PrismaClient is unable to (?:be )?run in
""")
# Prisma's error codes of a database that cannot be used at all (Prisma error reference, P10xx; P2024 is the pool).
DATABASE = _any(r"""
    \bP10(?:00|01|02|03|08|10|11|17)\b
    \bP2024\b
    Can't reach database server
    DatabaseNotReachable
    ECONNREFUSED[^\n]*:(?:5432|5433|3306|1433|26257|27017|6379|6543)\b
    MongoNetworkError
    MongoServerSelectionError
    password authentication failed
    Connection terminated (?:unexpectedly|due)
    connection to server at .* failed
    database \"?\S+\"? does not exist
    the database system is starting up
    \bOperationalError\b
""")
ENVIRONMENT = _any(r"""
    Invalid (?:\S+ )?environment variable
    Environment variables? (?:not found|missing|is not set|validation)
    Missing (?:required )?env(?:ironment variable)?\b
    Attempted to access a server-side environment
    Cannot resolve environment variable
    PrismaConfigEnvError
""")
BLOCKED = _any(r"""
    \bEROFS\b
    read-only file system
    \bENETUNREACH\b
    \bEAI_AGAIN\b
    \bEPERM\b
    \bEACCES\b
    \bPermission denied\b
    (?:blocked|refused) by beai
    invoked by (?:an )?AI
""")
UNSET_MOCK = _any(r"""
    \bmock not set\b
    \bnot mocked\b
    \bunmocked\b
""")
NO_TESTS = _any(r"""
    No test suite found in file
    must contain at least one test
""")
SYNTAX = _any(r"""
    ^(?:SyntaxError|IndentationError|TabError)
    \bSyntax ?Error\b
    Transform failed
    PARSE_ERROR
    \bUnexpected token\b
    Failed to parse source
    Parse failure
""")
IMPORT = _any(r"""
    Cannot find (?:module|package)
    Failed to resolve import
    Failed to load url
    Could not resolve
    does not provide an export named
    export is defined on the
    \b(?:ERR_)?MODULE_NOT_FOUND\b
    ERR_PACKAGE_PATH_NOT_EXPORTED
    Missing \"[^\"]+\" specifier
    ^(?:ModuleNotFoundError|ImportError)
    No module named
""")
TYPE = _any(r"""
    \bTS\d{4,5}\b
    ^(?:TypeError|ReferenceError|AttributeError|NameError|RangeError)
""")
UNRESOLVED = re.compile(
    r"Cannot find (?:module|package) ['\"]([^'\"\n]+)|Failed to resolve import \"([^\"]+)\"|Failed to load url (\S+)"
    r"|Could not resolve ['\"]([^'\"]+)['\"]|No module named '([^']+)'",
    re.IGNORECASE,
)
"""The path or package of an import that cannot be resolved, in whichever group."""
CLIENT_PATH = re.compile(r"\.prisma/client|\bgenerated/(?:prisma|client)\b|\bprisma/(?:generated|client)\b")
"""Where a generated Prisma client usually is."""
ENVIRONMENT_FILE = re.compile(r"(?:^|[\s/])(?:env|environment|config)[\w.-]*\.[cm]?[jt]s:\d")
"""A frame in a file that is named after the environment."""
THROWN = re.compile(
    r"^expected (\w*Error: [^\n]*?)(?: \{ code| to )|promise rejected \"(.*?)\" instead|^Rejected to value: \[?(.*)",
    re.DOTALL | re.MULTILINE,
)
"""The error that a failed assertion says the code threw, in whichever group."""
