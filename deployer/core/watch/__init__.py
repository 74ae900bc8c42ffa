"""How a rollout watches itself: what is to be passed, what was seen, what that says, and what follows from it.

    policy.py        bakes and gates: settings of a person
    sight.py         what there is to see, and since when; or why there is nothing to watch
    observation.py   what one look saw: metrics of both versions, alarms
    judge.py         what it says of the new version (judgement.py), by evidence that may be looked at any time
    decision.py      what follows (course.py): wait, step, roll back, hold, run hooks that were left undone, or done
    length.py        how long it takes at least

Pure, as all of the core: every machine that sees the same decides the same.
"""
