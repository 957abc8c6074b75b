"""Estimators, searches and samplers that use chance unless they are given a seed.

Some do only with certain arguments (`SVC(probability=True)`, `LogisticRegression(solver="saga")`).
XGBoost, LightGBM and CatBoost seed themselves with a constant when nobody gives one.
Sources: https://scikit-learn.org/stable/common_pitfalls.html#controlling-randomness,
https://imbalanced-learn.org/stable/references/, https://umap-learn.readthedocs.io/en/latest/reproducibility.html,
https://optuna.readthedocs.io/en/stable/faq.html#how-can-i-obtain-reproducible-optimization-results,
https://xgboost.readthedocs.io/en/stable/parameter.html#general-parameters (seed is 0).
"""

from __future__ import annotations

from collections.abc import Callable

from holdshort.checks.facts.chance.effects import Effect, Role, Seeded, Use, is_given, is_on, seeded
from holdshort.checks.facts.program import Call
from holdshort.checks.facts.words import words

_ALWAYS = words(
    "RandomForestClassifier RandomForestRegressor ExtraTreesClassifier ExtraTreesRegressor"
    " RandomTreesEmbedding GradientBoostingClassifier GradientBoostingRegressor"
    " HistGradientBoostingClassifier HistGradientBoostingRegressor AdaBoostClassifier"
    " AdaBoostRegressor BaggingClassifier BaggingRegressor IsolationForest"
    " DecisionTreeClassifier DecisionTreeRegressor ExtraTreeClassifier ExtraTreeRegressor"
    " MLPClassifier MLPRegressor BernoulliRBM SGDClassifier SGDRegressor SGDOneClassSVM Perceptron"
    " PassiveAggressiveClassifier PassiveAggressiveRegressor RANSACRegressor TheilSenRegressor"
    " KMeans MiniBatchKMeans BisectingKMeans SpectralClustering SpectralBiclustering"
    " SpectralCoclustering GaussianMixture BayesianGaussianMixture RandomizedSearchCV"
    " HalvingRandomSearchCV TSNE MDS LatentDirichletAllocation FastICA DictionaryLearning"
    " MiniBatchDictionaryLearning SparsePCA MiniBatchSparsePCA TruncatedSVD MiniBatchNMF"
    " GaussianRandomProjection SparseRandomProjection RBFSampler SkewedChi2Sampler"
    " PolynomialCountSketch Nystroem EllipticEnvelope MinCovDet shuffle resample"
    " permutation_importance permutation_test_score mutual_info_classif mutual_info_regression"
    " k_means kmeans_plusplus spectral_clustering fastica randomized_svd"
    " make_classification make_regression make_blobs make_moons"
    " make_circles make_multilabel_classification make_gaussian_quantiles"
    " make_friedman1 make_friedman2 make_friedman3 make_hastie_10_2 make_swiss_roll make_s_curve"
)
_IMBLEARN = words(
    "SMOTE SMOTENC SMOTEN ADASYN BorderlineSMOTE SVMSMOTE KMeansSMOTE SMOTEENN SMOTETomek"
    " RandomOverSampler RandomUnderSampler ClusterCentroids CondensedNearestNeighbour"
    " OneSidedSelection InstanceHardnessThreshold BalancedRandomForestClassifier"
    " BalancedBaggingClassifier EasyEnsembleClassifier RUSBoostClassifier"
)
_SURPRISE = words("SVD SVDpp NMF")
_SEARCHES = words(
    "gp_minimize forest_minimize gbrt_minimize dummy_minimize BayesSearchCV Optimizer"
)
_SAMPLERS = words(
    "TPESampler RandomSampler CmaEsSampler NSGAIISampler NSGAIIISampler QMCSampler GPSampler"
    " BoTorchSampler"
)


def _has(keyword: str, *values: str) -> Callable[[Call], bool]:
    return lambda call: call.text_of(keyword) in values


def _switched(keyword: str) -> Callable[[Call], bool]:
    return lambda call: is_on(call.source_of(keyword))


_WHEN: dict[str, Callable[[Call], bool]] = {
    "SVC": _switched("probability"),
    "NuSVC": _switched("probability"),
    "LogisticRegression": _has("solver", "sag", "saga"),
    "LogisticRegressionCV": _has("solver", "sag", "saga"),
    "Ridge": _has("solver", "sag", "saga"),
    "RidgeClassifier": _has("solver", "sag", "saga"),
    "Lasso": _has("selection", "random"),
    "LassoCV": _has("selection", "random"),
    "ElasticNet": _has("selection", "random"),
    "ElasticNetCV": _has("selection", "random"),
    "PCA": _has("svd_solver", "randomized", "arpack"),
    "NMF": _has("init", "random", "nndsvdar"),
    "DummyClassifier": _has("strategy", "stratified", "uniform"),
    "GaussianProcessRegressor": _switched("n_restarts_optimizer"),
    "GaussianProcessClassifier": _switched("n_restarts_optimizer"),
}
"""Estimators of scikit-learn that use chance only with these arguments."""

_ELSEWHERE: dict[tuple[str, str], Seeded] = {
    ("umap", "UMAP"): Seeded("", generator=""),
    ("umap", "ParametricUMAP"): Seeded("", generator=""),
    ("lightfm", "LightFM"): Seeded("", generator=""),
    ("bayes_opt", "BayesianOptimization"): Seeded("", generator=""),
    ("tpot", "TPOTClassifier"): Seeded("", generator="numpy"),
    ("tpot", "TPOTRegressor"): Seeded("", generator="numpy"),
    ("hyperopt", "fmin"): Seeded("", "rstate", generator=""),
    **{("skopt", name): Seeded("", generator="numpy") for name in _SEARCHES},
    **{("surprise", name): Seeded("", generator="numpy") for name in _SURPRISE},
    **{("imblearn", name): Seeded() for name in _IMBLEARN},
    **{("optuna", name): Seeded("", "seed", generator="") for name in _SAMPLERS},
}
_SKLEARN = Seeded()


def estimator_of(call: Call, head: str, last: str) -> Effect | None:
    """Return the effect of a call that fits or searches at random, or None."""
    if head in {"sklearn", "cuml"}:
        when = _WHEN.get(last)
        if last in _ALWAYS or (when and when(call)):
            return seeded(call, _SKLEARN, Use.ESTIMATOR)
        return None
    if head == "optuna" and last == "create_study" and not is_given(call.source_of("sampler", 1)):
        return Effect(Role.DEFAULT, (), "create_study", use=Use.ESTIMATOR)
    how = _ELSEWHERE.get((head, last))
    return seeded(call, how, Use.ESTIMATOR) if how else None


def may_be_estimator(head: str, last: str) -> bool:
    """Tell whether a call with the right arguments may fit at random."""
    known = last in _ALWAYS or last in _WHEN or last == "set_params"
    return (known and head in {"sklearn", "cuml"}) or (head, last) in _ELSEWHERE
