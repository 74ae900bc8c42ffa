"""The stock service in four environments, a stack each. `deployer cdk deploy --env prd` releases it."""

from __future__ import annotations

from aws_cdk import App, Environment, Stack
from aws_cdk.aws_lambda import Code, Runtime

from deployer.cdk_adapter import ReleasedFunction

# One account for all four here; a real project has one for each.
ACCOUNT = Environment(account="123456789012", region="eu-central-1")

app = App()
# As in deployer.toml, sbx and tst follow $LATEST, stg releases all at once, prd by canary; any other needs a strategy.
for environment in ("sbx", "tst", "stg", "prd"):
    ReleasedFunction(
        Stack(app, f"Stock-{environment}", env=ACCOUNT),
        "Stock",
        environment=environment,
        function_name=f"stock-{environment}",
        runtime=Runtime.PYTHON_3_13,
        handler="stock.handler",
        code=Code.from_asset("src"),
        retry_attempts=1,
    )
app.synth()
