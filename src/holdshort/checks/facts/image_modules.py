"""Which Python modules a base image brings, by its name.

In: the image of a `FROM`. Out: top-level modules. Nothing is pulled: the name is all there is.
Sources: https://docs.nvidia.com/deeplearning/frameworks/,
https://jupyter-docker-stacks.readthedocs.io/en/latest/using/selecting.html
"""

from __future__ import annotations

import re

_ARRAYS = "numpy scipy pandas matplotlib sklearn"

_BROUGHT: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = tuple(
    (re.compile(pattern), frozenset(modules.split()))
    for pattern, modules in (
        (r"nvcr\.io/nvidia/(pytorch|tensorflow|jax)", f"{_ARRAYS} cv2 librosa tqdm requests yaml"),
        (r"pytorch|torch|autogluon|detectron", "torch torchvision torchaudio numpy PIL"),
        (r"tensorflow|/tf\d?\b|tfx", "tensorflow keras numpy h5py"),
        (r"transformers|huggingface", "transformers datasets accelerate tokenizers numpy"),
        (r"\bjax\b", "jax jaxlib numpy scipy"),
        (r"paddle", "paddle numpy"),
        (r"mxnet", "mxnet numpy"),
        (r"rapids", "cudf cuml cupy numpy pandas"),
        (r"(scipy|datascience|tensorflow|pytorch|pyspark)-notebook|anaconda3?\b", _ARRAYS),
        (r"spark", "pyspark"),
        (r"vllm", "vllm torch transformers numpy"),
        (r"triton", "tritonclient numpy"),
        (r"sagemaker-scikit|scikit-learn|sklearn", _ARRAYS),
    )
)


def brought_by_image(image: str) -> frozenset[str]:
    """Return the modules an image of this name brings."""
    name = image.lower()
    return frozenset().union(*(modules for pattern, modules in _BROUGHT if pattern.search(name)))
