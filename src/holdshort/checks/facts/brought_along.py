"""What well-known distributions install along with themselves.

In: the name of a distribution. Out: the modules it needs and so brings. Only what it has long
needed and is often imported beside it; the next version may stop bringing it, so that a module
which is only brought along is not declared.
Source: the requirements in the distributions' own metadata.
"""

from __future__ import annotations

from collections.abc import Iterable

from holdshort.checks.facts.words import words

_TABLE = """
accelerate torch numpy huggingface_hub safetensors yaml packaging psutil
albumentations numpy scipy cv2 yaml skimage
allennlp torch transformers spacy nltk numpy tqdm requests h5py sklearn
auto-gptq torch transformers accelerate datasets peft
autogluon torch sklearn pandas numpy lightgbm xgboost catboost
azureml-sdk requests
bitsandbytes torch
captum torch numpy matplotlib
catboost numpy pandas scipy matplotlib plotly
clearml requests yaml numpy PIL
colossalai torch
dask yaml fsspec cloudpickle toolz
datasets numpy pandas pyarrow huggingface_hub fsspec tqdm requests dill multiprocess xxhash yaml
deepspeed torch numpy psutil pydantic tqdm
detectron2 matplotlib PIL yacs tabulate termcolor tqdm omegaconf hydra
diffusers huggingface_hub safetensors numpy PIL regex requests filelock
dm-haiku numpy absl jmp
dvc yaml tqdm requests
easyocr torch torchvision cv2 numpy PIL scipy skimage
evaluate datasets numpy pandas huggingface_hub tqdm requests
evidently numpy pandas sklearn scipy plotly
facenet-pytorch torch torchvision numpy PIL
fairscale torch numpy
fairseq torch numpy tqdm regex hydra
fastai torch torchvision fastcore pandas matplotlib PIL sklearn scipy yaml requests
fastapi pydantic starlette typing_extensions
flair torch transformers sklearn tqdm
flash-attn torch einops
flask click jinja2 werkzeug itsdangerous
flax jax numpy optax msgpack
gradio fastapi numpy pandas PIL pydantic requests httpx huggingface_hub yaml
great-expectations pandas numpy scipy
gym numpy cloudpickle
gymnasium numpy cloudpickle
hydra-core omegaconf packaging yaml antlr4
hyperopt numpy scipy tqdm
imbalanced-learn sklearn numpy scipy joblib
imgaug cv2 numpy scipy skimage PIL imageio matplotlib
jax jaxlib numpy scipy opt_einsum ml_dtypes
jupyter IPython ipykernel notebook ipywidgets nbformat
jupyterlab IPython ipykernel notebook nbformat
keras numpy h5py absl rich
kornia torch
langchain pydantic requests yaml numpy
librosa numpy scipy sklearn joblib numba soundfile
lightgbm numpy scipy
lightly torch torchvision
lightning torch torchmetrics numpy yaml tqdm fsspec lightning_utilities packaging pytorch_lightning
matplotlib numpy PIL dateutil
mlflow numpy pandas sklearn scipy matplotlib flask requests yaml click sqlalchemy docker
mmcv numpy cv2 yaml PIL addict
mmengine numpy cv2 yaml matplotlib addict rich
monai torch numpy
nemo-toolkit torch numpy
nltk regex tqdm joblib click
notebook IPython ipykernel nbformat
onnxruntime numpy
openai httpx pydantic tqdm
openai-whisper torch numpy tqdm numba
opencv-python numpy
opencv-python-headless numpy
optax jax numpy absl chex
optimum torch transformers
optuna numpy sqlalchemy alembic tqdm yaml colorlog
pandas numpy dateutil pytz
peft torch transformers accelerate huggingface_hub safetensors numpy tqdm yaml
plotly pandas numpy
prefect pydantic httpx yaml click
pyaml yaml
pyannote-audio torch torchaudio
pycaret sklearn pandas numpy scipy matplotlib
pyspark py4j
pytest pluggy
pytorch torch
pytorch-lightning torch torchmetrics numpy yaml tqdm fsspec lightning_utilities
ray numpy yaml click
scikit-image numpy scipy PIL imageio networkx tifffile
scikit-learn numpy scipy joblib threadpoolctl
scipy numpy
seaborn matplotlib pandas numpy scipy
segment-anything torch
sentence-transformers torch transformers numpy sklearn scipy tqdm PIL huggingface_hub
shap numpy pandas sklearn scipy tqdm numba
skorch torch sklearn numpy scipy tqdm
spacy numpy thinc pydantic tqdm requests jinja2
speechbrain torch torchaudio numpy scipy
stable-baselines3 torch gymnasium gym numpy pandas matplotlib cloudpickle
statsmodels numpy scipy pandas patsy
streamlit numpy pandas PIL requests altair pyarrow
tensorboard numpy absl six
tensorflow keras tensorboard numpy h5py absl google.protobuf six requests
tensorflow-addons tensorflow
tensorflow-cpu keras tensorboard numpy h5py absl google.protobuf six requests
tensorflow-datasets numpy absl tqdm requests dill
tensorflow-gpu keras tensorboard numpy h5py absl google.protobuf six requests
tensorflow-hub tensorflow numpy
tensorflow-probability numpy
tensorflow-text tensorflow
tf-keras tensorflow
timm torch torchvision huggingface_hub safetensors yaml
torch numpy sympy networkx jinja2 filelock fsspec typing_extensions
torch-geometric numpy scipy tqdm requests jinja2 sklearn
torchaudio torch
torchmetrics torch numpy packaging lightning_utilities
torchtext torch numpy requests tqdm
torchvision torch numpy PIL
transformers huggingface_hub tokenizers safetensors numpy tqdm yaml requests regex filelock
trl torch transformers accelerate datasets peft numpy
tts torch torchaudio numpy scipy
ultralytics torch torchvision cv2 numpy pandas matplotlib PIL scipy yaml tqdm requests psutil
umap-learn numpy scipy sklearn numba tqdm
vllm torch transformers numpy
wandb requests yaml click psutil git
xformers torch numpy
xgboost numpy scipy
ydata-profiling pandas numpy matplotlib scipy
"""


def _read(table: str) -> dict[str, frozenset[str]]:
    rows = (line.split() for line in table.splitlines() if line)
    return {name: frozenset(modules) for name, *modules in rows}


_BRINGS = _read(_TABLE)


_PARTS = {
    "torch": words("torch"),
    "tensorflow": words("tensorflow"),
    "keras": words("keras"),
    "jax": words("jax"),
    "flax": words("flax jax"),
    "sklearn": words("sklearn numpy scipy"),
    "scikit": words("numpy scipy"),
    "transformers": words("transformers"),
}
"""What a distribution with such a part in its name nearly always needs."""


def brought_by(names: Iterable[str]) -> frozenset[str]:
    """Return the modules that come along with any of these distributions."""
    found: set[str] = set()
    for name in names:
        found |= _BRINGS.get(name, frozenset())
        found.update(*(modules for part, modules in _PARTS.items() if part in name))
    return frozenset(found)
