"""Make events.tsv, a made-up event stream in the shape of a CAMEO file.

Nothing in it took place: senders, targets, dates and publishers are drawn at random, always in the
same way. The codes and their scores are those of CAMEO and of the Goldstein scale.
"""

from __future__ import annotations

import csv
import datetime
import random
from pathlib import Path

COUNTRIES = ["Brazil", "Egypt", "France", "Germany", "India", "Indonesia", "Japan", "Kenya",
             "Mexico", "Poland", "Turkey", "Vietnam"]  # fmt: skip
CODES = {  # CAMEO code: its text, its score on the Goldstein scale, and how often it is drawn
    "036": ("Express intent to meet or negotiate", 4.0, 8),
    "040": ("Consult, not specified below", 1.0, 14),
    "042": ("Make a visit", 1.9, 18),
    "043": ("Host a visit", 2.8, 18),
    "046": ("Engage in negotiation", 7.0, 10),
    "057": ("Sign formal agreement", 8.0, 6),
    "111": ("Criticize or denounce", -2.0, 12),
    "172": ("Impose administrative sanctions", -5.0, 4),
}
SECTORS = ["Government", "Foreign ministry", "Military"]
PUBLISHERS = ["Made-up Wire", "Made-up Gazette", "NA"]
FIRST, DAYS, EVENTS, SEED = datetime.date(2018, 1, 1), 730, 400, 7
HEADER = ["event_id", "event_date", "source_country", "source_sector", "cameo_code", "cameo_text",
          "intensity", "target_country", "publisher"]  # fmt: skip


def rows() -> list[list[str]]:
    """Return the events in the order of their days."""
    chance = random.Random(SEED)
    weights = [often for _, _, often in CODES.values()]
    made = []
    for _ in range(EVENTS):
        sender, target = chance.sample(COUNTRIES, 2)
        day = FIRST + datetime.timedelta(days=chance.randrange(DAYS))
        (code,) = chance.choices(list(CODES), weights)
        text, score, _ = CODES[code]
        made.append([day.isoformat(), sender, chance.choice(SECTORS), code, text, str(score),
                     target, chance.choice(PUBLISHERS)])  # fmt: skip
    return [[str(number), *row] for number, row in enumerate(sorted(made), 1)]


def main() -> None:
    """Write the file beside this script."""
    target = Path(__file__).with_name("events.tsv")
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(rows())


if __name__ == "__main__":
    main()
