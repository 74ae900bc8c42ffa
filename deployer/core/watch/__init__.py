"""How a rollout watches itself: what is to be passed, what was seen, what that says, and what follows from it.

    policy.py        bakes, gates, freeze windows: settings of a person
    observation.py   what one look saw: metrics of both versions, alarms
    judge.py         what it says of the new version (judgement.py), by evidence that may be looked at any time
    decision.py      what follows: wait, step, roll back, hold, or done

Pure, as all of the core: every machine that sees the same decides the same.
"""
