"""What the tool costs, beside what it takes to do without it: start-up, a release, API calls.

`python -m benchmarks` (`make bench`) prints a table and ends with 1 when a goal is missed.

Times are ratios within one run, so that they hold on any machine. In each round everything is run once, in an order
that turns round with every round, as whole processes with their bytecode compiled, against an embedded Lambda in a
process of its own. What is judged is the median of the rounds' ratios. A goal counts as missed when even the lower end
of that median's 95 % interval (by order statistics, which supposes nothing about how noise is spread) is above it.
Where the goal lies within the interval, the rounds cannot tell, and the table says `unsure`: more of them narrow it.
"""
