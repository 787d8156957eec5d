#!/usr/bin/env python3
"""Puts questions to Z3, and compares the answers with those of the analysis.

    iam-harness ask 10000 1 callers > questions.jsonl
    python3 questions.py --evaluator target/long/iam-harness < questions.jsonl

`cargo xtask z3 [QUESTIONS] [SEED]` does both for every family, with a Python environment of its own. It is a development tool: it needs the
package z3-solver, and nothing else needs it.

Each line has a question, and the answer of the analysis to it: `holds` if there is no such request, else `fails`. The families say what is asked,
and which rules they encode: `identity.py`, `callers.py`, `tokens.py`. What all have in common is in `rules.py`. A request that Z3 finds is
replayed through the evaluator, so that a disagreement tells whose fault it is: if the evaluator says that the request is none, the encoding is
wrong, else the analysis.
"""

import argparse
import json
import multiprocessing
import statistics
import sys
import time

import z3

import callers
import identity
import tokens
from finite import choice
from models import Evaluator, Found, Unwritten
from rules import Skip

FAMILIES = {"identity": identity, "callers": callers, "services": callers, "tokens": tokens}
EVALUATOR = None


def start(program):
    """Prepares a process that puts questions."""
    global EVALUATOR
    EVALUATOR = Evaluator(program) if program else None


def simple(world, timeout):
    """A request with few texts. None if none was found."""
    equations = choice(world, timeout) if world.candidates else None
    if equations is None:
        return None
    world.solver.set("timeout", timeout)
    return world.solver.model() if world.solver.check(*equations) == z3.sat else None


def solve(world, timeout, is_likely):
    """Whether there is a request, and which. Simple ones are tried first if there is likely one, else last."""
    model = simple(world, timeout // 2) if is_likely else None
    if model is not None:
        return "fails", model
    world.solver.set("timeout", timeout)
    found = world.solver.check()
    if found == z3.unsat:
        return "holds", None
    model = world.solver.model() if found == z3.sat else None if is_likely else simple(world, timeout // 2)
    return ("unknown" if model is None else "fails"), model


def ask(task):
    """The answer of Z3 to one question."""
    question, timeout = task
    family = FAMILIES[question["family"]]
    begun, why, request, replay = time.perf_counter(), "", None, "none"
    try:
        world = family.encode(question)
        answer, model = solve(world, timeout, question["verdict"] != "holds")
    except Skip as skipped:
        answer, why = "skip", str(skipped)
    taken = (time.perf_counter() - begun) * 1e3
    ours = question["verdict"]
    definite = answer in ("holds", "fails") and ours in ("holds", "fails")
    if answer == "fails" and EVALUATOR:
        try:
            checks = family.replayed(question, world, Found(model))
            request, refuted = checks[0][0], EVALUATOR.refuted(checks)
            replay = f"refuted: {refuted}" if refuted else "shown"
        except Unwritten as error:
            replay = f"not written: {error}"
    differs = definite and answer != ours
    is_wrong = differs or replay.startswith("refuted") or question.get("is_defect", False)
    return {"id": question["id"], "family": question["family"], "z3": answer, "ours": ours, "milliseconds": round(taken, 3),
            "nanoseconds": question["nanoseconds"], "agree": not is_wrong if definite or is_wrong else None, "why": why, "replay": replay,
            "kind": question.get("kind"), "turns": question.get("turns"), "request": request if is_wrong else None, "question": question if is_wrong else None}


def summary(family, answers):
    """What is printed about the questions of a family."""
    lines, counts, skipped, replays, kinds, turning, times = [], {}, {}, {}, {}, {}, []

    def count(table, key):
        table[key] = table.get(key, 0) + 1

    for answer in answers:
        count(counts, (answer["ours"], answer["z3"]))
        if answer["why"]:
            count(skipped, answer["why"])
        if answer["replay"] != "none":
            count(replays, answer["replay"].split(":")[0])
        if answer["agree"]:
            if answer["z3"] == "holds" and answer["turns"] is not None:
                count(turning, "by names alone" if not answer["turns"] else "by conditions, Denies or the second policy")
            times.append((answer["milliseconds"], answer["nanoseconds"] / 1e3))
            count(kinds, f"{answer['kind']} {answer['z3']}")
    lines.append("ours and Z3's: " + ", ".join(f"{a}/{b} {n}" for (a, b), n in sorted(counts.items())))
    if any(answer["kind"] for answer in answers):
        lines.append("agreed: " + ", ".join(f"{kind} {n}" for kind, n in sorted(kinds.items())))
    if turning:
        lines.append("agreed to hold: " + ", ".join(f"{why} {n}" for why, n in sorted(turning.items())))
    if skipped:
        lines.append("skipped: " + ", ".join(f"{why} {n}" for why, n in sorted(skipped.items())))
    if replays:
        lines.append("requests of Z3, before the evaluator: " + ", ".join(f"{how} {n}" for how, n in sorted(replays.items())))
    if times:
        for title, at in (("Z3, milliseconds", 0), ("ours, microseconds", 1)):
            column = sorted(t[at] for t in times)
            high = column[min(len(column) - 1, len(column) * 99 // 100)]
            lines.append(f"{title}: mean {statistics.fmean(column):.2f}, median {statistics.median(column):.2f}, 99 % {high:.2f}")
    wrong = sum(answer["agree"] is False for answer in answers)
    unknown = sum("unknown" in pair and pair[1] != "skip" for pair in counts for _ in range(counts[pair]))
    lines.append(f"{family}: {sum(counts.values())} questions: {len(times)} agree, {wrong} disagree, {unknown} unknown, "
                 f"{sum(skipped.values())} skipped")
    return lines


def main():
    """Reads questions, prints answers and a summary."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--timeout-ms", type=int, default=5000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--evaluator", help="iam-harness, to replay the requests that Z3 finds")
    parser.add_argument("--answers", action="store_true", help="print each answer, not only those that differ")
    options = parser.parse_args()
    tasks = ((json.loads(line), options.timeout_ms) for line in sys.stdin if line.strip())
    families = {}
    with multiprocessing.Pool(options.jobs, start, [options.evaluator]) as pool:
        for answer in pool.imap(ask, tasks, chunksize=8):
            families.setdefault(answer["family"], []).append(answer)
            if options.answers or answer["agree"] is False:
                print(json.dumps(answer), flush=True)
    for family, answers in families.items():
        print("\n".join(summary(family, answers)))
    whole = [answer["agree"] for answers in families.values() for answer in answers]
    sys.exit(1 if False in whole or True not in whole else 0)


if __name__ == "__main__":
    main()
