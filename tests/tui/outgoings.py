"""A request as it would be sent, made up for the screen."""

from __future__ import annotations

from beai.core.fault import Fault
from beai.core.loop.outgoing import Outgoing
from beai.core.loop.session import Session
from beai.core.suggest.choice import Chosen, Way
from beai.core.suggest.exchange import Purpose
from beai.core.suggest.pack.message import Message
from beai.core.suggest.pack.part import Kind, LeftOut, Pack, Part, Place, Window
from beai.core.suggest.privacy.masking import MASK
from beai.core.suggest.progress import Sent

PATH = "src/server/api/routers/wishlist.ts"
ROUTER = "".join(f"  // line {at} of the router\n" for at in range(60)) + f'const key = "{MASK}";\nconst last = 1;\n'
PARTS = (
    Part("role", Kind.ROLE, Place.SYSTEM, "You are a backend engineer.\n", "who the model is", 1_204, 100),
    Part("@tdd", Kind.RULE, Place.SYSTEM, "Red, then green.\n" * 90, "the role cites it", 980, 84, "T7–T9"),
    Part(
        "src/server/api/routers/wishlist.ts",
        Kind.ROUTER,
        Place.WRITTEN,
        ROUTER,
        "`wishlist` is mounted there",
        640,
        95,
        "",
        1,
    ),
    Part("task BE-S3-002", Kind.TASK, Place.TAIL, "List the wishlist.\n" * 8, "what is wanted", 310, 100),
    Part("failing output", Kind.FAILING, Place.TAIL, f"password {MASK}\n" * 2, "what our run showed", 88, 90, "", 2),
)
LEFT = (
    LeftOut("certs/server.pem", Kind.WITHHELD, "it is on the never-read list: it is a key file", 0),
    LeftOut("docs/architecture.md § Deployment", Kind.DOCUMENT, "it takes 2,410 tokens, and 900 are free", 2_410),
)
HIDDEN = (("DATABASE_URL of .env", 2), ("STRIPE_SECRET_KEY of .env.local", 1), ("GitHub token", 1))
PACK = Pack(Purpose.TEST, Window(32_768, 8_192, "as the setting window says"), PARTS, LEFT, hidden=HIDDEN)
CLOUD = Outgoing(Chosen(Way.MODEL, "openai/gpt-6.1-sol"), "the provider's own address", False, PACK)
SENT = Sent(
    "ollama_chat/qwen2.5-coder:7b", "http://127.0.0.1:11434", True, PACK, (Message("system", "a"), Message("user", "b"))
)


async def foreseen(session: Session) -> Outgoing | Fault:
    """What would be sent."""
    return CLOUD
