"""The demo: an order service released, canaried and rolled back on an embedded Lambda, by hand and by itself.

    run([Lines(print)])

It uses nothing that a user could not: `deployer.config.load`, `Deployer`, `Rollout`, `deployer.local.start`,
boto3's `invoke`.
What happens is told as data (`scene`), and shown by whatever reads it: lines, a terminal, a picture.
"""

from deployer.demo.play import run

__all__ = ["run"]
