"""Calls that decide in which order training data comes: loaders, samplers, shuffling data sets.

A worker process seeds itself from the generator of the process that starts it; what else it draws
from is up to `worker_init_fn`.
Sources: https://docs.pytorch.org/docs/stable/notes/randomness.html#dataloader,
https://docs.pytorch.org/docs/stable/data.html#data-loading-randomness,
https://www.tensorflow.org/api_docs/python/tf/data/Dataset#shuffle,
https://huggingface.co/docs/datasets/process#shuffle.
"""

from __future__ import annotations

from holdshort.checks.facts.chance.draws import generator_source
from holdshort.checks.facts.chance.effects import (
    Effect,
    Role,
    Seeded,
    Use,
    draw,
    is_given,
    is_on,
    seeded,
)
from holdshort.checks.facts.program import Call
from holdshort.checks.facts.words import words

_TORCH_DATA = ("torch.utils.data.", "torch_geometric.", "torchdata.", "monai.data.")
_LOADERS = words("DataLoader StatefulDataLoader ThreadDataLoader NeighborLoader")
_SAMPLERS = {"RandomSampler": 3, "SubsetRandomSampler": 1, "WeightedRandomSampler": 3}
_DATA_SETS = words("tensorflow tensorflow_datasets datasets")
_FLOWS = words("flow flow_from_directory flow_from_dataframe")


def loader_of(call: Call, head: str, last: str) -> Effect | None:
    """Return the effect of a call that orders data, or None."""
    if last in _LOADERS and call.target.startswith(_TORCH_DATA):
        return _loader(call)
    if last in _SAMPLERS and head == "torch":
        return _shuffled(call, call.source_of("generator", _SAMPLERS[last]))
    if last == "shuffle" and head in _DATA_SETS:
        return _data_set(call, head)
    if last in _FLOWS and "ImageDataGenerator" in call.target:
        if call.source_of("shuffle") == "False":
            return None
        return seeded(call, Seeded("tensorflow", "seed"), Use.LOADER)
    return None


def may_load(head: str, last: str) -> bool:
    """Tell whether a call with the right arguments may order data."""
    if last in _LOADERS:
        return head in {"torch", "torch_geometric", "torchdata", "monai"}
    return (last == "shuffle" and head in _DATA_SETS) or last in _FLOWS


def _loader(call: Call) -> Effect:
    marks = _marks(call)
    shuffle = call.source_of("shuffle", -1 if call.target.endswith("NeighborLoader") else 2)
    if is_on(shuffle) and not is_given(call.source_of("sampler", 3)):
        return _shuffled(call, call.source_of("generator"), marks)
    if call.has_hidden_arguments and shuffle is None:
        return Effect(Role.HIDDEN, (), call.target, use=Use.LOADER, marks=marks)
    return Effect(Role.STILL, (), call.target, use=Use.LOADER, marks=marks)


def _marks(call: Call) -> frozenset[str]:
    found = set()
    if call.source_of("num_workers", 5) is not None and call.text_of("num_workers") != "0":
        found.add("workers")
    if is_given(call.source_of("worker_init_fn", 10)) or call.target.startswith("monai."):
        found.add("worker_init")
    return frozenset(found)


def _shuffled(call: Call, own: str | None, marks: frozenset[str] = frozenset()) -> Effect:
    if not is_given(own):
        found = draw(call, "torch", Use.LOADER)
        return Effect(Role.DRAW, found.libraries, found.what, None, "torch", Use.LOADER, (), marks)
    source = generator_source(own)
    return Effect(Role.LOCAL, ("torch",), call.target, source, use=Use.LOADER, marks=marks)


def _data_set(call: Call, head: str) -> Effect | None:
    if head != "datasets":
        is_data = ".data." in call.target or head == "tensorflow_datasets"
        how = Seeded("tensorflow", "seed", 1, "tensorflow")
        return seeded(call, how, Use.LOADER) if is_data else None
    if is_given(call.source_of("generator")):
        return Effect(Role.LOCAL, (head,), "shuffle", "given", use=Use.LOADER)
    return seeded(call, Seeded(head, "seed", 0), Use.LOADER)
