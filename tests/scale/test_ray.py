"""Ray as joblib's backend, in a process of its own: it changes joblib's pools for good."""

import os
import secrets
import subprocess
import sys

SEARCH = """
import os, sys
import joblib, numpy as np, ray
from ray.util.joblib import register_ray
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from skhcr.classifiers import CNNClassifier
from skhcr.datasets import load_digits
from skhcr.preprocessing import ImageResizer, PixelScaler

X, y = load_digits(return_X_y=True)
X, y = X[:400], y[:400]
classifier = CNNClassifier(network_options={"filters": (4, 4, 8, 8)}, epochs=1, random_state=0)
model = make_pipeline(ImageResizer((14, 14)), PixelScaler(), classifier)
search = GridSearchCV(
    model,
    {"cnnclassifier__learning_rate": [1e-3, 1e-2, 4e-2]},
    scoring={"accuracy": "accuracy", "process": lambda *arguments: os.getpid()},
    cv=2,
    refit=False,
)

ray.init(num_cpus=2, include_dashboard=False)
# One after the other, but with the threads of a worker, on which sums depend.
alone = ray.get(ray.remote(lambda: search.fit(X, y)).remote()).cv_results_
register_ray()
with joblib.parallel_config("ray", n_jobs=2):
    results = search.fit(X, y).cv_results_
assert "tensorflow" not in sys.modules
pids = {pid for fold in range(2) for pid in results[f"split{fold}_test_process"]}
assert len(pids - {os.getpid()}) == 2
assert len(set(alone["mean_test_accuracy"])) == 3
for name in ("split0_test_accuracy", "split1_test_accuracy", "rank_test_accuracy"):
    assert np.array_equal(results[name], alone[name])
"""


def test_search():
    token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex()}  # or it writes one
    environment = os.environ | token | {"RAY_USAGE_STATS_ENABLED": "0"}
    done = subprocess.run(
        [sys.executable, "-c", SEARCH], capture_output=True, text=True, env=environment, timeout=300
    )
    assert done.returncode == 0, done.stderr
