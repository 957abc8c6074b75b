"""Which distributions install an import package, where the names differ or there are several.

In: the dotted name of a module. Out: normalised names of distributions, those of PyPI and of
conda-forge; any of them will do. A module that is not in the table is installed by what is called
like it, `python-` and `py` aside.
Source: the metadata (`top_level.txt`) that the distributions themselves carry.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from packaging.utils import canonicalize_name

from holdshort.checks.facts.words import words

_TABLE = """
apex apex nvidia-apex
attr attrs
awq autoawq
azure.ai azure-ai-ml
azure.identity azure-identity
azure.storage azure-storage-blob azure-storage-file-datalake azure-storage-file-share
azureml azureml-core azureml-sdk azureml-mlflow azureml-defaults azureml-train
Bio biopython
botocore botocore boto3 awscli
bs4 beautifulsoup4 bs4
caffe2 torch pytorch
cairo pycairo
clip clip openai-clip clip-anytorch
community python-louvain
corsheaders django-cors-headers
Crypto pycryptodome pycrypto
Cryptodome pycryptodomex
cudf cudf cudf-cu11 cudf-cu12
cuml cuml cuml-cu11 cuml-cu12
cupy cupy cupy-cuda11x cupy-cuda12x cupy-cuda101 cupy-cuda102 cupy-cuda110 cupy-cuda111
cv2 opencv-python opencv-python-headless opencv-contrib-python opencv-contrib-python-headless
cv2 opencv py-opencv libopencv
decord decord eva-decord
delta delta-spark
dgl dgl dgl-cu116 dgl-cu117 dgl-cu118 dgl-cuda11-1
dora dora-search
en_core_web_sm en-core-web-sm spacy
faiss faiss-cpu faiss-gpu faiss faiss-gpu-cu11 faiss-gpu-cu12 pytorch-faiss
fitz pymupdf
gi pygobject
git gitpython
google.api_core google-api-core
google.auth google-auth
google.cloud google-cloud google-cloud-aiplatform google-cloud-storage google-cloud-bigquery
google.cloud google-cloud-logging google-cloud-pubsub google-cloud-secret-manager
google.genai google-genai
google.generativeai google-generativeai
google.protobuf protobuf googleapis-common-protos
googleapiclient google-api-python-client
grpc grpcio
gym gym gymnasium
haiku dm-haiku
hydra hydra-core
igraph igraph python-igraph
imblearn imbalanced-learn
imwatermark invisible-watermark
IPython ipython jupyter notebook jupyterlab ipykernel
jax jax jaxlib
jaxlib jaxlib jax
kafka kafka-python kafka-python-ng
kaggle_secrets kaggle
keras keras tensorflow tensorflow-cpu tensorflow-gpu tf-nightly keras-nightly
lavis salesforce-lavis
ldm latent-diffusion
lightning_fabric lightning-fabric lightning
lightning_utilities lightning-utilities lightning pytorch-lightning
llama_index llama-index llama-index-core
magic python-magic python-magic-bin
matplotlib matplotlib matplotlib-base
MeCab mecab-python3 mecab
memcache python-memcached
mmcv mmcv mmcv-full mmcv-lite
mpl_toolkits matplotlib matplotlib-base basemap
mx mxnet
mxnet mxnet mxnet-cu112 mxnet-cu102 mxnet-cu101 mxnet-mkl
mysql mysql-connector-python mysql-connector
MySQLdb mysqlclient mysql-python
nemo nemo-toolkit
neptune neptune neptune-client
netCDF4 netcdf4
nvidia.dali nvidia-dali-cuda110 nvidia-dali-cuda120 nvidia-dali
nvidia_smi nvidia-ml-py3 nvidia-ml-py
odf odfpy
onnxruntime onnxruntime onnxruntime-gpu onnxruntime-openvino onnxruntime-directml ort-nightly
open_clip open-clip-torch
opencc opencc opencc-python-reimplemented
osgeo gdal
paddle paddlepaddle paddlepaddle-gpu
pandas pandas modin
pandas_profiling pandas-profiling ydata-profiling
past future
patoolib patool
pdfminer pdfminer-six pdfminer
PIL pillow pillow-simd pil
pinecone pinecone pinecone-client
pkg_resources setuptools
pl_bolts lightning-bolts pytorch-lightning-bolts
psycopg psycopg psycopg-binary psycopg-c
psycopg2 psycopg2 psycopg2-binary
pwiz peewee
pycocotools pycocotools pycocotools-windows
pylab matplotlib matplotlib-base
pynvml nvidia-ml-py nvidia-ml-py3 pynvml
PyQt5 pyqt5 pyqt
pythoncom pywin32
pytorch_lightning pytorch-lightning lightning
pywt pywavelets
ray ray ray-default ray-core
rdkit rdkit rdkit-pypi
rest_framework djangorestframework
ruamel ruamel-yaml
ruamel.yaml ruamel-yaml
skbio scikit-bio
skfuzzy scikit-fuzzy
skimage scikit-image
sklearn scikit-learn sklearn scikit-learn-intelex
sklearnex scikit-learn-intelex
skmultilearn scikit-multilearn
skopt scikit-optimize
sksurv scikit-survival
skvideo scikit-video
snowflake snowflake-connector-python snowflake-snowpark-python
spacy spacy spacy-nightly
st_keyup streamlit-keyup
starlette starlette fastapi
talib ta-lib
telegram python-telegram-bot
tensorboard tensorboard tensorflow tensorflow-cpu tensorflow-gpu tb-nightly
tensorflow tensorflow tensorflow-cpu tensorflow-gpu tensorflow-macos tensorflow-intel
tensorflow tensorflow-rocm tensorflow-aarch64 tensorflow-cpu-aws intel-tensorflow tf-nightly
tensorflow tf-nightly-gpu tf-nightly-cpu tensorflow-base tensorflow-mkl
tensorflow_datasets tensorflow-datasets tfds-nightly
tensorflow_probability tensorflow-probability tfp-nightly
tensorrt tensorrt nvidia-tensorrt tensorrt-cu12
thop thop pytorch-opcounter
torch torch pytorch pytorch-cpu pytorch-gpu torch-nightly torch-directml
torch intel-extension-for-pytorch
torch_geometric torch-geometric pyg
triton triton pytorch-triton triton-windows torch
TTS tts coqui-tts
umap umap-learn
upath universal-pathlib
weaviate weaviate-client
websocket websocket-client
whisper openai-whisper whisper
win32api pywin32
win32com pywin32
wx wxpython
"""

PROVIDED = frozenset({"setuptools", "pkg_resources", "pip", "wheel", "distutils", "google.colab"})
"""Modules that come with Python's installers, or with the place that code is written for."""


