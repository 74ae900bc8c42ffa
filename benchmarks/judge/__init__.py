"""How often the judge is wrong, and how soon it is right, beside two ways in which people let releases go back today.

`python -m benchmarks.judge` (`make bench-judge`) simulates rollouts, writes what comes of it into `docs/judge.md`,
between its two marks, and draws `docs/images/judge.svg`. The seed is fixed: the same code writes the same numbers.

    traffic.py   a minute of calls of both versions, by chance
    rule.py      who decides: the judge as the tool uses it, an error within the first minute, alarms
    trial.py     many rollouts of equal versions; steps with a worse one
    table.py     what people read of it
    picture.py   what they see

A look is taken every 10 seconds, at the complete minutes, as the driver does it. Between two minutes all six looks see
the same, and the judge is a pure function: so it is asked once a minute, which is all that can differ.
"""
