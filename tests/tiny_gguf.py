"""A GGUF file of a few kilobytes, written from the format's documentation, whose model knows one sentence by heart.

Its embedding gives each token a direction of its own, its only layer adds nothing, and its output maps the last token
of a prompt to the sentence and the sentence to its end: so what llama.cpp answers is known, and comes from weights.
"""

from __future__ import annotations

import array
import struct
from pathlib import Path

_U32, _F32, _TEXT, _LIST, _I32 = 4, 6, 8, 9, 5
_TEMPLATE = "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}[assistant]"
_BYTES = 256
_FIRST, _SAID, _END = 3, 3 + _BYTES, 2  # the first byte's token, the sentence's, and the one that ends a reply
_WIDE = 288  # of the embedding: a direction for each token, a multiple of 32


def write(path: Path, said: str, context: int = 16_384, architecture: str = "llama", template: str = _TEMPLATE) -> Path:
    """A model at ``path`` that answers every request with ``said``."""
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(_BYTES)), said.replace(" ", "▁")]
    kinds = [2, 3, 3, *[6] * _BYTES, 1]
    keys = (
        ("general.architecture", _TEXT, architecture),
        (f"{architecture}.context_length", _U32, context),
        (f"{architecture}.embedding_length", _U32, _WIDE),
        (f"{architecture}.block_count", _U32, 1),
        (f"{architecture}.feed_forward_length", _U32, 32),
        (f"{architecture}.attention.head_count", _U32, 9),
        (f"{architecture}.attention.head_count_kv", _U32, 1),
        (f"{architecture}.attention.layer_norm_rms_epsilon", _F32, 1e-5),
        (f"{architecture}.rope.dimension_count", _U32, 32),
        ("tokenizer.ggml.model", _TEXT, "llama"),
        ("tokenizer.ggml.tokens", _LIST, (_TEXT, tokens)),
        ("tokenizer.ggml.scores", _LIST, (_F32, [0.0] * (len(tokens) - 1) + [-1e4])),
        ("tokenizer.ggml.token_type", _LIST, (_I32, kinds)),
        ("tokenizer.ggml.bos_token_id", _U32, 1),
        ("tokenizer.ggml.eos_token_id", _U32, _END),
        ("tokenizer.ggml.unknown_token_id", _U32, 0),
        ("tokenizer.chat_template", _TEXT, template),
    )
    place, data = 0, list[bytes]()
    infos = list[bytes]()
    for name, shape, values in _tensors(len(tokens)):
        infos.append(_text(name) + struct.pack("<I", len(shape)) + b"".join(struct.pack("<Q", one) for one in shape))
        infos.append(struct.pack("<IQ", 0, place))
        data.append(values.tobytes() + b"\0" * (-4 * len(values) % 32))
        place += len(data[-1])
    head = b"GGUF" + struct.pack("<IQQ", 3, len(data), len(keys))
    head += b"".join(_text(name) + struct.pack("<I", kind) + _value(kind, value) for name, kind, value in keys)
    head += b"".join(infos)
    path.write_bytes(head + b"\0" * (-len(head) % 32) + b"".join(data))
    return path


def _tensors(count: int) -> list[tuple[str, tuple[int, ...], array.array[float]]]:
    directions, answers = _zeros(_WIDE * count), _zeros(_WIDE * count)
    for token in range(count):
        directions[token * _WIDE + token] = 1.0
    answers[_SAID * _WIDE + _FIRST + ord("]")] = 1.0  # a prompt ends in "[assistant]"
    answers[_END * _WIDE + _SAID] = 1.0
    ones = array.array("f", [1.0] * _WIDE)
    layer = {"attn_q": _WIDE, "attn_k": 32, "attn_v": 32, "attn_output": _WIDE, "ffn_gate": 32, "ffn_up": 32}
    return [
        ("token_embd.weight", (_WIDE, count), directions),
        ("output_norm.weight", (_WIDE,), ones),
        ("output.weight", (_WIDE, count), answers),
        ("blk.0.attn_norm.weight", (_WIDE,), ones),
        ("blk.0.ffn_norm.weight", (_WIDE,), ones),
        *((f"blk.0.{name}.weight", (_WIDE, rows), _zeros(_WIDE * rows)) for name, rows in layer.items()),
        ("blk.0.ffn_down.weight", (32, _WIDE), _zeros(32 * _WIDE)),
    ]


def _zeros(count: int) -> array.array[float]:
    return array.array("f", bytes(4 * count))


def _text(text: str) -> bytes:
    raw = text.encode()
    return struct.pack("<Q", len(raw)) + raw


def _value(kind: int, value: object) -> bytes:
    match kind, value:
        case 8, str():
            return _text(value)
        case 9, (int() as inner, list() as items):
            return struct.pack("<IQ", inner, len(items)) + b"".join(_value(inner, item) for item in items)
        case _:
            return struct.pack({_U32: "<I", _F32: "<f", _I32: "<i"}[kind], value)
