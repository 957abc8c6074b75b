"""CPU time of `holdshort history`, cold and again, all processes together.

Beside it two floors of the same run: `git log --first-parent --raw`, which tells what each commit
changed, and one `holdshort check` of the last commit. The ratios travel between machines, the
seconds do not. Run: `python bench/history.py [REPOSITORY]...`; without one it makes a repository
of 300 commits. Goals: 2 s for karpathy/nanoGPT, 30 s for ultralytics/yolov5 (2,800 commits).
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from house import environment, holdshort

COMMITS, FILES = 300, 40
BODY = "\n".join(f"def f{n}(x):\n    return [x, {n}]\n" for n in range(60))


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for root in map(Path, sys.argv[1:]) if sys.argv[1:] else [grown(home)]:
            measure(root.resolve(), home)


def measure(root: Path, home: Path) -> None:
    """Print what one repository costs."""
    env = environment(home) | {"XDG_CACHE_HOME": str(home / "cache")}
    git = ["git", "-C", str(root), "log", "--first-parent", "--raw", "--no-abbrev"]
    ours = holdshort("--repo", str(root))
    floor, _ = min(cpu_s(git, env) for _ in range(3))
    check, _ = cpu_s([*ours, "check", "--commit", "HEAD", "--no-cache"], env)
    shutil.rmtree(home / "cache", ignore_errors=True)
    cold, said = cpu_s([*ours, "history", "--format", "json"], env)
    warm, again = cpu_s([*ours, "history", "--format", "json"], env)
    told = json.loads(said)
    print(f"{root.name}: {told['commits']:,} commits, looked at {told['looked_at']:,}")
    print(f"  git log --first-parent --raw  {floor:7.3f} s CPU")
    print(f"  one check, cold               {check:7.3f} s CPU")
    print(f"  history, cold                 {cold:7.3f} s CPU, {cold / check:5.1f} checks")
    print(f"  history, again                {warm:7.3f} s CPU, {warm / floor:5.1f} times the log")
    print(f"  the same bytes: {said == again}")


def grown(folder: Path) -> Path:
    """Make a repository in which each commit edits one file, and some take out the seed."""
    root = folder / "grown"
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", root], check=True)
    files = {f"package/module{n}.py": f"N = {n}\n{BODY}" for n in range(FILES)}
    stream = b""
    for number in range(COMMITS):
        seed = "random.seed(1)\n" * (number < COMMITS // 2)
        files["train.py"] = f"import random\n{seed}print(random.random(), {number})\n"
        files[f"package/module{number % FILES}.py"] += f"\ndef g{number}():\n    pass\n"
        changed = files if not number else ["train.py", f"package/module{number % FILES}.py"]
        stream += b"commit refs/heads/main\ncommitter A <a@b> %d +0000\ndata 1\nx\n" % number
        for name in changed:
            text = files[name].encode()
            stream += b"M 100644 inline %b\ndata %d\n%b\n" % (name.encode(), len(text), text)
    subprocess.run(["git", "fast-import", "--quiet"], cwd=root, input=stream, check=True)
    subprocess.run(["git", "reset", "--quiet", "--hard"], cwd=root, check=True)
    return root


def cpu_s(command: list[str], env: dict[str, str]) -> tuple[float, bytes]:
    """Run a command; return the CPU time of all it started, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        command,
        env={**os.environ, **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


if __name__ == "__main__":
    main()
