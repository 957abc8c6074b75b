"""Objects that learn from data and then change it, and the names people give them.

Fitting one on data that also holds the rows a model is tested on tells the model about them.
`LabelEncoder` and its kin are left out: they number the classes and learn nothing else.
Sources: https://scikit-learn.org/stable/common_pitfalls.html#data-leakage,
https://imbalanced-learn.org/stable/common_pitfalls.html#data-leakage.
"""

from __future__ import annotations

import re

from holdshort.checks.facts.words import words

TRANSFORMERS = words(
    "StandardScaler MinMaxScaler MaxAbsScaler RobustScaler PowerTransformer QuantileTransformer"
    " KBinsDiscretizer SplineTransformer KernelCenterer scale minmax_scale robust_scale"
    " power_transform quantile_transform"
    " SimpleImputer KNNImputer IterativeImputer Imputer MissingIndicator"
    " OneHotEncoder OrdinalEncoder TargetEncoder LeaveOneOutEncoder CatBoostEncoder WOEEncoder"
    " JamesSteinEncoder MEstimateEncoder CountEncoder BinaryEncoder BaseNEncoder GLMMEncoder"
    " QuantileEncoder SummaryEncoder HelmertEncoder SumEncoder BackwardDifferenceEncoder"
    " PolynomialEncoder HashingEncoder CountFrequencyEncoder MeanEncoder"
    " CountVectorizer TfidfVectorizer TfidfTransformer DictVectorizer"
    " SelectKBest SelectPercentile SelectFromModel SelectFpr SelectFdr SelectFwe"
    " GenericUnivariateSelect VarianceThreshold RFE RFECV SequentialFeatureSelector"
    " PCA IncrementalPCA KernelPCA SparsePCA MiniBatchSparsePCA TruncatedSVD NMF MiniBatchNMF"
    " FactorAnalysis FastICA LatentDirichletAllocation Nystroem"
    " RBFSampler DictionaryLearning NeighborhoodComponentsAnalysis ColumnTransformer FeatureUnion"
    " make_column_transformer make_union"
)
"""Classes, and functions that do the same in one step."""

RESAMPLERS = words(
    "SMOTE SMOTENC SMOTEN ADASYN BorderlineSMOTE SVMSMOTE KMeansSMOTE SMOTEENN SMOTETomek"
    " RandomOverSampler RandomUnderSampler ClusterCentroids CondensedNearestNeighbour NearMiss"
    " OneSidedSelection InstanceHardnessThreshold TomekLinks EditedNearestNeighbours AllKNN"
    " RepeatedEditedNearestNeighbours NeighbourhoodCleaningRule"
)
_PICTURES = words(
    "PCA IncrementalPCA KernelPCA SparsePCA MiniBatchSparsePCA TruncatedSVD NMF MiniBatchNMF"
    " FactorAnalysis FastICA LatentDirichletAllocation DictionaryLearning"
)
"""Those that are also used to draw a picture of data, or to name its topics."""

HEADS = words("sklearn imblearn category_encoders feature_engine cuml dask_ml sklearnex mlxtend")
_NAME = re.compile(
    r"scaler|scalar|normali[sz]er|standardi[sz]er|imputer|encoder|vectori[sz]er|tfidf|pca$|svd$"
    r"|selector|transformer|preprocess|resampl|smote|discreti[sz]er|binn?er$|^(sc|ss|mms|ohe|oe)$",
    re.IGNORECASE,
)
_LABELS = re.compile(r"label|(^|_)y(_|$)|target_encoder|^le$|classes", re.IGNORECASE)


def is_preprocessor(target: str) -> bool:
    """Tell whether a dotted name is a class that learns from data and changes it."""
    head, _, rest = target.partition(".")
    last = rest.rpartition(".")[2]
    return head in HEADS and (last in TRANSFORMERS or last in RESAMPLERS)


def is_picture(name: str) -> bool:
    """Tell whether a class is also used only to look at data."""
    return name in _PICTURES


def sounds_like_preprocessor(name: str) -> bool:
    """Tell whether a variable is named as people name such objects."""
    return _NAME.search(name) is not None and not _LABELS.search(name)
