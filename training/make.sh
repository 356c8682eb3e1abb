#!/usr/bin/env bash
# The shipped weights again, from the data (../shared/data or SKHCR_DATA) to skhcr/pretrained/data:
#
#     training/make.sh digits | letters | characters
#
# Run once more after an interruption, it goes on where it was. The backend of Keras is the one that
# is installed: on a CPU without TensorFlow's own needs, `pip install torch` and KERAS_BACKEND=torch
# train fastest. Exporting needs TensorFlow.
set -euo pipefail
cd "$(dirname "$0")/.."

train() { python training/train.py "$@" --resume; }

case "$1" in
digits)
    python training/prepare.py digits --copies 8
    train digits --epochs 36 --repeat USPS=2 ARDIS=2
    ;;
letters | characters)
    python training/prepare.py characters --copies 3
    train characters --name english-free --epochs 14 --repeat English=0
    train "$1" --initial english-free --epochs 5 --learning-rate 1e-3 --repeat English=8
    ;;
*)
    echo "expected digits, letters or characters, not $1" >&2
    exit 2
    ;;
esac
KERAS_BACKEND=tensorflow python training/export.py "$1"