def _read(table: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in table.splitlines():
        module, *names = line.split() or [""]
        found[module] = (*found.get(module, ()), *names)
    return found


KNOWN = _read(_TABLE)
"""Module to the distributions that install it."""

FRAMEWORKS = words(
    "accelerate catboost cuml cupy deepspeed dgl diffusers flax haiku jax jaxlib keras"
    " lightgbm lightning mmcv mxnet onnxruntime optax paddle peft pyspark pytorch_lightning"
    " sentence_transformers sklearn spacy statsmodels tensorflow tensorflow_datasets"
    " tensorflow_hub tensorflow_probability tf_keras timm torch torch_geometric torchaudio"
    " torchtext torchvision transformers trl ultralytics vllm xgboost"
)
"""What a model is made with, and what seldom comes along with something else."""

COMMON = words(
    "aiohttp albumentations boto3 click comet_ml cv2 dash dask datasets django dotenv dvc"
    " einops evaluate fastapi fire flask gensim gradio h5py huggingface_hub imageio joblib"
    " librosa matplotlib mlflow networkx nltk numba numpy omegaconf onnx openai optuna pandas"
    " plotly polars psutil pyarrow pydantic pytest ray requests rich safetensors scipy seaborn"
    " shap skimage streamlit tokenizers torchmetrics tqdm typer uvicorn wandb yaml"
)
"""Names so common that a file of the repository called like it must be in reach to be meant."""


def is_well_known(module: str) -> bool:
    """Tell whether a top-level name usually means somebody else's package."""
    return module in FRAMEWORKS or module in COMMON or module in KNOWN


@lru_cache(maxsize=4096)
def distributions_of(module: str) -> frozenset[str]:
    """Return the names under which a module may be declared, normalised."""
    parts = module.split(".")
    for end in range(len(parts), 0, -1):
        if names := KNOWN.get(".".join(parts[:end])):
            return frozenset(canonicalize_name(name) for name in names)
    return frozenset(_spellings(parts))


def _spellings(parts: list[str]) -> Iterator[str]:
    """Yield what a distribution of this name is usually called; a namespace has many."""
    name = canonicalize_name(parts[0])
    yield from (name, f"python-{name}", f"py{name}", f"py-{name}", f"{name}-python", f"{name}-py")
    yield from (f"{name}2", f"{name}3", f"{name}-cpu", f"{name}-gpu", f"{name}-bin")
    yield name.replace("-", "")
    if len(parts) > 1:
        yield canonicalize_name(f"{parts[0]}-{parts[1]}")


NAMESPACES = words("google azure ruamel zope nvidia sphinxcontrib backports")
"""Top-level packages that many distributions share."""


def is_declared_by(module: str, name: str) -> bool:
    """Tell whether a distribution of this normalised name installs a module.

    A name nobody knows may be a part of it, as `taming` is of taming-transformers; and
    google-cloud-x adds to the namespace `google`.
    """
    top = canonicalize_name(module.partition(".")[0])
    if name in distributions_of(module):
        return True
    if top in NAMESPACES or not is_well_known(module.partition(".")[0]):
        return name.startswith(f"{top}-") or name.endswith(f"-{top}")
    return False


@lru_cache(maxsize=4096)
def key_of(module: str) -> str:
    """Return what is installed as one: the top-level package, or the second in a namespace."""
    top, _, rest = module.partition(".")
    return f"{top}.{rest.partition('.')[0]}" if rest and top in NAMESPACES else top


def distribution_for(module: str) -> str:
    """Return the distribution to install for a module, the usual one of several."""
    known = KNOWN.get(module) or KNOWN.get(module.partition(".")[0]) or (module,)
    return canonicalize_name(known[0])
