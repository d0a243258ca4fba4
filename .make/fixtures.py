#!/usr/bin/env python3
"""Speaks the test recordings: `fixtures.py LINES FOLDER`, in an environment with hibari-tts.

Each line of LINES is a file name, a tab and what is said. The speech is cut to the band of a
telephone (300 to 3400 Hz), brought to 8 kHz and to one loudness, and gets 0.2 s of silence before
and after. The noise of the voice is seeded, so the same package makes the same files.
"""
import sys
import wave

import numpy
from hibari import Hibari

FROM, TO = 24_000, 8_000
LOW, HIGH = 300, 3_400
LOUDNESS = 2_600  # RMS of the spoken part: about -22 dB under full scale
SPEED = 0.95


def telephone(speech):
    """24 kHz floats into 8 kHz, the band cut by raised-cosine edges 100 Hz wide."""
    size = len(speech) + (-len(speech)) % 3
    spectrum = numpy.fft.rfft(speech, size)
    hz = numpy.fft.rfftfreq(size, 1 / FROM)
    rise = numpy.clip((hz - LOW + 50) / 100, 0, 1)
    fall = numpy.clip((HIGH + 50 - hz) / 100, 0, 1)
    spectrum *= (1 - numpy.cos(numpy.pi * rise)) / 2 * (1 - numpy.cos(numpy.pi * fall)) / 2
    count = size * TO // FROM
    return numpy.fft.irfft(spectrum[:count // 2 + 1], count) * TO / FROM


def loud(speech):
    spoken = speech[numpy.abs(speech) > 0.05 * numpy.abs(speech).max()]
    scaled = speech * LOUDNESS / numpy.sqrt(numpy.mean(spoken ** 2))
    return numpy.clip(scaled, -32_000, 32_000).astype("<i2")


def save(path, samples):
    edge = numpy.zeros(TO // 5, "<i2")
    with wave.open(path, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(TO)
        out.writeframes(numpy.concatenate([edge, samples, edge]).tobytes())


def noise(seconds):
    """A street: pink noise, 20 dB under the speech."""
    dice = numpy.random.default_rng(1)
    white = numpy.fft.rfft(dice.standard_normal(seconds * FROM))
    white[1:] /= numpy.sqrt(numpy.arange(1, len(white)))
    pink = telephone(numpy.fft.irfft(white))
    return (pink * LOUDNESS / 10 / pink.std()).astype("<i2")


def main(lines, folder):
    voice = Hibari()
    with open(lines, encoding="utf-8") as listed:
        for line in listed:
            name, text = line.rstrip("\n").split("\t")
            speech = numpy.asarray(voice(text, seed=0, speed=SPEED), dtype=float)
            save(f"{folder}/{name}.wav", loud(telephone(speech)))
            print(name)
    save(f"{folder}/noise.wav", noise(8))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit("usage: fixtures.py LINES FOLDER")
    main(*sys.argv[1:])
